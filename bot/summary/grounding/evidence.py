"""What an id of a Report stands for, and what belongs to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from checks.model.differences import Difference
from checks.model.findings import Finding, Unproven
from checks.model.observations import Lock, Observation
from checks.model.report import MigrationReport, Report
from checks.production.words import prediction_line

_WORD = re.compile(r"[^\W\d][\w$]*|\d+")


@dataclass(frozen=True)
class Evidence:
    """A part of a Report: what ids name, and what rests on it or carries it."""

    migrations: tuple[MigrationReport, ...]
    """Those that are named, and those that what is named belongs to."""
    ups: tuple[Observation, ...]
    downs: tuple[Observation, ...]
    findings: tuple[Finding, ...]
    unproven: tuple[Unproven, ...]
    differences: tuple[Difference, ...]
    """Of the schema by the ups."""
    is_whole: bool = False
    """Whether it is the Report itself or has migrations that are named as a whole."""

    @property
    def observations(self) -> tuple[Observation, ...]:
        return (*self.ups, *self.downs)

    @cached_property
    def text(self) -> str:
        """All words that it says, in lower case; not which rows were in tables that nobody touched."""
        return "\n".join(self._strings()).lower()

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.text))

    def _strings(self) -> Iterator[str]:
        for kind in (self.ups, self.downs, self.findings, self.unproven, self.differences):
            for one in kind:
                yield from strings(one)
                if isinstance(one, Observation) and one.predicted:
                    yield prediction_line(one.predicted)
        for migration in self.migrations:
            yield from (migration.id, migration.path, migration.version, migration.name, migration.tool)
            proof = migration.rollback
            yield from (proof.reason, *(text for loss in proof.data_lost for text in strings(loss)))
            if self.is_whole:
                yield from (
                    *strings(proof),
                    *(text for attempt in migration.attempts for text in strings(attempt)),
                )

    def locks(self, among: Iterable[Observation]) -> Iterator[Lock]:
        """Those that anybody can wait for."""
        return (lock for one in among for lock in all_locks(one) if lock.existed_before)


def all_locks(observation: Observation) -> Iterator[Lock]:
    yield from observation.locks
    for nested in observation.nested:
        yield from nested.locks


def strings(value: object) -> Iterator[str]:
    """Every text in a model, and its whole numbers as text."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from strings(getattr(value, name))
    elif isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from (key, *strings(one))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def everything(report: Report) -> Evidence:
    return Evidence(
        report.migrations,
        tuple(one for migration in report.migrations for one in migration.up.statements),
        tuple(one for migration in report.migrations for one in migration.rollback.down),
        report.findings,
        report.unproven,
        report.schema_diff.differences
        + tuple(one for migration in report.migrations for one in migration.schema_diff),
        is_whole=True,
    )


def ids_of(report: Report) -> frozenset[str]:
    """Everything that a sentence may rest on."""
    whole = everything(report)
    kinds: tuple[Iterable[MigrationReport | Observation | Finding], ...] = (
        whole.migrations,
        whole.observations,
        whole.findings,
    )
    return frozenset(one.id for kind in kinds for one in kind)


def what_is_cited(ids: Iterable[str], report: Report) -> Evidence:
    """The parts of the Report with these ids, and what hangs together with them; unknown ids bring nothing."""
    wanted = frozenset(ids)
    named = {one.id for one in report.migrations if one.id in wanted}
    resting = {id for finding in report.findings if finding.id in wanted for id in finding.evidence}
    ups, downs, differences = [], [], []
    for migration in report.migrations:
        is_named = migration.id in named
        own = [one for one in migration.up.statements if is_named or one.id in wanted | resting]
        ups += own
        downs += [one for one in migration.rollback.down if is_named or one.id in wanted | resting]
        differences += [one for one in migration.schema_diff if is_named or _is_made_by(own, one)]
    seen = {one.id for one in (*ups, *downs)}
    findings = tuple(
        one
        for one in report.findings
        if one.id in wanted or one.migration in named or not (wanted & seen).isdisjoint(one.evidence)
    )
    carrying = named | {one.migration for one in findings if one.id in wanted}
    owners = tuple(
        one
        for one in report.migrations
        if one.id in carrying or any(id.startswith(f"{one.id}/") for id in seen)
    )
    paths = {one.path for one in owners} | {one.path for one in findings}
    return Evidence(
        owners,
        tuple(ups),
        tuple(downs),
        findings,
        tuple(one for one in report.unproven if one.path in paths),
        tuple(differences),
        is_whole=bool(named),
    )


def _is_made_by(statements: Iterable[Observation], difference: Difference) -> bool:
    """Whether one of the statements names it, or works on the table that it is of."""
    *table, name = difference.name.split(".")
    return any(
        name in statement.sql or any(lock.relation == ".".join(table) for lock in all_locks(statement))
        for statement in statements
    )
