"""What a report says about one statement, one rollback and the next step, in words that every format shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checks.model import (
    Advice,
    Certainty,
    ChangeKind,
    Finding,
    HistoryReport,
    Lock,
    LockMode,
    MigrationReport,
    Observation,
    Report,
    Risk,
    RollbackProof,
    RollbackStatus,
    SandboxInfo,
    Severity,
    Significance,
    SqlError,
    Verdict,
)

VERDICTS = {
    Verdict.PASS: "PASS",
    Verdict.WARN: "WARN",
    Verdict.NEEDS_APPROVAL: "NEEDS APPROVAL",
    Verdict.FAIL: "FAIL",
    Verdict.UNPROVEN: "UNPROVEN",
}

CERTAINTIES = {
    Certainty.OBSERVED: "PostgreSQL did it",
    Certainty.DERIVED: "follows from what PostgreSQL did",
    Certainty.STATIC: "read from the files",
}


# ── Statements ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class StatementRow:
    """One line of the statements table. Texts are strangers' text: not escaped yet."""

    line: int
    sql: str
    locks: tuple[str, ...]
    """On relations that were there before the change, strongest first: ``ACCESS EXCLUSIVE users, orders``."""
    blocks: str
    until: str
    work: tuple[str, ...]
    rows: str
    ms: str
    error: tuple[str, ...]
    ran: bool

    @property
    def is_quiet(self) -> bool:
        return not (self.locks or self.error)


def statement_row(observation: Observation) -> StatementRow:
    locks = live_locks(observation)
    return StatementRow(
        line=observation.line,
        sql=observation.sql,
        locks=tuple(f"{mode} {listed(relations)}" for mode, relations in by_mode(locks)),
        blocks=blocks(locks),
        until=until(locks),
        work=work(observation),
        rows="" if observation.rows is None else f"{observation.rows:,}",
        ms=milliseconds(observation.duration_ms) if observation.ran else "",
        error=error_lines(observation.error) if observation.error else (),
        ran=observation.ran,
    )


def live_locks(observation: Observation) -> list[Lock]:
    """Locks that somebody else can wait for: on relations that existed, stronger than what every writer takes."""
    live = [
        lock
        for lock in observation.locks
        if lock.existed_before and lock.mode.strength > LockMode.ROW_EXCLUSIVE.strength
    ]
    beyond_indexes = [lock for lock in live if lock.relation_kind != "index"]
    return sorted(beyond_indexes or live, key=lambda lock: -lock.mode.strength)


def by_mode(locks: Iterable[Lock]) -> list[tuple[str, list[str]]]:
    modes: dict[str, list[str]] = {}
    for lock in locks:
        modes.setdefault(lock.mode.value, []).append(short_name(lock.relation))
    return list(modes.items())


def blocks(locks: Sequence[Lock]) -> str:
    if any(lock.mode.blocks_reads for lock in locks):
        return "reads, writes"
    if any(lock.mode.blocks_writes for lock in locks):
        return "writes"
    return "schema changes" if locks else ""


def until(locks: Sequence[Lock]) -> str:
    """When the strongest lock is let go."""
    if not locks:
        return ""
    strongest = locks[0]
    if strongest.held_until == "statement":
        return "it ends"
    if strongest.statements_behind == 0:
        return "commit"
    return f"commit, {counted(strongest.statements_behind, 'statement')} later"


def work(observation: Observation) -> tuple[str, ...]:
    """What PostgreSQL had to do besides changing its catalogs."""
    done = (
        ("rewrites", observation.rewrites),
        ("scans", [table for table in observation.scans if table not in observation.rewrites]),
        ("builds", observation.indexes_built),
        ("validates", observation.validated),
    )
    return tuple(f"{verb} {listed([short_name(name) for name in names])}" for verb, names in done if names)


