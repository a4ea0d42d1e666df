"""What a report says, in words that every format shares: the one thing that templates see of this package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from bot.approvals import stand
from bot.model import Standing
from bot.publish.attempts import attempt_line, came_of
from bot.publish.evidence import evidence_lines
from bot.publish.handed_on import error_types, record_lines, redesign_files, redesign_title
from bot.publish.labels import IN_ITS_FILE, VERDICTS, label
from bot.publish.production import prediction_lines, production_line, production_notes
from bot.publish.prose import author, paragraphs
from bot.publish.rollback import rollback_line
from bot.publish.standing import given, headline, is_approved, unwaived, waiting, waived
from bot.publish.statements import live_locks
from bot.publish.wording import GUESS, GUESSES, counted, listed, short_name
from checks.model.findings import Advice, AdviceFile, Certainty, Finding, Severity
from checks.model.migrations import ChangeKind
from checks.model.report import HistoryReport, MigrationReport, Report, Risk, SandboxInfo
from checks.model.rollback import RollbackStatus

__all__ = [
    "VERDICTS",
    "attempt_line",
    "author",
    "came_of",
    "error_types",
    "evidence_lines",
    "given",
    "headline",
    "is_approved",
    "label",
    "paragraphs",
    "prediction_lines",
    "production_line",
    "production_notes",
    "record_lines",
    "redesign_files",
    "redesign_title",
    "unwaived",
    "waiting",
    "waived",
]

LANGUAGES = {
    "exs": "elixir",
    "json": "json",
    "toml": "toml",
    "conf": "properties",
    "plan": "text",
    "sum": "text",
}

CERTAINTIES = {
    Certainty.OBSERVED: "PostgreSQL did it",
    Certainty.DERIVED: "follows from what PostgreSQL did",
    Certainty.STATIC: "read from the files",
}

ACCEPTED_HERE = f"What cannot be undone is accepted {IN_ITS_FILE}."
LONE = "file"
"""The tool of files that no tool claims."""
BY_ITSELF = {
    "command": "nothing was written into a migration tool's table, so the command is one migration; a line is a statement, "
    "counted",
    LONE: "none: no migration tool claims it, so each statement is taken to commit by itself",
}


def findings_of(report: Report, migration: MigrationReport) -> list[Finding]:
    """Those of the migration, and what was read in its file."""
    return by_severity(finding for finding in report.findings if _is_about(finding, migration))


def _is_about(finding: Finding, migration: MigrationReport) -> bool:
    if finding.migration is None:
        return finding.path == migration.path
    return finding.migration == migration.id


def other_findings(report: Report) -> list[Finding]:
    """Findings that belong to no migration that was run: near misses, deleted files, configuration."""
    return by_severity(
        finding
        for finding in report.findings
        if not any(_is_about(finding, migration) for migration in report.migrations)
    )


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(
        findings, key=lambda finding: (-finding.severity.rank, finding.path, finding.line, finding.rule)
    )


def sandbox_line(sandbox: SandboxInfo) -> str:
    return f"PostgreSQL {sandbox.postgres}, {sandbox.provider}; isolation: {sandbox.isolation.value}"


def history_line(history: HistoryReport) -> str:
    if history.tool in BY_ITSELF and not history.base_migrations:
        return BY_ITSELF[history.tool]
    where = f" (database {history.database})" if history.database else ""
    total, cached, silent = history.base_migrations, history.base_cached, history.base_silent
    how = (
        ""
        if not cached
        else ", from the cache"
        if cached == total
        else f", {cached:,} of them from the cache"
    )
    more = f"; {silent:,} more of the tool's send no statement" if silent else ""
    return f"{history.tool} in {history.folder or '.'}{where}: run on {counted(total, 'base migration')}{how}{more}"


def risk_line(risk: Risk) -> str:
    """The level and its gravest reasons; all of them are in the JSON."""
    return f"{risk.level.value}: {listed(risk.reasons)}" if risk.reasons else risk.level.value


def migration_line(migration: MigrationReport) -> str:
    """``added, on rows: orders 1,000``: the rows of the tables that it met."""
    met = {lock.relation for statement in migration.up.statements for lock in statement.locks}
    rows = [
        f"{short_name(table)} {count:,}" for table, count in migration.rows_before.items() if table in met
    ]
    return f"{migration.change.value}{f', on rows: {listed(rows)}' if rows else ''}"


def quiet_line(migration: MigrationReport) -> str:
    ran = counted(len(migration.up.statements), "statement")
    return f"ok: {ran}, no lock that anybody waits for; rollback {rollback_line(migration)}"


def advice_line(advice: Advice) -> str:
    return f"{'Safer, proven' if advice.proven else 'Safer, not proven'}: {advice.title}"


def told_with(finding: Finding, findings: Sequence[Finding]) -> Finding | None:
    """The one of ``findings``, in the order in which they are shown, with which the same files have been shown before it."""
    before = takewhile(lambda one: one.id != finding.id, findings)
    return next((one for one in before if _files(one) and _files(one) == _files(finding)), None)


def _files(finding: Finding) -> tuple[AdviceFile, ...]:
    return finding.advice.files if finding.advice else ()


def told_line(earlier: Finding) -> str:
    return f"The files are those of `{earlier.rule}` in {earlier.path}:{earlier.line}."


def language_of(path: str) -> str:
    """What highlights the file."""
    return LANGUAGES.get(path.rpartition(".")[2], "sql")


def unproven_lines(report: Report) -> list[str]:
    return [f"{item.path}:{item.line}  {item.reason}" for item in report.unproven]


def suppression_lines(report: Report) -> list[str]:
    return [
        f"{item.path}:{item.line}  {item.rule}: {item.reason}{f', until {item.until}' if item.until else ''}"
        for item in report.suppressed
    ]


def failure_lines(history: HistoryReport) -> list[str]:
    return [f"{failure.path}:{failure.line}  {failure.message}" for failure in history.base_failures]


def guess_line(finding: Finding) -> str:
    """Of a finding whose place nobody told; empty for every other one."""
    return GUESS if finding.line_is_guess else ""


def guesses_line(migration: MigrationReport) -> str:
    """What the question marks behind lines of its statements mean; empty where there are none."""
    return GUESSES if any(one.line_is_guess for one in migration.up.statements) else ""


def message(finding: Finding) -> str:
    """For places where there is nothing but the line and a text."""
    return f"{finding.message} {guess_line(finding)}".rstrip()


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
    return ", ".join(parts) or ("none that was run" if report.unproven else "no migration changed")


MERGE = "Nothing stands against it: merge it."
NOTHING_NEW = "No migration is new, so nothing was run."
PROVEN = (RollbackStatus.RESTORED, RollbackStatus.DATA_LOST)
"""Of a drafted down: it ran, and brought the schema back."""


def next_steps(report: Report, standing: Standing | None = None) -> list[str]:
    """What a person does now, in order; what ``standing`` says is approved or waived waits for nobody."""
    steps = []
    standing = standing or stand(report, ())
    irreversible = standing.open_findings
    errors = [finding for finding in unwaived(report, standing) if finding.must_be_mended]
    if errors:
        steps.append(f"Mend what fails ({counted(len(errors), 'error')}): {places(errors)}.")
    if irreversible:
        steps.append(f"Have somebody approve what no down brings back: {places(irreversible)}.")
    drafts = [
        migration.path
        for migration in report.migrations
        if migration.rollback.drafted and migration.rollback.status in PROVEN and migration.tool != LONE
    ]
    if drafts:
        steps.append(f"Take over the drafted down: {listed(drafts)}.")
    if standing.open_unproven:
        steps.append("Look by hand at what is unproven, or give the sandbox what it lacks.")
    warnings = [one for one in unwaived(report, standing) if one.severity is Severity.WARNING]
    if warnings and not errors:
        steps.append(f"Read {counted(len(warnings), 'warning')} before the deploy: {places(warnings)}.")
    return steps or [MERGE if report.migrations else NOTHING_NEW]


def grave(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is not Severity.INFO or finding.irreversible]


def slight(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.INFO and not finding.irreversible]


def slight_line(findings: Sequence[Finding]) -> str:
    """``3 more for information: lock-timeout-missing``."""
    return f"{len(findings):,} more for information: {listed(sorted({one.rule for one in findings}))}"


def places(findings: Sequence[Finding]) -> str:
    return listed(list(dict.fromkeys(f"{finding.path}:{finding.line}" for finding in findings)))
