"""From a Report to the rollout without downtime: ``plan(report)`` is the door; nothing is run for it.

Each statement with a hazard that has a staged way out goes through a recipe; every other one stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from checks.model.findings import Unproven
from checks.model.observations import Observation
from checks.model.report import MigrationReport, Report
from checks.plan.by_hand import by_hand
from checks.plan.files import as_file
from checks.plan.model import AS_WRITTEN, Deploy, Phase, Plan, Round, Section, Step
from checks.plan.placing import in_files
from checks.plan.previous import back_to_before
from checks.plan.recipes import Staged, Stages, staged
from checks.plan.recipes.set_not_null import is_required_later
from checks.plan.statement import ROWS, Part, parts
from checks.rules.wording import listed

__all__ = ["Deploy", "Phase", "Plan", "Round", "Section", "Step", "by_hand", "in_files", "plan"]

CONTROL = frozenset(
    {"BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "RESET"}
)
"""Commands that only speak of the transaction or session in which a statement is run; each step has its own."""
TIMEOUT = re.compile(r"\bSET\s+(?:LOCAL\s+|SESSION\s+)?(?:lock|statement)_timeout\b", re.IGNORECASE)
"""What the plan says by itself."""

ORDER = {phase: place for place, phase in enumerate(Phase)}

REQUIRED = "required-column-without-default"
FAILS = "It fails ({message}), so what comes after it has nothing to stand on."
NOT_SQL = "What it does is not SQL that could be read, so it is in no step."
SETTING = (
    "`{sql}` counts for what follows it: say it first in each session that runs a step of this migration."
)
REFUSED = "{title}: not possible. {reason}"
NO_RECIPE = "There is no staged way for {rules}: it does what the findings say. Rework it, or run it when nobody waits."


def plan(report: Report) -> Plan:
    """The steps for all new migrations of a report, in their order; pure."""
    ways = [way for migration in report.migrations for way in _ways(migration, report)]
    return Plan(
        base=report.base,
        head=report.head,
        verdict=report.verdict,
        rounds=tuple(_rounds(ways)),
        fails=any(seen.error for migration in report.migrations for seen in migration.up.statements),
        as_written=bool(ways) and not any(way.staged or way.hazards for way in ways),
        unplanned=tuple(_unplanned(report, ways)),
        rollback=report.rollback_notes,
    )


@dataclass(frozen=True)
class _Way:
    """What becomes of one statement, or of one command of it."""

    part: Part
    items: Stages
    staged: bool
    hazards: tuple[str, ...] = ()
    """Rules whose findings nothing is done about."""


@dataclass
class _Open:
    """A round that is being put together."""

    items: list[Step | Deploy] = field(default_factory=list)
    under_way: dict[str, int] = field(default_factory=dict)
    """Table → how far the phases go that are planned for it."""

    def takes(self, way: _Way) -> bool:
        """Whether nothing of it would come before what it builds on: steps are taken phase by phase."""
        begins = min(_phases(way), default=0)
        return all(self.under_way.get(relation, 0) <= begins for relation in way.part.relations)

    def add(self, way: _Way) -> None:
        self.items += way.items
        for relation in way.part.relations:
            self.under_way[relation] = max(self.under_way.get(relation, 0), *_phases(way), 0)

    def closed(self) -> Round:
        steps = [item for item in self.items if isinstance(item, Step)]
        deploys = [item for item in self.items if isinstance(item, Deploy)]
        return Round(
            steps=tuple(step for phase in Phase for step in steps if step.phase is phase),
            deploys=tuple(
                dict.fromkeys(deploy for phase in Phase for deploy in deploys if deploy.before is phase)
            ),
        )


def _phases(way: _Way) -> list[int]:
    """Those in which something is done to its tables; not that the batches' own table goes away."""
    steps = [item for item in way.items if isinstance(item, Step)]
    own = [step.backfill.progress for step in steps if step.backfill]
    done = [
        step for step in steps if step.backfill or not any(name in sql for name in own for sql in step.sql)
    ]
    return [ORDER[step.phase] for step in done]


def _rounds(ways: Sequence[_Way]) -> Iterator[Round]:
    current = _Open()
    for way in ways:
        if not current.takes(way):
            yield current.closed()
            current = _Open()
        current.add(way)
    if current.items:
        yield current.closed()


def _ways(migration: MigrationReport, report: Report) -> Iterator[_Way]:
    postgres = int(report.sandbox.postgres.partition(".")[0]) if report.sandbox else 0
    for seen in migration.up.statements:
        if seen.kind in CONTROL:
            continue
        findings = tuple(one for one in report.findings if seen.id in one.evidence)
        yield from _ways_of([*parts(seen, migration, findings, postgres)])


def _ways_of(statement: Sequence[Part]) -> Iterator[_Way]:
    """One way for each part of a statement; what is staged for one part, the others need not be warned of."""
    found = [(part, staged(part)) for part in statement]
    avoided = {rule for _, way in found if way and way.stages for rule in way.rules}
    avoided |= {REQUIRED for part, _ in found if is_required_later(part)}
    for part, way in found:
        if way and way.stages:
            yield _Way(part, [_in_file(item, part.migration.tool) for item in way.stages], staged=True)
        elif part.observation.error is None:
            left = [rule for rule in part.hazards if rule not in avoided]
            step = _as_written(part, left, way)
            yield _Way(part, [step], staged=False, hazards=tuple(left))


def _as_written(part: Part, hazards: Sequence[str], way: Staged | None) -> Step:
    seen = part.observation
    undo = back_to_before(part)
    return part.step(
        Phase.EXPAND,
        f"Run line {seen.line} of `{seen.path}` as it is.",
        part.sql,
        section=Section.DATA if seen.kind in ROWS else Section.SCHEMA,
        undo=undo,
        no_undo="" if undo else AS_WRITTEN.format(path=seen.path),
        note=_note(hazards, way),
    )


def _note(hazards: Sequence[str], way: Staged | None) -> str:
    if way and way.refused:
        return REFUSED.format(title=way.title, reason=way.refused)
    return NO_RECIPE.format(rules=listed(hazards)) if hazards else ""


def _in_file(item: Step | Deploy, tool: str) -> Step | Deploy:
    if isinstance(item, Deploy):
        return item
    return item.model_copy(update={"file": as_file(tool, item)})


def _unplanned(report: Report, ways: Sequence[_Way]) -> Iterator[Unproven]:
    staged_ids = {way.part.observation.id for way in ways if way.staged}
    for migration in report.migrations:
        if not migration.up.statements:
            said = (one.reason for one in report.unproven if one.path == migration.path)
            yield Unproven(path=migration.path, line=1, reason=next(said, NOT_SQL))
        for seen in migration.up.statements:
            if seen.error is not None and seen.id not in staged_ids:
                yield _failing(seen)
            elif seen.kind in ("SET", "RESET") and not TIMEOUT.search(seen.sql):
                yield Unproven(
                    path=seen.path, line=seen.line, reason=SETTING.format(sql=" ".join(seen.sql.split()))
                )


def _failing(seen: Observation) -> Unproven:
    message = seen.error.message if seen.error else ""
    return Unproven(path=seen.path, line=seen.line, reason=FAILS.format(message=message))
