"""The timeline of a migration, drawn to scale: where on a line of 1,000 units each statement and lock lies."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from bot.publish.timeline import Hold, holds
from bot.publish.wording import milliseconds
from checks.model.report import MigrationReport

UNITS = 1000
THINNEST = 2.0
"""Units: what took no measurable time is still there to be seen."""


@dataclass(frozen=True)
class Bar:
    start: float
    width: float
    ms: str


@dataclass(frozen=True)
class Lane:
    hold: Hold
    bar: Bar

    @property
    def until(self) -> str:
        return "the statement ends" if self.hold.lock.held_until == "statement" else "commit"

    @property
    def blocks(self) -> str:
        return "reads and writes" if self.hold.lock.mode.blocks_reads else "writes"


@dataclass(frozen=True)
class Timeline:
    """Time is that of the statements, one after the other; between them nothing passes."""

    total: str
    statements: tuple[Bar, ...]
    commits: tuple[float, ...]
    """Where a transaction ends."""
    lanes: tuple[Lane, ...]
    """Sorted by table."""


def timeline(migration: MigrationReport) -> Timeline:
    statements = migration.up.statements
    ends = list(accumulate(one.duration_ms if one.ran else 0.0 for one in statements))
    starts = [0.0, *ends[:-1]]
    total = max(ends, default=0.0)
    lanes = [Lane(hold, _bar(starts[hold.first], ends[hold.last], total)) for hold in holds(migration)]
    last_of = {one.transaction: place for place, one in enumerate(statements) if one.transaction}
    return Timeline(
        total=milliseconds(total),
        statements=tuple(_bar(start, end, total) for start, end in zip(starts, ends, strict=True)),
        commits=tuple(_bar(ends[place], ends[place], total).start for place in last_of.values()),
        lanes=tuple(sorted(lanes, key=lambda lane: lane.hold.relation)),
    )


def _bar(start: float, end: float, total: float) -> Bar:
    scale = UNITS / total if total else 0.0
    width = max(THINNEST, (end - start) * scale)
    return Bar(round(min(start * scale, UNITS - width), 2), round(width, 2), milliseconds(end - start))
