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
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    text = TextColumn("{task.description}", markup=False)
    counted = (BarColumn(bar_width=20), MofNCompleteColumn())
    bars = Bars(
        SpinnerColumn(), text, *counted, TimeElapsedColumn(), console=Console(stderr=True), transient=True
    )
    with bars:
        task = bars.add_task("starting", total=None)

        def show(what: str, done: int = 0, total: int = 0) -> None:
            bars.update(task, description=one_line(what), completed=done, total=total or None)

        yield show
