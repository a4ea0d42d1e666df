"""A summary without a model: the same Report gives the same words, and each of them is of the Report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.publish.wording import counted, short_name
from bot.summary.grounding import faults
from bot.summary.grounding.form import LONGEST
from bot.summary.model import Sentence, Summary
from checks.model.differences import Difference, DifferenceKind, Significance
from checks.model.findings import Finding, Severity, Unproven
from checks.model.observations import Lock, Observation
from checks.model.report import MigrationReport, Report, Verdict
from checks.model.rollback import DataLoss, RollbackStatus
from checks.notes import CHANGE_ROWS
from checks.sql.parse import command_tag

MOST = 4
"""Sentences of one part; the report below has all of it."""
ITEMS = 3
"""Objects that one sentence names."""

HEADLINES = {
    Verdict.PASS: "It ran, and nothing dangerous was observed.",
    Verdict.WARN: "It runs; read {warnings} before the deploy.",
    Verdict.NEEDS_APPROVAL: "It needs an approval, for it cannot be undone.",
    Verdict.FAIL: "Not ready to be deployed: {errors} to mend.",
    Verdict.UNPROVEN: "Not all of it could be proven.",
}
NOTHING = "No migration changed."
HALT = "Stop here first: {what} of this change could not be proven, so it is open what becomes of the data."
WAY_BACK = "the way back"

CHANGES: Mapping[tuple[str, DifferenceKind], str] = {
    ("table", DifferenceKind.ADDED): "adds the table {name}",
    ("table", DifferenceKind.REMOVED): "drops the table {name}",
    ("column", DifferenceKind.ADDED): "adds the column {name} to {table}",
    ("column", DifferenceKind.REMOVED): "drops the column {name} of {table}",
    ("index", DifferenceKind.ADDED): "adds the index {name}",
    ("index", DifferenceKind.REMOVED): "drops the index {name}",
    ("constraint", DifferenceKind.ADDED): "adds the constraint {name} to {table}",
    ("constraint", DifferenceKind.REMOVED): "drops the constraint {name} of {table}",
}
CHANGES_A_PROPERTY = "changes {name} ({property})"
CHANGES_ANOTHER = {DifferenceKind.ADDED: "adds {name}", DifferenceKind.REMOVED: "drops {name}"}
CHANGED = "{migration} {what}."
CHANGED_ROWS = "Line {line} changes {rows} of the sandbox."
AND_MORE = " and more"

WAITS = "{who} on {table} wait for line {line} until {until}{work}."
WORK = {"rewrites": ", while {table} is rewritten", "scans": ", while {table} is read from end to end"}
FAILS = "Line {line} of {migration} fails: {message}."
NOBODY_WAITS = "Nobody has to wait for {migration}."
TIMEOUT = "Set a `lock_timeout` for {migration}, and be ready to retry."
NOT_AS_IT_IS = "Do not deploy {migration} as it is: {places}."
PLACE = "{rule} in line {line}"
AS_IT_IS = "It can be deployed as it is."
READ = "{rule}, line {line} of {migration}: {first}"

WAYS_BACK = {
    RollbackStatus.RESTORED: "{down} of {migration} was run and brings back {what}.",
    RollbackStatus.DATA_LOST: "{down} of {migration} does not bring the data back: {lost}.",
    RollbackStatus.DIFFERS: "{down} of {migration} leaves another schema than before.",
    RollbackStatus.FAILED: "{down} of {migration} fails.",
    RollbackStatus.MISSING: "There is no down for {migration}, and none could be drafted that works.",
    RollbackStatus.IRREVERSIBLE: "There is no way back from {migration}.",
    RollbackStatus.UNPROVEN: "The way back from {migration} is unproven.",
}
UNPROVEN = "Line {line} of {file} is unproven."
UNPROVEN_FOR = "Line {line} of {file} is unproven: {reason}"
TO_APPROVE = "Somebody has to approve line {line} of {migration}, which cannot be undone."


def template_summary(report: Report) -> Summary:
    """What a person would write who has no time. A sentence that does not hold, as with a hostile name, is left out."""
    if report.says_nothing:
        return Summary(headline=Sentence(text=NOTHING, rests_on=()))
    summary = Summary(
        headline=_headline(report),
        changes=_part(_changes(report)),
        running_system=_part(_running_system(report)),
        rollout=_part(_rollout(report)),
        rollback=_part(_rollback(report)),
        open=_part(_open(report)),
        halt=halt(report),
    )
    return _without_faults(summary, report)


def _part(sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
    fitting = [one for one in sentences if len(one.text) <= LONGEST]
    return tuple(dict.fromkeys(fitting))[:MOST]


def _without_faults(summary: Summary, report: Report) -> Summary:
    wrong = {(fault.part, fault.index) for fault in faults(summary, report)}
    parts = {
        part: tuple(one for index, one in enumerate(getattr(summary, part)) if (part, index) not in wrong)
        for part in {part for part, _ in wrong if part != "headline"}
    }
    return summary.model_copy(update=parts)


# ── Headline ────────────────────────────────────────────────────────────────────────────────────────


def _headline(report: Report) -> Sentence:
    """What has decided the verdict is what it rests on."""
    errors = [one for one in report.findings if one.must_be_mended]
    warnings = [one for one in report.findings if one.severity is Severity.WARNING]
    irreversible = [one for one in report.findings if one.irreversible]
    text = HEADLINES[report.verdict].format(
        errors=counted(len(errors), "problem"), warnings=counted(len(warnings), "warning")
    )
    ids = [one.id for one in report.migrations] + [one.id for one in errors or irreversible or warnings]
    return Sentence(text=text, rests_on=tuple(ids))


def halt(report: Report) -> str:
    """The sentence before all others when the evidence leaves the fate of data open; else empty."""
    if report.unproven:
        return HALT.format(what=counted(len(report.unproven), "part"))
    unknown = any(one.rollback.status is RollbackStatus.UNPROVEN for one in report.migrations)
    return HALT.format(what=WAY_BACK) if unknown else ""


# ── What changes ────────────────────────────────────────────────────────────────────────────────────


def _changes(report: Report) -> Iterator[Sentence]:
    for migration in report.migrations:
        what = [
            _difference(one) for one in migration.schema_diff if one.significance is Significance.SEMANTIC
        ]
        if what:
            text = CHANGED.format(migration=_quoted(migration.name), what=_listed(what))
            yield Sentence(text=text, rests_on=(migration.id,))
        for statement in migration.up.statements:
            if statement.rows:
                rows = counted(statement.rows, "row")
                text = CHANGED_ROWS.format(line=statement.line, rows=rows)
                yield Sentence(text=text, rests_on=(statement.id,))


def _difference(difference: Difference) -> str:
    table, _, name = difference.name.rpartition(".")
    filled = {"name": _quoted(name), "table": _quoted(short_name(table))}
    words = CHANGES.get((difference.object_type, difference.kind))
    if words:
        return words.format(**filled)
    if difference.kind is DifferenceKind.CHANGED:
        return CHANGES_A_PROPERTY.format(
            property=difference.property or "definition", name=_quoted(short_name(difference.name))
        )
    return CHANGES_ANOTHER[difference.kind].format(name=_quoted(short_name(difference.name)))


def _listed(parts: Sequence[str]) -> str:
    """The first of them, as a person lists them; of none, nothing."""
    different = list(dict.fromkeys(parts))
    shown = different[:ITEMS]
    if len(different) > len(shown):
        return ", ".join(shown) + AND_MORE
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


# ── A running system, and the way there ─────────────────────────────────────────────────────────────


def _running_system(report: Report) -> Iterator[Sentence]:
    for migration in report.migrations:
        statements = migration.up.statements
        waits = [(one, lock) for one in statements for lock in one.locks if _stops_somebody(lock)]
        for statement in statements:
            if statement.error:
                yield _fails(statement, migration)
        for statement, lock in sorted(waits, key=lambda pair: -pair[1].mode.strength):
            yield _waits(statement, lock)
        changes_rows = any(one.rows and command_tag(one.sql) in CHANGE_ROWS for one in statements)
        is_whole = not any(one.error or not one.ran for one in statements)
        if statements and not waits and not changes_rows and is_whole:
            text = NOBODY_WAITS.format(migration=_quoted(migration.name))
            yield Sentence(text=text, rests_on=(migration.id,))


def _stops_somebody(lock: Lock) -> bool:
    return lock.existed_before and lock.mode.blocks_writes and lock.relation_kind != "index"


def _waits(statement: Observation, lock: Lock) -> Sentence:
    table = _quoted(short_name(lock.relation))
    work = next((words for what, words in WORK.items() if lock.relation in getattr(statement, what)), "")
    until = "commit" if lock.held_until == "commit" else "the end of the statement"
    who = "Reads and writes" if lock.mode.blocks_reads else "Writes"
    text = WAITS.format(who=who, table=table, line=statement.line, until=until, work=work.format(table=table))
    return Sentence(text=text, rests_on=(statement.id,))


def _fails(statement: Observation, migration: MigrationReport) -> Sentence:
    message = statement.error.message if statement.error else ""
    text = FAILS.format(line=statement.line, migration=_quoted(migration.name), message=_quoted(message))
    return Sentence(text=text, rests_on=(statement.id, migration.id))


def _rollout(report: Report) -> Iterator[Sentence]:
    if report.verdict is Verdict.PASS:
        yield Sentence(text=AS_IT_IS, rests_on=tuple(one.id for one in report.migrations))
    for migration in report.migrations:
        findings = [one for one in report.findings if one.migration == migration.id]
        yield from _not_as_it_is(migration, [one for one in findings if one.must_be_mended])
    for migration in report.migrations:
        for finding in report.findings:
            if finding.migration == migration.id and finding.severity is Severity.WARNING:
                yield _to_read(finding, migration)
            elif finding.migration == migration.id and finding.rule == "lock-timeout-missing":
                text = TIMEOUT.format(migration=_quoted(migration.name))
                yield Sentence(text=text, rests_on=(finding.id,))


def _not_as_it_is(migration: MigrationReport, errors: Sequence[Finding]) -> Iterator[Sentence]:
    if errors:
        places = [PLACE.format(rule=_quoted(one.rule), line=one.line) for one in errors]
        text = NOT_AS_IT_IS.format(migration=_quoted(migration.name), places=_listed(places))
        yield Sentence(text=text, rests_on=tuple(one.id for one in errors))


def _to_read(finding: Finding, migration: MigrationReport) -> Sentence:
    first = finding.message.split(". ")[0].rstrip(".") + "."
    text = READ.format(
        rule=_quoted(finding.rule), line=finding.line, migration=_quoted(migration.name), first=first
    )
    return Sentence(text=text, rests_on=(finding.id,))


# ── The way back, and what stays open ───────────────────────────────────────────────────────────────


def _rollback(report: Report) -> Iterator[Sentence]:
    """Newest first, as they are taken back."""
    for migration in reversed(report.migrations):
        proof = migration.rollback
        text = WAYS_BACK[proof.status].format(
            down="The drafted down" if proof.drafted else "The down",
            migration=_quoted(migration.name),
            what="schema and data" if migration.rows_before else "the schema",
            lost=_listed([_lost(one) for one in proof.data_lost]),
        )
        yield Sentence(text=text, rests_on=(migration.id,))


def _lost(loss: DataLoss) -> str:
    name = f"{short_name(loss.relation)}.{loss.column}" if loss.column else short_name(loss.relation)
    nulls = "the NULLs in " if loss.only_nulls else ""
    return f"{nulls}{counted(loss.rows, 'value' if loss.column else 'row')} of {_quoted(name)}"


def _open(report: Report) -> Iterator[Sentence]:
    for finding in report.findings:
        migration = next((one for one in report.migrations if one.id == finding.migration), None)
        if finding.irreversible and migration:
            text = TO_APPROVE.format(line=finding.line, migration=_quoted(migration.name))
            yield Sentence(text=text, rests_on=(finding.id,))
    for item in report.unproven[:MOST]:
        ids = tuple(one.id for one in report.migrations if one.path == item.path)
        if ids:
            yield _unproven(item, ids, report)


def _unproven(item: Unproven, ids: tuple[str, ...], report: Report) -> Sentence:
    """With its reason, unless a stranger's words in that do not hold as a sentence of ours."""
    place = {"line": item.line, "file": _quoted(item.path.rpartition("/")[2])}
    whole = Sentence(text=UNPROVEN_FOR.format(**place, reason=item.reason), rests_on=ids)
    wrong = faults(Summary(headline=whole, open=(whole,)), report)
    if any(fault.part == "open" for fault in wrong):
        return Sentence(text=UNPROVEN.format(**place), rests_on=ids)
    return whole


def _quoted(name: str) -> str:
    return f"`{' '.join(name.replace('`', '').split())}`"
