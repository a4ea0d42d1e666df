"""What an id of a Report stands for, and what belongs to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from checks.model import Finding, MigrationReport, Observation, Report, Unproven


@dataclass(frozen=True)
class Evidence:
    """A part of a Report. An observation brings its findings, a finding its observations, both their migration's name."""

    migrations: tuple[MigrationReport, ...]
    """Of everything below, and those that are cited as a whole."""
    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]
    unproven: tuple[Unproven, ...]

    @cached_property
    def text(self) -> str:
        """All that it says, as JSON without escapes."""
        parts = (*self.migrations, *self.observations, *self.findings, *self.unproven)
        return "\n".join(json.dumps(one.model_dump(mode="json"), ensure_ascii=False) for one in parts)


def everything(report: Report) -> Evidence:
    observations = tuple(one for migration in report.migrations for one in statements_of(migration))
    return Evidence(report.migrations, observations, report.findings, report.unproven)


def ids_of(report: Report) -> frozenset[str]:
    """Everything that a sentence may rest on."""
    whole = everything(report)
    return frozenset(
        one.id for kind in (whole.migrations, whole.observations, whole.findings) for one in kind
    )


def what_is_cited(ids: Iterable[str], report: Report) -> Evidence:
    """The parts of the Report with these ids, and what hangs together with them; unknown ids bring nothing."""
    wanted = frozenset(ids)
    migrations = [one for one in report.migrations if one.id in wanted]
    observations = {one.id: one for one in everything(report).observations if one.id in wanted}
    observations |= {one.id: one for migration in migrations for one in statements_of(migration)}
    whole = {one.id for one in migrations}
    findings = tuple(
        one
        for one in report.findings
        if one.id in wanted or one.migration in whole or not observations.keys().isdisjoint(one.evidence)
    )
    resting = {id for finding in findings if finding.id in wanted for id in finding.evidence}
    observations |= {one.id: one for one in everything(report).observations if one.id in resting}
    near = whole | {one.migration for one in findings if one.id in wanted} | _owners(observations, report)
    owners = tuple(one for one in report.migrations if one.id in near)
    return Evidence(owners, tuple(observations.values()), findings, _unproven_of(owners, findings, report))


def statements_of(migration: MigrationReport) -> Iterator[Observation]:
    yield from migration.up.statements
    yield from migration.rollback.down


def _owners(ids: Iterable[str], report: Report) -> set[str]:
    return {one.id for one in report.migrations if any(id.startswith(f"{one.id}/") for id in ids)}


def _unproven_of(
    migrations: Iterable[MigrationReport], findings: Iterable[Finding], report: Report
) -> tuple[Unproven, ...]:
    paths = {one.path for one in migrations} | {one.path for one in findings}
    return tuple(one for one in report.unproven if one.path in paths)
