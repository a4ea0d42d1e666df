"""``migration stats``"""

from __future__ import annotations

from pathlib import Path

import click

from bot import console


@click.group()
def stats() -> None:
    """Production's numbers, for a review.

    How large and how busy its tables are, without any of their data (docs/statistics.md).
    """


@stats.command()
def export() -> int:
    """Print the query for production.

    One read-only SQL query, to be run with psql; what it prints is the file for `stats`.

    \b
    migration stats export | psql -XAtq "$DATABASE_URL" > .github/migration-stats.json
    """
    from checks.production.export import export_query

    console.write(export_query())
    return 0


@stats.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> int:
    """Say whether FILE is what `stats` takes.

    And what is in it, before it is committed.
    """
    from bot.statistics import read_file
    from bot.verbs.shared import show

    return show("terminal", "stats", statistics=read_file(file))
