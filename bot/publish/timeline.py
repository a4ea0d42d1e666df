"""Who waits for which table, from when until when: what the diagrams are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from bot.publish.statements import live_locks
from bot.publish.wording import short_name
from checks.model.observations import Lock, Observation
from checks.model.report import MigrationReport, Report


@dataclass(frozen=True)
class Hold:
    """A lock that others wait for, from the statement that takes it through the one behind which it is let go."""

    relation: str
    lock: Lock
    migration: MigrationReport
    first: int
    last: int
    """Places among ``migration.up.statements``, both included."""

    @property
    def line(self) -> int:
        return self.migration.up.statements[self.first].line


def holds(migration: MigrationReport) -> list[Hold]:
    statements = migration.up.statements
    return [
        Hold(short_name(lock.relation), lock, migration, first, _last(statements, first, lock))
        for first, statement in enumerate(statements)
        for lock in live_locks(statement)
        if lock.mode.blocks_writes
    ]


def _last(statements: tuple[Observation, ...], first: int, lock: Lock) -> int:
    transaction = statements[first].transaction
    if lock.held_until == "statement" or transaction is None:
        return first
    return max(place for place, one in enumerate(statements) if one.transaction == transaction)


MERMAID = """gantt
    accTitle: Locks that others wait for, by table
    dateFormat x
    axisFormat %Q
    tickInterval {step}millisecond
    todayMarker off"""
"""The axis counts statements: Mermaid knows only time, so each takes one millisecond."""
MOST_TICKS = 20
MOST_HOLDS = 40
"""A longer diagram is not read; the report page has all of them."""


def mermaid(report: Report) -> str | None:
    """A Gantt chart, one step for each statement; None when at most one statement lets somebody wait.

    Not to scale: durations in a sandbox are not production's, and a comment changes only when what it says does.
    """
    counts = [len(migration.up.statements) for migration in report.migrations]
    starts = dict(zip((one.id for one in report.migrations), accumulate(counts, initial=0), strict=False))
    every = [hold for migration in report.migrations for hold in holds(migration)]
    if len({(hold.migration.id, hold.first) for hold in every}) < 2:
        return None
    lines = [MERMAID.format(step=1 + sum(counts) // MOST_TICKS)]
    for relation in dict.fromkeys(hold.relation for hold in every[:MOST_HOLDS]):
        lines.append(f"    section {_plain(relation)}")
        lines += [_task(hold, starts) for hold in every[:MOST_HOLDS] if hold.relation == relation]
    return "\n".join(lines)


def _task(hold: Hold, starts: dict[str, int]) -> str:
    start = starts[hold.migration.id]
    file = _plain(hold.migration.path.rpartition("/")[2])
    label = f"{hold.lock.mode.value}, {file} line {hold.line}"
    tag = "crit" if hold.lock.mode.blocks_reads else "active"
    return f"    {label} :{tag}, {start + hold.first}, {start + hold.last + 1}"


def _plain(text: str) -> str:
    """Letters, digits and a few marks that mean nothing to Mermaid; anything else is an underscore.

    None of those at the ends: Mermaid keeps sections by name in an object, where ``__proto__`` is lost."""
    kept = "".join(one if one.isalnum() or one in " _.-/" else "_" for one in text)
    return (kept if len(kept) <= 60 else kept[:59] + "…").strip(" _") or "unnamed"
