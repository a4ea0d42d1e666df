"""What a Report says, as values for the slots of the phrasings, each with the ids that a model might cite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checks.model.differences import DifferenceKind
from checks.model.findings import Finding, Severity
from checks.model.observations import Lock, LockMode, Observation
from checks.model.report import MigrationReport, Report, Verdict
from checks.model.rollback import RollbackStatus

Slots = Mapping[str, str | int | float]


@dataclass(frozen=True)
class Fact:
    kind: str
    slots: Slots
    cites: tuple[tuple[str, ...], ...]
    """Each of them would do."""
    place: MigrationReport | None = None
    also: frozenset[str] = field(default_factory=frozenset)
    """What more is true of it, which decides over single phrasings."""


def facts(report: Report) -> Iterator[Fact]:
    yield from _of_the_whole(report)
    for migration in report.migrations:
        yield from _of_the_schema(migration)
        yield from _of_the_way_back(migration)
        yield from _of_rows(migration)
        for statement in migration.up.statements:
            yield from _of_a_statement(statement, migration, report)
    yield from _of_what_is_open(report)


def _of_the_whole(report: Report) -> Iterator[Fact]:
    errors = [one for one in report.findings if one.severity is Severity.ERROR]
    mend = [one for one in errors if not one.irreversible]
    warnings = [one for one in report.findings if one.severity is Severity.WARNING]
    migrations = tuple(one.id for one in report.migrations)
    counts = {
        "migrations_count": len(migrations),
        "statements_count": sum(len(one.up.statements) for one in report.migrations),
        "findings_count": len(report.findings),
        "warnings_count": len(warnings),
        "errors_count": len(errors),
    }
    yield Fact("counts", {name: n for name, n in counts.items() if n}, (migrations,))
    deciding = tuple(one.id for one in (mend or errors or warnings)) or migrations
    slots = {"n_word": len(migrations), **counts, "errors_count": len(mend)}
    restored = all(one.rollback.status is RollbackStatus.RESTORED for one in report.migrations)
    also = {"restored"} if restored else set()
    locks = [lock for one in report.migrations for step in one.up.statements for lock in _live(step)]
    also |= set() if any(lock.mode.blocks_writes for lock in locks) else {"quiet"}
    also |= {f"{report.risk.level.value} risk"} | ({"several"} if len(migrations) > 1 else set())
    cites = (deciding, migrations)
    if report.verdict is not Verdict.PASS:
        cites = (deciding,) if report.verdict is not Verdict.UNPROVEN else (migrations,)
    yield Fact(f"headline-{report.verdict.value}", _positive(slots), cites, also=frozenset(also))
    if report.sandbox:
        slots = {"postgres": report.sandbox.postgres, "postgres_major": report.sandbox.postgres.split(".")[0]}
        proven = frozenset() if report.unproven else frozenset({"proven"})
        yield Fact("postgres", slots, ((migrations[0],), migrations), also=proven)


def _positive(slots: Mapping[str, int]) -> Slots:
    return {name: value for name, value in slots.items() if value}


def _of_the_schema(migration: MigrationReport) -> Iterator[Fact]:
    for one in migration.schema_diff:
        slots: dict[str, str | int | float] = {}
        name = one.name.rpartition(".")[2]
        where = _statement_with(name, migration)
        if where:
            slots["line"] = where.line
        cites = ((migration.id,), (where.id,)) if where else ((migration.id,),)
        table = one.name.rpartition(".")[0]
        match one.object_type, one.kind, one.property:
            case "table", DifferenceKind.ADDED, _:
                yield Fact("new-table", slots | {"table": one.name}, cites, migration)
            case "column", DifferenceKind.ADDED, _:
                type_ = (one.after or "").split(" not null")[0].split(" default")[0]
                yield Fact(
                    "new-column",
                    slots | {"table": table, "column": one.name, "type": type_},
                    cites,
                    migration,
                )
            case "column", DifferenceKind.REMOVED, _:
                yield Fact("dropped-column", slots | {"table": table, "column": one.name}, cites, migration)
            case "column", DifferenceKind.CHANGED, "type":
                slots |= {"table": table, "column": one.name, "old": one.before or "", "new": one.after or ""}
                yield Fact("type-change", slots, cites, migration)
            case "constraint", DifferenceKind.ADDED, _:
                yield Fact("constraint", slots | {"table": table, "constraint": one.name}, cites, migration)
            case "index", DifferenceKind.ADDED, _ if where:
                table = next((lock.relation for lock in where.locks if lock.relation_kind == "table"), "")
                yield Fact("new-index", slots | {"table": table, "index": one.name}, cites, migration)
            case _:
                pass


def _statement_with(name: str, migration: MigrationReport) -> Observation | None:
    return next((one for one in migration.up.statements if name in one.sql), None)


def _of_the_way_back(migration: MigrationReport) -> Iterator[Fact]:
    proof = migration.rollback
    about = ((migration.id,),)
    match proof.status:
        case RollbackStatus.RESTORED if not proof.drafted:
            yield Fact("restored", {}, about, migration)
        case RollbackStatus.FAILED | RollbackStatus.DIFFERS | RollbackStatus.MISSING:
            yield Fact("no-way-back", {}, about, migration, frozenset({proof.status.value}))
        case RollbackStatus.UNPROVEN:
            also = {"rows"} if "up fails first" in proof.reason else set()
            yield Fact("rollback-unproven", {}, about, migration, frozenset(also))
        case RollbackStatus.DATA_LOST:
            yield Fact("no-way-back", {}, about, migration, frozenset({proof.status.value}))
            for loss in proof.data_lost:
                slots: dict[str, str | int | float] = {"table": loss.relation, "rows": loss.rows}
                if loss.column:
                    slots |= {"column": f"{loss.relation}.{loss.column}", "column_plain": loss.column}
                    yield Fact("data-lost", slots, about, migration)
        case _:
            pass


def _of_rows(migration: MigrationReport) -> Iterator[Fact]:
    met = {lock.relation: statement for statement in migration.up.statements for lock in statement.locks}
    for table, rows in migration.rows_before.items():
        if table in met:
            slots = {"table": table, "rows": rows}
            yield Fact("rows", slots, ((migration.id,), (met[table].id,)), migration)


def _of_a_statement(statement: Observation, migration: MigrationReport, report: Report) -> Iterator[Fact]:
    resting = [one for one in report.findings if statement.id in one.evidence]
    cites: tuple[tuple[str, ...], ...] = ((statement.id,), (migration.id,))
    slots: dict[str, str | int | float] = {"line": statement.line}
    if statement.ran:
        duration = slots | {"duration": statement.duration_ms}
        yield Fact("duration", duration, ((statement.id,),), migration)
    for lock in _live(statement):
        about = [one for one in resting if lock.mode in one.message and lock.relation[7:] in one.message]
        with_findings = (*cites, *((one.id,) for one in about), *((statement.id, one.id) for one in resting))
        yield from _of_a_lock(lock, slots, with_findings, migration)
    for table in statement.rewrites:
        yield Fact("rewrite", slots | {"table": table}, cites, migration)
    for table in statement.scans:
        yield Fact("scan", slots | {"table": table}, cites, migration)
    if statement.rows:
        table = next((one.relation for one in statement.locks if one.relation_kind == "table"), "")
        yield Fact("rows-touched", slots | {"table": table, "touched": statement.rows}, cites, migration)
    if statement.error:
        error = {"sqlstate": statement.error.sqlstate, "message": statement.error.message}
        yield Fact("failure", slots | error, cites, migration)
    elif not any(one.error for one in migration.up.statements) and migration.up.statements:
        yield Fact("not-failed", slots, cites, migration)
    if not (_live(statement) or any(one.error for one in migration.up.statements)) and not [
        one for one in report.findings if one.migration == migration.id
    ]:
        yield Fact("blocks-none", slots, cites, migration)
    yield from _advice(resting, slots, statement, migration)


def _of_a_lock(
    lock: Lock, slots: Slots, cites: tuple[tuple[str, ...], ...], migration: MigrationReport
) -> Iterator[Fact]:
    until = "commit" if lock.held_until == "commit" else "the end of the statement"
    with_table = {**slots, "table": lock.relation, "until": until}
    yield Fact("lock", {**with_table, "mode": lock.mode.value}, cites, migration)
    if lock.mode.blocks_reads:
        yield Fact("blocks-all", with_table, cites, migration)
    elif lock.mode.blocks_writes:
        every = [
            one for step in migration.up.statements for one in step.locks if one.relation == lock.relation
        ]
        also = frozenset() if any(one.mode.blocks_reads for one in every) else frozenset({"reads go on"})
        yield Fact("blocks-writes" if also else "blocks-more", with_table, cites, migration, also)
    if lock.mode.blocks_writes:
        yield Fact("rollout", with_table, cites, migration)
    if lock.statements_behind and lock.held_until == "commit":
        yield Fact("held", {**with_table, "behind_count": lock.statements_behind}, cites, migration)


def _advice(
    resting: list[Finding], slots: Slots, statement: Observation, migration: MigrationReport
) -> Iterator[Fact]:
    for finding in resting:
        if finding.rule == "index-without-concurrently" and statement.indexes_built:
            table = next(one.relation for one in statement.locks if one.relation_kind == "table")
            filled = {**slots, "table": table, "index": statement.indexes_built[0]}
            yield Fact("advice-concurrently", filled, ((finding.id,), (finding.id, statement.id)), migration)


def _live(statement: Observation) -> list[Lock]:
    return [
        lock
        for lock in statement.locks
        if lock.existed_before
        and lock.relation_kind == "table"
        and lock.mode.strength >= LockMode.SHARE_UPDATE_EXCLUSIVE.strength
    ]


def _of_what_is_open(report: Report) -> Iterator[Fact]:
    for item in report.unproven:
        for migration in report.migrations:
            if migration.path == item.path:
                yield Fact("unproven", {"line": item.line, "file": item.path}, ((migration.id,),), migration)
