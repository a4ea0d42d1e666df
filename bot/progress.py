"""What is being done now, on standard error, while somebody waits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.publish.escape import one_line
from checks.progress import Progress, silent


@contextmanager
def shown() -> Iterator[Progress]:
    """A progress that draws one moving line on a terminal, and nothing anywhere else."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description}", markup=False)
    bars = Bars(SpinnerColumn(), TimeElapsedColumn(), text, console=Console(stderr=True), transient=True)
    with bars:
        task = bars.add_task("starting", total=None)

        def show(what: str, done: int = 0, total: int = 0) -> None:
            bars.update(task, description=one_line(f"{what} ({done} of {total})" if total else what))

        yield show
