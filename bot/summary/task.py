"""What a stronger model is asked to redesign: the change as SQL without literals, and how the tool's files look."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import Model
from bot.summary.literals import Literals
from checks.model.findings import AdviceFile
from checks.model.observations import Observation
from checks.model.report import MigrationReport, Report
from checks.model.tables import TableShape
from checks.plan.files import as_file
from checks.plan.model import Phase, Step
from checks.proposals.model import Proposal

LIKE_THE_CHANGE = ("syntax", "order", "transaction", "concurrently")
"""Simple fixes behind which the schema is the one that the author wanted."""
MOST_CHARACTERS = 20_000
"""Of one statement."""
EXAMPLE = ("ALTER TABLE example ADD COLUMN note text", "ALTER TABLE example DROP COLUMN note")
ALONE = (
    "CREATE INDEX CONCURRENTLY example_note_idx ON example (note)",
    "DROP INDEX CONCURRENTLY example_note_idx",
)


class Written(Model):
    """One migration of the change."""

    path: str
    name: str
    up: tuple[str, ...]
    down: tuple[str, ...]


class Task(Model):
    """Nothing in it is a value of a row, and strings of the SQL are numbers."""

    history: str
    """The id of the history, for the engine."""
    tool: str
    folder: str
    example: str
    """A file of this tool with one step, ``""`` where its files hold SQL and nothing else."""
    without_transaction: str
    """The same for a step that must not run in a transaction."""
    change: tuple[Written, ...]
    """What the answer takes the place of."""
    tables: tuple[TableShape, ...]
    postgres: str


def task_of(report: Report, literals: Literals) -> Task:
    """About the first migration that does not get through, or else the first of the change; with all of its history."""
    gravest = _gravest(report)
    history = next(one for one in report.histories if gravest.id.startswith(f"{one.id}/"))
    change = [one for one in report.migrations if one.id.startswith(f"{history.id}/")]
    return Task(
        history=history.id,
        tool=history.tool,
        folder=history.folder,
        example=_example(history.tool, *EXAMPLE),
        without_transaction=_example(history.tool, *ALONE),
        change=tuple(_written(one, literals) for one in change),
        tables=gravest.tables,
        postgres=report.sandbox.postgres if report.sandbox else "",
    )


def proposal_of(
    report: Report, task: Task, files: tuple[AdviceFile, ...], queries: tuple[str, ...]
) -> Proposal:
    """What the engine runs, with the simple fix that shows the wanted end where the change itself comes to none."""
    attempts = (one for one in _gravest(report).attempts if one.worked and one.fix in LIKE_THE_CHANGE)
    fix = next(attempts, None)
    return Proposal(
        history=task.history,
        files=files,
        queries=queries,
        wanted=fix.files if fix else (),
        wanted_gone=fix.gone if fix else (),
    )


def _gravest(report: Report) -> MigrationReport:
    """The first migration that does not get through, or else the first of the change."""
    failing = (one for one in report.migrations if any(seen.error for seen in one.up.statements))
    return next(failing, report.migrations[0])


def _written(migration: MigrationReport, literals: Literals) -> Written:
    return Written(
        path=migration.path,
        name=migration.name,
        up=_sql(migration.up.statements, literals),
        down=_sql(migration.rollback.down, literals),
    )


def _sql(statements: Sequence[Observation], literals: Literals) -> tuple[str, ...]:
    return tuple(literals.hidden(one.sql)[:MOST_CHARACTERS] for one in statements)


def _example(tool: str, sql: str, undo: str) -> str:
    """A migration file in the tool's own format."""
    step = Step(phase=Phase.EXPAND, title="An example.", sql=(sql,), undo=(undo,), path="example", line=1)
    return as_file(tool, step)
