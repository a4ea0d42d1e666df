"""The console script ``migration``. Ctrl-C ends it without a word while the command line is still being loaded."""

from __future__ import annotations

import signal


def main() -> None:
    told = signal.getsignal(signal.SIGINT)
    if told is signal.default_int_handler:  # and not, as behind nohup, to be ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.cli import main as run

    signal.signal(signal.SIGINT, told)
    run()
