"""What was read → the Report, in which nothing is said to have run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks import risk
from checks.model.findings import Finding, Suppression, Unproven
from checks.model.migrations import ChangeKind
from checks.model.report import HistoryReport, MigrationReport, MigrationTrace, Report, Risk, Verdict
from checks.static.reviews import NOT_RUN, Read, Reading

_READ = "read only, nothing was run"


def report(
    readings: Sequence[Reading],
    findings: Sequence[Finding],
    suppressed: Sequence[Suppression],
    duration_ms: float,
) -> Report:
    reads = [(reading, read) for reading in readings for read in reading.migrations]
    unproven = tuple(dict.fromkeys(place for _, read in reads for place in _open(read)))
    verdict = risk.verdict(findings, unproven)
    return Report(
        base="",
        head="the files",
        verdict=verdict,
        headline=_headline(len(reads), verdict, findings, unproven),
        risk=_risk(findings, unproven),
        histories=tuple(_histories(readings)),
        migrations=tuple(_migration(reading, read) for reading, read in reads),
        findings=tuple(findings),
        suppressed=tuple(suppressed),
        unproven=unproven,
        duration_ms=duration_ms,
    )


def _open(read: Read) -> Iterator[Unproven]:
    migration = read.migration
    if migration.opaque:
        reason = f"Not read: {migration.opaque.rstrip('.')}."
        yield Unproven(path=migration.path, line=migration.opaque_line, reason=reason)
    for gap in migration.gaps:
        yield Unproven(path=gap.path, line=gap.line, reason=f"Not read: {gap.reason}.")
    for one in read.expected:
        statement, facts = one.statement, one.facts
        endings = list(facts.open)
        if facts.provided:
            endings.append(facts.provided)
        for ending in endings:
            reason = f"Only a run can tell whether {ending}."
            yield Unproven(path=statement.path, line=statement.line, reason=reason)


def _headline(
    migrations: int, verdict: Verdict, findings: Sequence[Finding], unproven: Sequence[Unproven]
) -> str:
    if verdict is Verdict.PASS:
        many = f"{migrations} migration{'' if migrations == 1 else 's'}"
        return f"{many}: nothing dangerous stands in the files; {_READ}"
    return f"{risk.headline(migrations, verdict, findings, unproven)}; {_READ}"


def _risk(findings: Sequence[Finding], unproven: Sequence[Unproven]) -> Risk:
    found = risk.risk((), findings, unproven)
    if findings or unproven:
        return found
    return found.model_copy(update={"reasons": ("nothing dangerous was read",)})


def _histories(readings: Sequence[Reading]) -> Iterator[HistoryReport]:
    heads = {reading.change.head.id: reading.change.head for reading in readings}
    for id, head in heads.items():
        yield HistoryReport(
            id=id, tool=head.tool, folder=head.folder, database=head.database, base_migrations=0
        )


def _migration(reading: Reading, read: Read) -> MigrationReport:
    migration = read.migration
    return MigrationReport(
        id=read.id,
        path=migration.path,
        tool=reading.change.head.tool,
        version=migration.version,
        name=migration.name,
        change=ChangeKind.ADDED,
        up=MigrationTrace(statements=()),
        rollback=NOT_RUN,
    )
