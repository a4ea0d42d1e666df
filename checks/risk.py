"""Findings and evidence → verdict, risk level, and one line that says it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.model.findings import Certainty, Finding, Severity, Unproven
from checks.model.observations import Observation
from checks.model.report import MigrationReport, Risk, RiskLevel, Verdict
from checks.model.rollback import RollbackStatus
from checks.production.weight import Weight, load_of
from checks.rules import all_rules

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
    observed = [*_from_migrations(migrations, statistics)]
    reasons = [*_from_findings(findings, observed), *_left(observed, findings)]
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
    changed = _count(migrations, "migration", "migrations") if migrations else "no migration was run"
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


@dataclass(frozen=True)
class _Observed:
    """A reason that is no finding."""

    level: RiskLevel
    text: str
    about: str
    """The id of a statement or of a migration."""
    rules: Collection[str]
    """Their findings about it say the same in other words."""
    explains: bool = False
    """Whether the finding alone does not say why it is so grave."""

    def is_said_by(self, finding: Finding) -> bool:
        is_grave = finding.severity is not Severity.INFO
        return (
            is_grave and finding.rule in self.rules and self.about in (*finding.evidence, finding.migration)
        )


def _from_findings(
    findings: Sequence[Finding], observed: Sequence[_Observed]
) -> Iterator[tuple[RiskLevel, str]]:
    for finding in findings:
        if finding.irreversible:
            yield RiskLevel.CRITICAL, f"{finding.rule}: cannot be undone"
        elif finding.severity is not Severity.INFO:
            same = [one for one in observed if one.is_said_by(finding)]
            why = next((f": {one.text}" for one in same if one.explains), "")
            level = max((_level(finding), *(one.level for one in same)), key=list(RiskLevel).index)
            yield level, f"{finding.rule}{why}"


def _level(finding: Finding) -> RiskLevel:
    is_seen = finding.severity is Severity.ERROR and finding.certainty is Certainty.OBSERVED
    return RiskLevel.HIGH if is_seen else RiskLevel.MEDIUM


def _left(observed: Sequence[_Observed], findings: Sequence[Finding]) -> Iterator[tuple[RiskLevel, str]]:
    """What no finding says."""
    for one in observed:
        if not any(one.is_said_by(finding) for finding in findings):
            yield one.level, one.text


def _from_migrations(
    migrations: Sequence[MigrationReport], statistics: Statistics | None
) -> Iterator[_Observed]:
    """Of a way back that loses rows nothing: where somebody misses them, a finding that cannot be undone says so."""
    ways_back = {
        RollbackStatus.FAILED: (RiskLevel.HIGH, "rollback-fails", "the rollback of {path} fails"),
        RollbackStatus.IRREVERSIBLE: (
            RiskLevel.CRITICAL,
            "irreversible-migration",
            "{path} cannot be rolled back",
        ),
        RollbackStatus.DIFFERS: (
            RiskLevel.MEDIUM,
            "rollback-differs",
            "the rollback of {path} leaves another schema",
        ),
    }
    for migration in migrations:
        yield from _from_locks(migration.up.statements, statistics)
        if migration.rollback.status in ways_back:
            level, rule, text = ways_back[migration.rollback.status]
            yield _Observed(level, text.format(path=migration.path), migration.id, (rule,))


def _from_locks(statements: Sequence[Observation], statistics: Statistics | None) -> Iterator[_Observed]:
    about_time = [id for id, rule in all_rules().items() if rule.scales]
    for place, statement in enumerate(statements):
        if not _blocks(statement):
            continue
        load = load_of(statements, place, statistics) if statistics else None
        if load is None or load.weight is Weight.ORDINARY:
            yield _Observed(RiskLevel.HIGH, _blocking(statement), statement.id, about_time)
        elif load.weight is Weight.LARGE:
            text = _blocking(statement, " that is large in production")
            yield _Observed(RiskLevel.CRITICAL, text, statement.id, about_time, explains=True)
        elif not load.is_quiet:
            text = _blocking(statement, " that is small in production, but busy,")
            yield _Observed(RiskLevel.MEDIUM, text, statement.id, about_time)


def _blocks(statement: Observation) -> bool:
    return any(lock.existed_before and lock.mode.blocks_writes for lock in statement.locks) and bool(
        statement.rewrites or statement.scans or statement.indexes_built
    )


def _blocking(statement: Observation, which: str = "") -> str:
    strongest = max(
        (lock for lock in statement.locks if lock.existed_before), key=lambda lock: lock.mode.strength
    )
    what = "reads and writes" if strongest.mode.blocks_reads else "writes"
    work = "rewritten" if statement.rewrites else "read from end to end"
    return f"{what} on {strongest.relation} wait while a table{which} is {work}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
