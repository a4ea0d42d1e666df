"""Reports made by hand, for the tests of what is rendered from them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.approvals import stand
from bot.model import Approval, PullRequest, Waiver
from bot.publish.context import Context
from bot.summary.model import Dropped, ErrorType, Escalation, Redesign, Sentence, Summary
from checks.model.differences import Difference, DifferenceKind
from checks.model.findings import (
    Advice,
    AdviceFile,
    Attempt,
    Certainty,
    Finding,
    Severity,
    Suppression,
    Unproven,
)
from checks.model.migrations import ChangeKind, Problem
from checks.model.observations import Lock, LockMode, Observation, SqlError
from checks.model.report import (
    HistoryReport,
    Isolation,
    MigrationReport,
    MigrationTrace,
    Report,
    Risk,
    RiskLevel,
    SandboxInfo,
    SchemaDiff,
    Verdict,
)
from checks.model.rollback import DataLoss, RollbackProof, RollbackStatus

PULL_REQUEST = PullRequest(
    installation=1,
    owner="acme",
    repository="shop",
    number=7,
    author="eve",
    base_ref="main",
    base_sha="a" * 40,
    head_ref="topic",
    head_sha="b" * 40,
)

FOLDER = "db/migrations"
INDEX_PATH = f"{FOLDER}/20260601090000_index_orders_by_customer.sql"
DROP_PATH = f"{FOLDER}/20260602090000_drop_phone.sql"
CURRENCY_PATH = f"{FOLDER}/20260603090000_require_currency.sql"
COUPONS_PATH = f"{FOLDER}/20260604090000_create_coupons.sql"


def context(report: Report, *approvals: Approval, **more: object) -> Context:
    """As the service has it for a pull request."""
    around = {
        "standing": stand(report, approvals),
        "pull_request": PULL_REQUEST,
        "report_url": "https://migrations.example/reports/1",
        **more,
    }
    return Context.model_validate(around)


def approval(item: str, by: str = "ada") -> Approval:
    return Approval(item=item, by=by, at=datetime(2026, 6, 1, 9, tzinfo=UTC), head_sha="b" * 40)


def waiver(rule: str, reason: str = "the table is small") -> Waiver:
    return Waiver(
        rule=rule,
        by="ada",
        at=datetime(2026, 6, 1, 9, tzinfo=UTC),
        head_sha="b" * 40,
        until=date(2026, 7, 1),
        reason=reason,
    )


def waived_report() -> tuple[Report, Context]:
    """One hazard that failed it, and was waived."""
    mended = finding("adding-not-nullable-field", Severity.ERROR, CURRENCY_PATH, 2)
    report = passing_report().model_copy(
        update={"verdict": Verdict.FAIL, "headline": "1 problem to mend", "findings": (mended,)}
    )
    standing = stand(report, (), [waiver(mended.rule)], today=date(2026, 7, 1))
    return report, context(report, standing=standing)


def passing_report() -> Report:
    return Report(
        base="3f2a91c",
        head="working tree",
        verdict=Verdict.PASS,
        headline="1 migration ran, took no lock that anybody waits for, and its rollback restores everything",
        risk=Risk(level=RiskLevel.LOW, reasons=()),
        sandbox=sandbox(),
        histories=(history(),),
        migrations=(coupons(),),
        duration_ms=812.0,
    )


def failing_report() -> Report:
    return Report(
        base="3f2a91c",
        head="working tree",
        verdict=Verdict.FAIL,
        headline="20260603090000_require_currency fails on rows that today's schema allows",
        risk=Risk(level=RiskLevel.HIGH, reasons=("a migration fails", "a rollback loses data")),
        sandbox=sandbox(),
        histories=(history(),),
        migrations=(coupons(), index(), drop_column(), currency()),
        findings=(
            finding("index-without-concurrently", Severity.WARNING, INDEX_PATH, 2, advice=index_advice()),
            finding("drop-column", Severity.WARNING, DROP_PATH, 2, irreversible=True),
            finding("statement-fails", Severity.ERROR, CURRENCY_PATH, 2),
            finding(
                "near-miss",
                Severity.WARNING,
                f"{FOLDER}/notes.sql.bak",
                1,
                certainty=Certainty.STATIC,
                migration=None,
            ),
        ),
        suppressed=(
            Suppression(
                rule="drop-table",
                path=DROP_PATH,
                line=1,
                reason="nobody reads it since v12",
                until="2026-12-31",
            ),
        ),
        unproven=(Unproven(path=CURRENCY_PATH, line=3, reason="not run: the statement before it failed"),),
        schema_diff=SchemaDiff(text="+ table coupons\n- column customers.phone"),
        rollout=("Deploy the code that no longer reads customers.phone before this migration.",),
        rollback_notes=("After the deploy there is no way back for customers.phone but a backup.",),
        duration_ms=2312.0,
    )


def sandbox() -> SandboxInfo:
    return SandboxInfo(provider="bundled", postgres="18.4", isolation=Isolation.NAMESPACE)


def history() -> HistoryReport:
    return HistoryReport(
        id=f"goose:{FOLDER}", tool="goose", folder=FOLDER, database="", base_migrations=4, base_cached=4
    )


def observation(path: str, number: int, line: int, sql: str, kind: str, **seen: object) -> Observation:
    return Observation.model_validate(
        {
            "id": f"{path}/up/{number}",
            "sql": sql,
            "path": path,
            "line": line,
            "end_line": line,
            "kind": kind,
            **seen,
        }
    )


def migration(
    path: str, statements: tuple[Observation, ...], rollback: RollbackProof, **more: object
) -> MigrationReport:
    version, _, name = path.rsplit("/", 1)[-1].removesuffix(".sql").partition("_")
    return MigrationReport.model_validate(
        {
            "id": path,
            "path": path,
            "tool": "goose",
            "version": version,
            "name": name,
            "change": ChangeKind.ADDED,
            "up": MigrationTrace(statements=statements),
            "rollback": rollback,
            **more,
        }
    )


def finding(
    rule: str,
    severity: Severity,
    path: str,
    line: int,
    *,
    message: str = "",
    certainty: Certainty = Certainty.OBSERVED,
    migration: str | None = "",
    irreversible: bool = False,
    advice: Advice | None = None,
) -> Finding:
    return Finding(
        id=f"{rule}-{line}",
        rule=rule,
        severity=severity,
        certainty=certainty,
        path=path,
        line=line,
        end_line=line,
        message=message or f"What {rule} does. What it costs `here`. What to do instead.",
        migration=path if migration == "" else migration,
        evidence=(f"{path}/up/1",),
        irreversible=irreversible,
        advice=advice,
    )


def coupons() -> MigrationReport:
    new = Lock(
        relation="public.coupons", mode=LockMode.ACCESS_EXCLUSIVE, existed_before=False, held_until="commit"
    )
    create = observation(
        COUPONS_PATH,
        1,
        2,
        "CREATE TABLE coupons (id bigint PRIMARY KEY)",
        "CREATE TABLE",
        locks=(new,),
        duration_ms=2.31,
    )
    proof = RollbackProof(status=RollbackStatus.RESTORED, up_again="identical")
    return migration(COUPONS_PATH, (create,), proof)


def index() -> MigrationReport:
    share = Lock(
        relation="public.orders",
        mode=LockMode.SHARE,
        existed_before=True,
        held_until="commit",
        statements_behind=1,
    )
    create = observation(
        INDEX_PATH,
        1,
        2,
        "CREATE INDEX orders_customer_id_idx ON orders (customer_id)",
        "CREATE INDEX",
        locks=(share,),
        scans=("public.orders",),
        indexes_built=("public.orders_customer_id_idx",),
        duration_ms=14.2,
    )
    update = observation(
        INDEX_PATH, 2, 3, "UPDATE orders SET note = ''", "UPDATE", rows=1000, duration_ms=3.04
    )
    proof = RollbackProof(
        status=RollbackStatus.DIFFERS,
        differences=(
            Difference(
                kind=DifferenceKind.REMOVED, object_type="index", name="public.orders_customer_id_idx"
            ),
            Difference(
                kind=DifferenceKind.CHANGED,
                object_type="column",
                name="public.orders.note",
                property="default",
                before="''",
                after="null",
            ),
        ),
        reason="the schema after down is not the schema before up",
    )
    return migration(INDEX_PATH, (create, update), proof, rows_before={"public.orders": 1000})


def index_advice() -> Advice:
    script = "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);\n"
    return Advice(
        title="Build it CONCURRENTLY", proven=True, files=(AdviceFile(path=INDEX_PATH, content=script),)
    )


def drop_column() -> MigrationReport:
    exclusive = Lock(
        relation="public.customers", mode=LockMode.ACCESS_EXCLUSIVE, existed_before=True, held_until="commit"
    )
    drop = observation(
        DROP_PATH,
        1,
        2,
        "ALTER TABLE customers DROP COLUMN phone",
        "ALTER TABLE",
        locks=(exclusive,),
        duration_ms=0.8,
    )
    proof = RollbackProof(
        status=RollbackStatus.DATA_LOST,
        data_lost=(DataLoss(relation="public.customers", column="phone", rows=1000),),
        up_again="identical",
        reason="the column comes back empty",
    )
    return migration(DROP_PATH, (drop,), proof, rows_before={"public.customers": 1000})


def currency() -> MigrationReport:
    error = SqlError(
        sqlstate="23502",
        message='column "currency" of relation "orders" contains null values',
        line=2,
        hint="Give it a default.",
    )
    add = observation(
        CURRENCY_PATH,
        1,
        2,
        "ALTER TABLE orders ADD COLUMN currency text NOT NULL",
        "ALTER TABLE",
        locks=(
            Lock(
                relation="public.orders",
                mode=LockMode.ACCESS_EXCLUSIVE,
                existed_before=True,
                held_until="commit",
            ),
        ),
        scans=("public.orders",),
        duration_ms=1.2,
        error=error,
    )
    later = observation(
        CURRENCY_PATH, 2, 3, "COMMENT ON COLUMN orders.currency IS 'ISO 4217'", "COMMENT", ran=False
    )
    proof = RollbackProof(status=RollbackStatus.UNPROVEN, reason="the up script failed")
    return migration(
        CURRENCY_PATH, (add, later), proof, rows_before={"public.orders": 1000}, attempts=tried(error)
    )


def tried(error: SqlError) -> tuple[Attempt, ...]:
    """One that works, one that does not."""
    without = "-- +goose Up\nALTER TABLE orders ADD COLUMN currency text;\n"
    return (
        Attempt(
            fix="constraint",
            title="Without NOT NULL on `orders.currency`",
            worked=True,
            files=(AdviceFile(path=CURRENCY_PATH, content=without),),
            outcome="Up runs. Repair the rows first.",
        ),
        Attempt(
            fix="order",
            title="Line 3 moved before line 2",
            worked=False,
            error=error,
            outcome="Still fails at line 2: it holds NULL (SQLSTATE 23502).",
        ),
    )


HOSTILE = "\x1b[2J``` | @everyone <script>alert(1)</script> #1 [x](https://evil.example) \u202egnp.exe \x00\x9b31m **b**\r\nnext"
"""Clears the screen, ends a fence and a cell, mentions, runs, links, turns text around."""


def hostile_report() -> Report:
    """Every text that strangers decide holds ``HOSTILE``."""
    proof = RollbackProof(
        status=RollbackStatus.DIFFERS,
        drafted=True,
        draft=HOSTILE,
        differences=(Difference(kind=DifferenceKind.REMOVED, object_type="table", name=HOSTILE),),
        reason=HOSTILE,
    )
    statement = observation(
        HOSTILE,
        1,
        1,
        HOSTILE,
        "ALTER TABLE",
        locks=(
            Lock(relation=HOSTILE, mode=LockMode.ACCESS_EXCLUSIVE, existed_before=True, held_until="commit"),
        ),
        rewrites=(HOSTILE,),
        notices=(HOSTILE,),
        error=SqlError(sqlstate="XX000", message=HOSTILE, hint=HOSTILE, detail=HOSTILE),
    )
    advice = Advice(title=HOSTILE, proven=False, files=(AdviceFile(path=HOSTILE, content=HOSTILE),))
    attempt = Attempt(fix=HOSTILE, title=HOSTILE, worked=True, files=advice.files, outcome=HOSTILE)
    return Report(
        base=HOSTILE,
        head=HOSTILE,
        verdict=Verdict.FAIL,
        headline=HOSTILE,
        risk=Risk(level=RiskLevel.CRITICAL, reasons=(HOSTILE,)),
        sandbox=SandboxInfo(
            provider="bundled", postgres="18.4", isolation=Isolation.PROCESS, notes=(HOSTILE,)
        ),
        histories=(
            HistoryReport(
                id=HOSTILE,
                tool="goose",
                folder=HOSTILE,
                database=HOSTILE,
                base_migrations=1,
                base_failures=(Problem(rule="base-fails", path=HOSTILE, message=HOSTILE),),
            ),
        ),
        migrations=(migration(HOSTILE, (statement,), proof, rows_before={HOSTILE: 1}, attempts=(attempt,)),),
        findings=(
            finding("drop-table", Severity.ERROR, HOSTILE, 1, message=HOSTILE, advice=advice),
            finding("near-miss", Severity.WARNING, HOSTILE, 1, message=HOSTILE, migration=None),
        ),
        suppressed=(Suppression(rule="drop-table", path=HOSTILE, line=1, reason=HOSTILE, until=HOSTILE),),
        unproven=(Unproven(path=HOSTILE, line=1, reason=HOSTILE),),
        schema_diff=SchemaDiff(text=HOSTILE),
        rollout=(HOSTILE,),
        rollback_notes=(HOSTILE,),
    )


def hostile_summary() -> Summary:
    """As if a model had obeyed, and nobody had looked."""
    said = (Sentence(text=HOSTILE, rests_on=(HOSTILE,)),)
    file, lines = AdviceFile(path=HOSTILE, content=HOSTILE), (HOSTILE, HOSTILE)
    return Summary(
        halt=HOSTILE,
        headline=said[0],
        changes=said,
        running_system=said,
        rollout=said,
        rollback=said,
        open=said,
        written_by=HOSTILE,
        dropped=(Dropped(text=HOSTILE, reason=HOSTILE),),
        escalation=Escalation(
            error_type=ErrorType.MIGRATION_FAILURE,
            details=lines,
            attempted=lines,
            why=HOSTILE,
            suggested_action=HOSTILE,
            context=lines,
            answers=lines,
        ),
        redesign=Redesign(analysis=said, files=(file,), queries=lines, seen=lines),
    )
