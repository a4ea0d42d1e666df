"""``migration audit``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.exit_codes import NOT_PASSED, PASSED
from bot.verbs.shared import PATH, in_a_format, show

if TYPE_CHECKING:
    from checks.audit import Audit


@click.command()
@PATH
@click.option("--revision", metavar="REV", help="Look at this revision. Default: the working tree.")
@in_a_format("terminal", "markdown", "json")
def audit(path: Path | None, revision: str | None, as_format: str) -> int:
    """Look at schema and history before any change.

    Builds the schema that the migrations build on a throw-away PostgreSQL, and asks: indexes that are invalid or
    superfluous, constraints never validated, foreign keys without an index, tables without a primary key, keys that
    run out, migrations without a way back, gaps, duplicates.

    Exit code: 1 when something is an error or could not be built, else 0.
    """
    found = _audit(path, revision)
    show(as_format, "audit", found, audit=found)
    is_bad = any(finding.severity == "error" for finding in found.findings) or bool(found.unproven)
    return NOT_PASSED if is_bad else PASSED


def _audit(path: Path | None, revision: str | None) -> Audit:
    from bot import progress
    from bot.validation import head_of, settings_for
    from checks import audit as audits
    from checks.errors import UsageError
    from checks.trees.git import open_repository

    repository = open_repository(path or Path.cwd())
    tree = head_of(repository, revision)
    with progress.shown() as reporting:
        found = audits.audit(tree, settings_for(repository, path, tree), reporting)
    if not found.histories:
        raise UsageError(
            f"found no migrations in {path or repository.root}",
            hint="If there are some, name their folder and tool: `folders` in docs/configuration.md.",
        )
    return found
