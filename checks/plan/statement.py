"""A statement of the report, as the recipes look at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from checks.backfill import RowChange, row_change
from checks.model.differences import Difference, DifferenceKind
from checks.model.findings import Finding, Severity
from checks.model.observations import Observation
from checks.model.report import MigrationReport
from checks.plan.model import Phase, Section, Step
from checks.plan.pieces import cut_apart
from checks.rules.actions import Action, ChangeType
from checks.rules.statements import actions_in
from checks.rules.syntax import actions_of
from checks.rules.wording import quoted, short
from checks.sql.parse import parse

A = TypeVar("A", bound=Action)

ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "TRUNCATE TABLE"})


@dataclass(frozen=True)
class Part:
    """A statement, or one command of an ALTER TABLE with several."""

    sql: str
    actions: tuple[Action, ...]
    observation: Observation
    migration: MigrationReport
    findings: tuple[Finding, ...]
    """About the whole statement."""
    postgres: int
    """The major version on which it was run."""

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(finding.rule for finding in self.findings)

    @property
    def hazards(self) -> tuple[str, ...]:
        """The rules that call for another way."""
        grave = (one.rule for one in self.findings if one.severity is not Severity.INFO)
        return tuple(dict.fromkeys(grave))

    @property
    def node(self) -> Any:
        return parse(self.sql)

    def the(self, kind: type[A]) -> A | None:
        """The action of a kind, when it is the first thing that the part does."""
        return next((action for action in self.actions[:1] if isinstance(action, kind)), None)

    @property
    def before(self) -> tuple[Observation, ...]:
        """The statements of its migration that come before it."""
        return self.migration.up.statements[: self._place]

    @property
    def behind(self) -> tuple[Observation, ...]:
        return self.migration.up.statements[self._place + 1 :]

    @property
    def _place(self) -> int:
        seen = self.migration.up.statements
        return next((place for place, one in enumerate(seen) if one.id == self.observation.id), len(seen))

    def locate(self, name: str) -> str:
        """``schema.name`` of a relation that the statement names with or without its schema."""
        if "." in name:
            return name
        met = (lock.relation for lock in self.observation.locks if lock.relation.partition(".")[2] == name)
        return next(met, f"public.{name}")

    def name(self, relation: str) -> str:
        """A relation as a statement takes it."""
        return quoted(short(self.locate(relation)))

    @property
    def relations(self) -> frozenset[str]:
        """The tables that it locks or names."""
        locked = {lock.relation for lock in self.observation.locks if lock.relation_kind != "index"}
        return frozenset(
            locked | {self.locate(action.relation) for action in self.actions if action.relation}
        )

    @property
    def proof(self) -> tuple[str, ...]:
        """What was seen when a way of it was run, if it was."""
        tried = (one.advice for one in self.findings if one.advice)
        return next((advice.seen for advice in tried if advice.proven), ())

    @property
    def doubt(self) -> str:
        """Why a way of it is not proven, when it was tried or could not be."""
        tried = (one.advice for one in self.findings if one.advice)
        return next((advice.reason for advice in tried if not advice.proven), "")

    def row_change(self, sql: str) -> RowChange:
        """``sql`` as a change of rows, on the tables that were there before it. Raises Refused."""
        locked = {lock.relation.partition(".")[2]: lock.relation for lock in self.observation.locks}
        report = self.migration
        return row_change(sql, report.batching, locate=locked, unstable=frozenset(report.unstable_functions))

    def gone(self, object_type: str, name: str) -> Difference | None:
        """The difference that says that an object is not there after the migration any more."""
        return self._difference(DifferenceKind.REMOVED, object_type, name)

    def new(self, object_type: str, name: str) -> Difference | None:
        return self._difference(DifferenceKind.ADDED, object_type, name)

    def became_not_null(self, table: str, column: str) -> bool:
        return any(
            one.object_type == "column" and one.name == f"{table}.{column}" and one.property == "not null"
            for one in self.migration.schema_diff
        )

    def step(
        self, phase: Phase, title: str, *sql: str, section: Section = Section.SCHEMA, **more: Any
    ) -> Step:
        seen = self.observation
        return Step(
            phase=phase, section=section, title=title, sql=sql, path=seen.path, line=seen.line, **more
        )

    def _difference(self, kind: DifferenceKind, object_type: str, name: str) -> Difference | None:
        return next(
            (
                one
                for one in self.migration.schema_diff
                if (one.kind, one.object_type, one.name) == (kind, object_type, name)
            ),
            None,
        )


def parts(
    observation: Observation, migration: MigrationReport, findings: tuple[Finding, ...], postgres: int
) -> Iterator[Part]:
    """The statement; taken apart when it is an ALTER TABLE of several commands."""
    whole = Part(observation.sql, actions_in(observation), observation, migration, findings, postgres)
    commands = cut_apart(whole.node)
    if len(commands) < 2:
        yield whole
        return
    separate = [replace(whole, sql=command, actions=actions_of(parse(command))) for command in commands]
    # PostgreSQL changes types before it adds anything, however they are written (tablecmds.c, AT_PASS_ALTER_TYPE).
    yield from sorted(separate, key=lambda part: part.the(ChangeType) is None)
