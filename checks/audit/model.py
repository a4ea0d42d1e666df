"""What an audit found: the state of schema and history before any change."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from checks.model.base import Model
from checks.model.findings import Severity, Unproven
from checks.model.report import SandboxInfo


class AuditFinding(Model):
    question: str
    """The id of the question that it answers: ``foreign-key-without-index``."""
    severity: Severity
    object: str | None = None
    """``schema.table`` or ``schema.table.object``, when it is about the schema."""
    path: str | None = None
    """The file, when it is about the history."""
    line: int | None = None
    message: str
    """What there is, and what it costs."""
    remedy: tuple[str, ...] = ()
    """SQL statements that mend it, each to be run outside of a transaction."""


class Answered(Model):
    """A question that was asked."""

    id: str
    summary: str
    """The question as one sentence."""
    findings: tuple[AuditFinding, ...] = ()


class AuditedHistory(Model):
    id: str
    tool: str
    folder: str
    database: str
    migrations: int
    proven: int = 0
    """How many of the newest migrations were taken up, down and up again."""


class Audit(Model):
    """Phase zero. Everything that a person sees of it is rendered from this."""

    schema_version: Literal["1"] = "1"
    revision: str
    sandbox: SandboxInfo | None = None
    histories: tuple[AuditedHistory, ...] = ()
    answers: tuple[Answered, ...] = ()
    """Every question, also those without a finding."""
    unproven: tuple[Unproven, ...] = ()
    """What of the base could not be run: what is missing because of it is not seen."""
    duration_ms: Annotated[float, Field(ge=0)] = 0.0

    @property
    def findings(self) -> tuple[AuditFinding, ...]:
        return tuple(finding for answer in self.answers for finding in answer.findings)
