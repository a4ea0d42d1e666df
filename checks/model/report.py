"""The Report: everything about one change, from which all that a person or a model sees is rendered."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from checks.model.base import Model
from checks.model.differences import Difference
from checks.model.findings import Attempt, Finding, Suppression, Unproven
from checks.model.migrations import ChangeKind, Problem
from checks.model.observations import Observation
from checks.model.production import Production
from checks.model.rollback import RollbackProof
from checks.model.tables import Batching, Partition, TableShape


class Verdict(StrEnum):
    PASS = "pass"
    WARN = "warn"
    NEEDS_APPROVAL = "needs-approval"
    FAIL = "fail"
    UNPROVEN = "unproven"


class RiskLevel(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Risk(Model):
    level: RiskLevel
    reasons: tuple[str, ...]


class Isolation(StrEnum):
    """What stood between the migrations and the machine."""

    CONTAINER = "container"
    NAMESPACE = "namespace"
    PROCESS = "process only"
    EXTERNAL = "external server"
    """A server that the user gave."""


class SandboxInfo(Model):
    provider: str
    postgres: str
    """The server's own version, ``"18.4"``."""
    isolation: Isolation
    notes: tuple[str, ...] = ()


class MigrationTrace(Model):
    statements: tuple[Observation, ...]


class MigrationReport(Model):
    """Everything about one changed migration."""

    id: str
    path: str
    tool: str
    version: str
    name: str
    change: ChangeKind
    up: MigrationTrace
    schema_diff: tuple[Difference, ...] = ()
    rollback: RollbackProof
    rows_before: dict[str, int] = Field(default_factory=dict)
    """Rows that were in each touched table when it ran."""
    tables: tuple[TableShape, ...] = ()
    """The tables that it locks or names, as they were before it; at most 20."""
    batching: dict[str, Batching] = Field(default_factory=dict)
    """The same tables → how their rows can be walked in batches."""
    partitions: dict[str, Partition] = Field(default_factory=dict)
    """Of the tables that it locks or names those that are partitions before or behind it."""
    unstable_functions: tuple[str, ...] = ()
    """Functions of the schema that its statements name and that are not IMMUTABLE."""
    attempts: tuple[Attempt, ...] = ()
    """Simple fixes that were tried because it fails."""


class HistoryReport(Model):
    """One folder of migrations: what was recognised, and the state the change was run on."""

    id: str
    tool: str
    folder: str
    database: str
    base_migrations: int
    base_silent: int = 0
    """How many more its tool applied that said nothing to the server (Django's, where only a model's words change)."""
    base_cached: int = 0
    """How many of them came from the cache."""
    base_failures: tuple[Problem, ...] = ()


class SchemaDiff(Model):
    text: str
    differences: tuple[Difference, ...] = ()


class Report(Model):
    """What one validation found. Everything a person or a model sees is rendered from it."""

    schema_version: Literal["1"] = "1"
    base: str
    head: str
    verdict: Verdict
    headline: str
    """The verdict in one line."""
    risk: Risk
    sandbox: SandboxInfo | None = None
    production: Production | None = None
    assumed: tuple[str, ...] = ()
    """SQL that made what files without a history take for granted."""
    histories: tuple[HistoryReport, ...] = ()
    migrations: tuple[MigrationReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppression, ...] = ()
    unproven: tuple[Unproven, ...] = ()
    schema_diff: SchemaDiff = SchemaDiff(text="")
    rollout: tuple[str, ...] = ()
    """Notes in the order of the deploy."""
    rollback_notes: tuple[str, ...] = ()
    duration_ms: Annotated[float, Field(ge=0)] = 0.0

    @property
    def says_nothing(self) -> bool:
        """No migration changed, and none was left alone that did."""
        return not (self.migrations or self.findings or self.unproven)