def error_lines(error: SqlError) -> tuple[str, ...]:
    at = f" (line {error.line})" if error.line else ""
    lines = [f"error {error.sqlstate}: {error.message}{at}"]
    lines += [f"{label}: {text}" for label, text in (("detail", error.detail), ("hint", error.hint)) if text]
    return tuple(lines)


def short_name(name: str) -> str:
    """A relation as people call it: without the schema that every database has."""
    return name.removeprefix("public.")


def listed(names: Sequence[str], at_most: int = 3) -> str:
    shown = ", ".join(names[:at_most])
    return shown if len(names) <= at_most else f"{shown} and {len(names) - at_most} more"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def milliseconds(duration: float) -> str:
    return f"{duration:.1f}" if duration < 10 else f"{duration:,.0f}"


def seconds(duration_ms: float) -> str:
    return f"{duration_ms / 1000:.1f} s"


# ── Rollback ────────────────────────────────────────────────────────────────────────────────────────


def rollback_line(proof: RollbackProof) -> str:
    """The whole proof in one sentence."""
    drafted = "no down in the file; a drafted one: " if proof.drafted else ""
    return drafted + _rollback_outcome(proof) + _up_again(proof)


def _rollback_outcome(proof: RollbackProof) -> str:
    match proof.status:
        case RollbackStatus.RESTORED:
            return "restored, schema and rows are as before"
        case RollbackStatus.DATA_LOST:
            return f"data lost: {data_lost(proof)}; {_schema_after_down(proof)}"
        case RollbackStatus.DIFFERS:
            return f"differs: {differences(proof)}"
        case RollbackStatus.FAILED:
            return f"fails: {_down_error(proof) or proof.reason or 'the down script did not run'}"
        case RollbackStatus.MISSING:
            return f"missing: {proof.reason or 'there is no down script'}"
        case RollbackStatus.IRREVERSIBLE:
            return f"irreversible: {proof.reason or 'there is no way back'}"
        case RollbackStatus.UNPROVEN:
            return f"unproven: {proof.reason or 'it was not run'}"


def _schema_after_down(proof: RollbackProof) -> str:
    if not proof.differences:
        return "the schema is restored"
    if all(difference.significance is Significance.ORDER for difference in proof.differences):
        return "the schema is restored but for the order of columns"
    return f"the schema differs: {differences(proof)}"


def data_lost(proof: RollbackProof) -> str:
    losses = [
        f"{short_name(loss.relation)}.{loss.column} {counted(loss.rows, 'value')}"
        if loss.column
        else f"{short_name(loss.relation)} {counted(loss.rows, 'row')}"
        for loss in proof.data_lost
    ]
    return listed(losses) or "which rows is not known"


def differences(proof: RollbackProof) -> str:
    return (
        listed([str(difference) for difference in proof.differences], 2)
        or proof.reason
        or "see the JSON report"
    )


def _down_error(proof: RollbackProof) -> str:
    for observation in proof.down:
        if observation.error:
            return f"{observation.path}:{observation.line} {error_lines(observation.error)[0]}"
    return ""


def _up_again(proof: RollbackProof) -> str:
    match proof.up_again:
        case "identical" if proof.status is RollbackStatus.RESTORED:
            return "; up again gives the same"
        case "differs":
            return f"; up again differs: {listed([str(item) for item in proof.up_again_differences], 2)}"
        case "failed":
            return (
                f"; up again fails: {error_lines(proof.up_again_error)[0]}"
                if proof.up_again_error
                else "; up again fails"
            )
        case _:
            return ""


# ── The whole ───────────────────────────────────────────────────────────────────────────────────────


def findings_of(report: Report, migration: MigrationReport) -> list[Finding]:
    return by_severity(finding for finding in report.findings if finding.migration == migration.id)


def other_findings(report: Report) -> list[Finding]:
    """Findings that belong to no migration that was run: near misses, deleted files, configuration."""
    ids = {migration.id for migration in report.migrations}
    return by_severity(finding for finding in report.findings if finding.migration not in ids)


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(
        findings, key=lambda finding: (-finding.severity.rank, finding.path, finding.line, finding.rule)
    )


