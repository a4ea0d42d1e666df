"""``migration rollback``"""

from __future__ import annotations

from pathlib import Path

import click

from bot.verbs.shared import fresh_report, of_a_report, show


@click.command()
@of_a_report("terminal", "markdown")
def rollback(path: Path | None, base: str | None, head: str | None, as_format: str) -> int:
    """Print the way back of each migration, with its proof.

    Validates first. The down is the given one, or a drafted one.
    """
    return show(as_format, "rollback", report=fresh_report(path, base, head))
