"""Which statements of a change have a staged way, and what it avoids."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checks.model.findings import Finding
from checks.model.migrations import TransactionMode
from checks.model.observations import Observation
from checks.model.report import MigrationReport
from checks.plan.files import Patience, can_write
from checks.plan.model import AS_WRITTEN, Deploy, Phase, Step
from checks.plan.previous import back_to_before
from checks.plan.recipes import Stages, has_recipe, staged
from checks.plan.statement import Part, parts
from checks.reporting import Reviewed, migration_reports
from checks.rules.review import Step as Reviewing

IMPATIENT = "lock-timeout-missing"
"""The rule whose way is not another statement but a setting before it."""


@dataclass(frozen=True)
class Way:
    """The way of one statement."""

    index: int
    """Its number in the up script, from 0."""
    stages: Stages
    findings: tuple[Finding, ...]
    """Those that it answers."""
    title: str
    refused: str = ""
    """Why it cannot be done that way: then there are no stages."""

    @property
    def is_quick(self) -> bool:
        """Whether all of it can be applied at once: no deploy stands between two of its steps."""
        return not any(isinstance(item, Deploy) for item in self.stages)

    @property
    def caution(self) -> str:
        """What it brings that the author's statement does not."""
        said = [item.caution for item in self.stages if isinstance(item, Step)]
        return " ".join(filter(None, dict.fromkeys(said)))

    @property
    def is_batched(self) -> bool:
        return any(isinstance(item, Step) and item.backfill for item in self.stages)


@dataclass(frozen=True)
class Impatience:
    """Statements that wait for a table in use without a limit, which can be given one."""

    finding: Finding
    closing: Mapping[int, str]
    """Number of a statement in the up script → the first table that it closes to writers."""

    def without(self, indexes: Collection[int]) -> Impatience | None:
        """What is left when some statements go another way; None when nothing is, or not what the finding is about.

        The limit is set before the first of those that are left: one ahead of them would wait without.
        """
        left = {index: table for index, table in self.closing.items() if index not in indexes}
        return replace(self, closing=left) if min(self.closing) in left else None

    def patience(self, step: Reviewing) -> Patience:
        first = min(self.closing)
        up, seen = step.migration.up, step.observations[first]
        alone = up is None or up.transaction is TransactionMode.AUTOCOMMIT
        return Patience(first, max(self.closing), local=not alone or seen.transaction is not None)


def impatience_of(findings: Sequence[Finding], step: Reviewing, live: Collection[str]) -> Impatience | None:
    """None when there is no such finding, or a table is closed that nobody can be writing to."""
    found = [one for one in findings if one.rule == IMPATIENT and one.migration == step.id]
    closing = {
        index: table for index, seen in enumerate(step.observations) for table in _closed(seen, live)[:1]
    }
    return Impatience(found[0], closing) if found and closing and _ran(step) else None


def _closed(seen: Observation, live: Collection[str]) -> list[str]:
    return [
        lock.relation
        for lock in seen.locks
        if lock.mode.blocks_writes and lock.relation_kind == "table" and lock.relation in live
    ]


def ways_of(findings: Sequence[Finding], reviewed: Reviewed) -> dict[str, tuple[Way, ...]]:
    """Id of a new migration that ran → the ways of its statements; only where there are some, and a tool to write them for."""
    review = reviewed.review
    evidence = _by_evidence([finding for finding in findings if has_recipe(finding.rule)])
    if not evidence or not can_write(review.change.head.tool):
        return {}
    reports = {one.id: one for one in migration_reports(review)}
    found = {
        step.id: tuple(_ways(step, reports[step.id], evidence, review.postgres // 10_000))
        for step in review.steps
        if _ran(step)
    }
    return {id: ways for id, ways in found.items() if ways}


def _ran(step: Reviewing) -> bool:
    """Whether all of it ran, on rows where there are tables that have some."""
    whole = step.migration.is_whole and step.migration.up is not None and not step.on_empty_tables
    return (
        whole and bool(step.observations) and all(seen.ran and not seen.error for seen in step.observations)
    )


def _by_evidence(findings: Sequence[Finding]) -> Mapping[str, tuple[Finding, ...]]:
    found: dict[str, tuple[Finding, ...]] = {}
    for finding in findings:
        for id in finding.evidence:
            found[id] = (*found.get(id, ()), finding)
    return found


def _ways(
    step: Reviewing, report: MigrationReport, findings: Mapping[str, tuple[Finding, ...]], postgres: int
) -> Iterator[Way]:
    for index, seen in enumerate(step.observations):
        if seen.id in findings:
            yield from _way(index, seen, report, findings[seen.id], postgres)


def _way(
    index: int, seen: Observation, report: MigrationReport, findings: tuple[Finding, ...], postgres: int
) -> Iterator[Way]:
    stages: list[Step | Deploy] = []
    other: list[Step] = []
    avoided: set[str] = set()
    refused, would_have = "", ""
    for part in parts(seen, report, findings, postgres):
        way = staged(part)
        stages += way.stages if way and way.stages else [_as_written(part)]
        other += [item for item in way.stages if isinstance(item, Step) and item.sql] if way else []
        avoided |= way.rules if way else set()
        if way and way.refused and not refused:
            refused, would_have = way.refused, way.title
    answered = tuple(finding for finding in findings if finding.rule in avoided)
    if answered and other:
        yield Way(index, _without_first_deploy(stages), answered, _title(other))
    elif answered and refused:
        yield Way(index, (), answered, would_have, refused)


def _as_written(part: Part) -> Step:
    undo = back_to_before(part)
    path, line = part.observation.path, part.observation.line
    why = "" if undo else AS_WRITTEN.format(path=path)
    return part.step(Phase.EXPAND, f"Run line {line} as it is.", part.sql, undo=undo, no_undo=why)


def _title(steps: Sequence[Step]) -> str:
    """What the step does for which the others are taken."""
    switch = [step for step in steps if step.phase is Phase.SWITCH]
    return (switch[-1] if switch else steps[0]).title.rstrip(".")


def _without_first_deploy(stages: Sequence[Step | Deploy]) -> Stages:
    """What has to be deployed before the first step has to be deployed before the author's own statement too."""
    first = next((place for place, item in enumerate(stages) if isinstance(item, Step) and item.sql), 0)
    return [item for place, item in enumerate(stages) if place > first or isinstance(item, Step)]