def sandbox_line(sandbox: SandboxInfo) -> str:
    return f"PostgreSQL {sandbox.postgres}, {sandbox.provider}; isolation: {sandbox.isolation.value}"


def history_line(history: HistoryReport) -> str:
    cached = f", {history.base_cached:,} of them from the cache" if history.base_cached else ""
    where = f" (database {history.database})" if history.database else ""
    return f"{history.tool} in {history.folder or '.'}{where}: run on {counted(history.base_migrations, 'base migration')}{cached}"


def risk_line(risk: Risk) -> str:
    return f"{risk.level.value}: {'; '.join(risk.reasons)}" if risk.reasons else risk.level.value


def migration_line(migration: MigrationReport) -> str:
    """``added, on rows: orders 1,000``: the rows of the tables that it met."""
    met = {lock.relation for statement in migration.up.statements for lock in statement.locks}
    rows = [
        f"{short_name(table)} {count:,}" for table, count in migration.rows_before.items() if table in met
    ]
    return f"{migration.change.value}{f', on rows: {listed(rows)}' if rows else ''}"


def quiet_line(migration: MigrationReport) -> str:
    ran = counted(len(migration.up.statements), "statement")
    return f"ok: {ran}, no lock that anybody waits for; rollback {rollback_line(migration.rollback)}"


def advice_line(advice: Advice) -> str:
    return f"{'Safer, proven' if advice.proven else 'Safer, not proven'}: {advice.title}"


def unproven_lines(report: Report) -> list[str]:
    return [f"{item.path}:{item.line}  {item.reason}" for item in report.unproven]


def suppression_lines(report: Report) -> list[str]:
    return [
        f"{item.path}:{item.line}  {item.rule}: {item.reason}{f', until {item.until}' if item.until else ''}"
        for item in report.suppressed
    ]


def failure_lines(history: HistoryReport) -> list[str]:
    return [f"{failure.path}:{failure.line}  {failure.message}" for failure in history.base_failures]


def is_quiet(report: Report, migration: MigrationReport) -> bool:
    """Nothing about it needs reading: one line says it all."""
    return (
        migration.rollback.status is RollbackStatus.RESTORED
        and not migration.rollback.drafted
        and not findings_of(report, migration)
        and not any(live_locks(statement) or statement.error for statement in migration.up.statements)
    )


def changes(report: Report) -> str:
    """``4 added, 1 edited``."""
    counts = {kind: sum(migration.change is kind for migration in report.migrations) for kind in ChangeKind}
    parts = [f"{count} {kind.value}" for kind, count in counts.items() if count]
    return ", ".join(parts) or "no migration changed"


def next_steps(report: Report) -> list[str]:
    """What a person does now, in order."""
    steps = []
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if errors:
        steps.append(f"Mend what fails ({counted(len(errors), 'error')}): {places(errors)}.")
    irreversible = [finding for finding in report.findings if finding.irreversible]
    if irreversible:
        steps.append(f"Have somebody approve what no down brings back: {places(irreversible)}.")
    drafts = [migration.path for migration in report.migrations if migration.rollback.drafted]
    if drafts:
        steps.append(f"Take over the drafted down: {listed(drafts)}.")
    if report.unproven:
        steps.append("Look by hand at what is unproven, or give the sandbox what it lacks.")
    warnings = [finding for finding in report.findings if finding.severity is Severity.WARNING]
    if warnings and not errors:
        steps.append(f"Read {counted(len(warnings), 'warning')} before the deploy: {places(warnings)}.")
    return steps or ["Nothing stands against it: merge it."]


def places(findings: Sequence[Finding]) -> str:
    return listed(list(dict.fromkeys(f"{finding.path}:{finding.line}" for finding in findings)))
