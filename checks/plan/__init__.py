"""From a Report to the rollout without downtime: ``plan(report)`` is the one door; nothing is run for it.

Each statement with a hazard that has a staged way out goes through a recipe; every other one stays as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from checks.model import MigrationReport, Observation, Report, Unproven
from checks.plan.files import as_file
from checks.plan.model import Deploy, Phase, Plan, Round, Section, Step
from checks.plan.recipes import Stages, staged
from checks.plan.statement import ROWS, Part, parts

__all__ = ["Deploy", "Phase", "Plan", "Round", "Section", "Step", "plan"]

CONTROL = frozenset({"BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET"})
"""Commands that only speak of the transaction or session in which a statement is run; each step has its own."""

FAILS = "It fails ({message}), so what comes after it has nothing to stand on."
NOT_SQL = "What it does is not SQL that could be read, so it is in no step."
DOWN = "The down of {path}, as far as it goes."


def plan(report: Report) -> Plan:
    """The steps for all new migrations of a report, in their order; pure."""
    ways = [way for migration in report.migrations for way in _ways(migration, report)]
    return Plan(
        base=report.base,
        head=report.head,
        verdict=report.verdict,
        rounds=tuple(_rounds(ways)),
        as_written=bool(ways) and not any(way.staged for way in ways),
        unplanned=tuple(_unplanned(report, ways)),
        rollback=report.rollback_notes,
    )


@dataclass(frozen=True)
class _Way:
    """What becomes of one statement, or of one command of it."""

    part: Part
    items: Stages
    staged: bool


@dataclass
class _Open:
    """A round that is being put together."""

    items: list[Step | Deploy] = field(default_factory=list)
    under_way: set[str] = field(default_factory=set)
    """Tables with a step that is not the round's first phase: who builds on them has to wait."""

    def add(self, way: _Way) -> None:
        self.items += way.items
        if any(isinstance(item, Deploy) or item.phase is not Phase.EXPAND for item in way.items):
            self.under_way |= way.part.relations

    def closed(self) -> Round:
        steps = [item for item in self.items if isinstance(item, Step)]
        deploys = [item for item in self.items if isinstance(item, Deploy)]
        return Round(
            steps=tuple(step for phase in Phase for step in steps if step.phase is phase),
            deploys=tuple(
                dict.fromkeys(deploy for phase in Phase for deploy in deploys if deploy.before is phase)
            ),
        )


def _rounds(ways: Sequence[_Way]) -> Iterator[Round]:
    current = _Open()
    parts_of: str | None = None
    for way in ways:
        same_statement = way.part.observation.id == parts_of
        if not same_statement and current.under_way & way.part.relations:
            yield current.closed()
            current = _Open()
        current.add(way)
        parts_of = way.part.observation.id
    if current.items:
        yield current.closed()


def _ways(migration: MigrationReport, report: Report) -> Iterator[_Way]:
    postgres = int(report.sandbox.postgres.partition(".")[0]) if report.sandbox else 0
    for seen in migration.up.statements:
        if seen.kind in CONTROL:
            continue
        rules = frozenset(one.rule for one in report.findings if seen.id in one.evidence)
        for part in parts(seen, migration, rules, postgres):
            stages = staged(part)
            items = [_in_file(item, migration.tool) for item in stages] if stages else [_as_written(part)]
            yield _Way(part, items, stages is not None)


def _as_written(part: Part) -> Step:
    seen = part.observation
    section = Section.DATA if seen.kind in ROWS else Section.SCHEMA
    text = f"Run line {seen.line} of `{seen.path}` as it is."
    return part.step(
        Phase.EXPAND, text, part.sql, section=section, no_undo=DOWN.format(path=f"`{seen.path}`")
    )


def _in_file(item: Step | Deploy, tool: str) -> Step | Deploy:
    if isinstance(item, Deploy):
        return item
    return item.model_copy(update={"file": as_file(tool, item)})


def _unplanned(report: Report, ways: Sequence[_Way]) -> Iterator[Unproven]:
    staged_ids = {way.part.observation.id for way in ways if way.staged}
    for migration in report.migrations:
        if not migration.up.statements:
            yield Unproven(path=migration.path, line=1, reason=NOT_SQL)
        for seen in migration.up.statements:
            if seen.error is not None and seen.id not in staged_ids:
                yield _failing(seen)


def _failing(seen: Observation) -> Unproven:
    message = seen.error.message if seen.error else ""
    return Unproven(path=seen.path, line=seen.line, reason=FAILS.format(message=message))
