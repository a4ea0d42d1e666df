"""Findings and evidence → verdict, risk level, and one line that says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from checks.model.findings import Certainty, Finding, Severity, Unproven
from checks.model.observations import Observation
from checks.model.report import MigrationReport, Risk, RiskLevel, Verdict
from checks.model.rollback import RollbackStatus
from checks.production.weight import Weight, load_of

if TYPE_CHECKING:
    from checks.production.statistics import Statistics


def verdict(findings: Sequence[Finding], unproven: Sequence[Unproven]) -> Verdict:
    """The gravest thing that is true of the change; what could not be proven is never green."""
    if any(finding.must_be_mended for finding in findings):
        return Verdict.FAIL
    if any(finding.irreversible for finding in findings):
        return Verdict.NEEDS_APPROVAL
    if unproven:
        return Verdict.UNPROVEN
    if any(finding.severity is Severity.WARNING for finding in findings):
        return Verdict.WARN
    return Verdict.PASS


def risk(
    migrations: Sequence[MigrationReport],
    findings: Sequence[Finding],
    unproven: Sequence[Unproven],
    statistics: Statistics | None = None,
) -> Risk:
    """How much can go wrong when this is deployed, and why; the gravest reason decides.

    With ``statistics`` of production, work under a lock counts for as much as the table is large and busy.
    """
    reasons = [*_from_findings(findings), *_from_migrations(migrations, findings, statistics)]
    if unproven:
        reasons.append(
            (RiskLevel.MEDIUM, _count(len(unproven), "part could", "parts could") + " not be proven")
        )
    if not reasons:
        return Risk(level=RiskLevel.LOW, reasons=("nothing dangerous was observed",))
    order = list(RiskLevel)
    reasons.sort(key=lambda reason: order.index(reason[0]), reverse=True)
    return Risk(level=reasons[0][0], reasons=tuple(dict.fromkeys(text for _, text in reasons)))


def headline(
    migrations: int, verdict: Verdict, findings: Sequence[Finding], unproven: Sequence[Unproven]
) -> str:
    """The verdict in one line, with what decided it."""
    changed = _count(migrations, "migration", "migrations")
    match verdict:
        case Verdict.FAIL:
            errors = [finding for finding in findings if finding.must_be_mended]
            return f"{changed}: {_count(len(errors), 'problem', 'problems')} to mend before this is deployed"
        case Verdict.NEEDS_APPROVAL:
            lost = [finding for finding in findings if finding.irreversible]
            return f"{changed}: {_count(len(lost), 'step needs', 'steps need')} an approval, for no way leads back"
        case Verdict.UNPROVEN:
            return f"{changed}: {_count(len(unproven), 'part', 'parts')} could not be proven"
        case Verdict.WARN:
            warnings = [finding for finding in findings if finding.severity is Severity.WARNING]
            return f"{changed}: safe to deploy with care, {_count(len(warnings), 'warning', 'warnings')}"
        case Verdict.PASS if migrations:
            return f"{changed}: ran, and nothing dangerous was observed"
        case Verdict.PASS:
            return "no migration changed"


def _from_findings(findings: Sequence[Finding]) -> list[tuple[RiskLevel, str]]:
    reasons = []
    for finding in findings:
        if finding.irreversible:
            reasons.append((RiskLevel.CRITICAL, f"{finding.rule}: cannot be undone"))
        elif finding.severity is Severity.ERROR:
            level = RiskLevel.HIGH if finding.certainty is Certainty.OBSERVED else RiskLevel.MEDIUM
            reasons.append((level, finding.rule))
        elif finding.severity is Severity.WARNING:
            reasons.append((RiskLevel.MEDIUM, finding.rule))
    return reasons


def _from_migrations(
    migrations: Sequence[MigrationReport], findings: Sequence[Finding], statistics: Statistics | None
) -> list[tuple[RiskLevel, str]]:
    reasons: list[tuple[RiskLevel, str]] = []
    # Values put where there was none stay behind, too, and nobody misses what was there before.
    losing = {finding.migration for finding in findings if finding.irreversible}
    for migration in migrations:
        reasons += _from_locks(migration.up.statements, statistics)
        status = migration.rollback.status
        if status is RollbackStatus.FAILED or (status is RollbackStatus.DATA_LOST and migration.id in losing):
            reasons.append(
                (RiskLevel.HIGH, f"the rollback of {migration.path} is {migration.rollback.status}")
            )
        elif migration.rollback.status is RollbackStatus.IRREVERSIBLE:
            reasons.append((RiskLevel.CRITICAL, f"{migration.path} cannot be rolled back"))
        elif migration.rollback.status is RollbackStatus.DIFFERS:
            reasons.append((RiskLevel.MEDIUM, f"the rollback of {migration.path} leaves another schema"))
    return reasons


def _from_locks(
    statements: Sequence[Observation], statistics: Statistics | None
) -> Iterator[tuple[RiskLevel, str]]:
    for place, statement in enumerate(statements):
        if not _blocks(statement):
            continue
        load = load_of(statements, place, statistics) if statistics else None
        if load is None or load.weight is Weight.ORDINARY:
            yield RiskLevel.HIGH, _blocking(statement)
        elif load.weight is Weight.LARGE:
            yield RiskLevel.CRITICAL, f"{_blocking(statement)}, and it is large in production"
        elif not load.is_quiet:
            yield RiskLevel.MEDIUM, f"{_blocking(statement)}, which is small in production, but busy"


def _blocks(statement: Observation) -> bool:
    return any(lock.existed_before and lock.mode.blocks_writes for lock in statement.locks) and bool(
        statement.rewrites or statement.scans or statement.indexes_built
    )


def _blocking(statement: Observation) -> str:
    strongest = max(
        (lock for lock in statement.locks if lock.existed_before), key=lambda lock: lock.mode.strength
    )
    what = "reads and writes" if strongest.mode.blocks_reads else "writes"
    work = "rewritten" if statement.rewrites else "read from end to end"
    return f"{what} on {strongest.relation} wait while a table is {work}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
