"""From findings to a verdict: the gravest thing that is true, and unproven is never green."""

from __future__ import annotations

import pytest

from checks import notes, risk
from checks.model.findings import Certainty, Finding, Severity, Unproven
from checks.model.migrations import ChangeKind
from checks.model.observations import Lock, LockMode, Observation, SqlError
from checks.model.report import MigrationReport, MigrationTrace, Risk, RiskLevel, Verdict
from checks.model.rollback import DataLoss, RollbackProof, RollbackStatus


def finding(severity: Severity, *, irreversible: bool = False) -> Finding:
    return Finding(
        id="1",
        rule="a-rule",
        severity=severity,
        certainty=Certainty.OBSERVED,
        path="m/1.sql",
        line=1,
        end_line=1,
        message="It hurts.",
        irreversible=irreversible,
    )


def migration(rollback: RollbackProof, *statements: Observation) -> MigrationReport:
    return MigrationReport(
        id="goose:m/1",
        path="m/1.sql",
        tool="goose",
        version="1",
        name="one",
        change=ChangeKind.ADDED,
        up=MigrationTrace(statements=statements),
        rollback=rollback,
    )


def statement(*locks: Lock, scans: tuple[str, ...] = ()) -> Observation:
    return Observation(
        id="goose:m/1/up/1",
        sql="ALTER TABLE t",
        path="m/1.sql",
        line=2,
        end_line=2,
        kind="ALTER TABLE",
        transaction=1,
        locks=locks,
        scans=scans,
    )


ERROR, WARNING, INFO = (finding(severity) for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO))
FOREVER = finding(Severity.ERROR, irreversible=True)
DOUBT = Unproven(path="m/1.sql", line=1, reason="Not run.")
RESTORED = RollbackProof(status=RollbackStatus.RESTORED)


@pytest.mark.parametrize(
    ("findings", "unproven", "verdict"),
    [
        ([], [], Verdict.PASS),
        ([INFO], [], Verdict.PASS),
        ([INFO, WARNING], [], Verdict.WARN),
        ([WARNING], [DOUBT], Verdict.UNPROVEN),
        ([], [DOUBT], Verdict.UNPROVEN),
        ([FOREVER, WARNING], [DOUBT], Verdict.NEEDS_APPROVAL),
        ([FOREVER, ERROR], [DOUBT], Verdict.FAIL),
    ],
)
def test_the_gravest_thing_decides(
    findings: list[Finding], unproven: list[Unproven], verdict: Verdict
) -> None:
    assert risk.verdict(findings, unproven) is verdict


def test_the_headline_counts_what_decided() -> None:
    assert "1 problem to mend" in risk.headline(2, Verdict.FAIL, [ERROR, FOREVER, WARNING], [])
    assert "1 step needs an approval" in risk.headline(2, Verdict.NEEDS_APPROVAL, [FOREVER], [])
    assert risk.headline(0, Verdict.PASS, [], []) == "no migration changed"


def test_nothing_seen_is_a_low_risk() -> None:
    assert risk.risk([migration(RESTORED)], [INFO], []).level is RiskLevel.LOW


def test_what_cannot_be_undone_is_the_highest_risk() -> None:
    assert risk.risk([], [FOREVER, WARNING], [DOUBT]).level is RiskLevel.CRITICAL


def test_a_live_table_read_under_a_lock_is_named() -> None:
    lock = Lock(relation="public.t", mode=LockMode.SHARE, existed_before=True, held_until="commit")
    found = risk.risk([migration(RESTORED, statement(lock, scans=("public.t",)))], [], [])
    assert found.level is RiskLevel.HIGH
    assert found.reasons == ("writes on public.t wait while a table is read from end to end",)


def test_a_new_table_is_nobodys_risk() -> None:
    lock = Lock(relation="public.t", mode=LockMode.SHARE, existed_before=False, held_until="commit")
    assert (
        risk.risk([migration(RESTORED, statement(lock, scans=("public.t",)))], [], []).level is RiskLevel.LOW
    )


def test_rollout_notes_say_who_waits() -> None:
    lock = Lock(
        relation="public.t",
        mode=LockMode.ACCESS_EXCLUSIVE,
        existed_before=True,
        held_until="commit",
        statements_behind=3,
    )
    (note,) = notes.rollout([migration(RESTORED, statement(lock))], [], [])
    assert "reads and writes on public.t wait for line 2 until commit, behind it 3 more" in note


def test_rollout_notes_do_not_send_out_what_must_be_mended() -> None:
    lock = Lock(relation="public.t", mode=LockMode.SHARE, existed_before=True, held_until="commit")
    wrong = ERROR.model_copy(update={"migration": "goose:m/1"})
    (note,) = notes.rollout([migration(RESTORED, statement(lock))], [wrong], [])
    assert note == (
        "m/1.sql: not as it is, mend a-rule (line 1) first; writes on public.t wait for line 2 until commit."
    )


def test_rollout_notes_wait_for_an_approval() -> None:
    lost = FOREVER.model_copy(update={"migration": "goose:m/1"})
    (note,) = notes.rollout([migration(RESTORED, statement())], [lost], [])
    assert note == "m/1.sql: not before somebody has approved a-rule (line 1)."


def test_rollout_notes_tell_what_the_sandbox_lacks_from_what_fails() -> None:
    lacking = statement().model_copy(update={"error": SqlError(sqlstate="0A000", message="no postgis")})
    (fails,) = notes.rollout([migration(RESTORED, lacking)], [], [])
    (unknown,) = notes.rollout(
        [migration(RESTORED, lacking)], [], [DOUBT.model_copy(update={"line": lacking.line})]
    )
    assert fails == "m/1.sql: do not deploy it; line 2 fails."
    assert unknown == "m/1.sql: nothing is known from line 2 on, which could not be run here."


def test_rollback_notes_go_backwards_and_name_what_is_lost() -> None:
    lost = RollbackProof(
        status=RollbackStatus.DATA_LOST, data_lost=(DataLoss(relation="public.t", column="email", rows=1000),)
    )
    first, second = notes.rollback([migration(lost), migration(RESTORED)])
    assert "brings back the schema (there were no rows); this was run" in first
    assert "not the data: public.t.email (1,000)" in second


def test_a_way_back_that_leaves_what_was_filled_in_is_no_risk_where_no_finding_says_so() -> None:
    lost = RollbackProof(
        status=RollbackStatus.DATA_LOST, data_lost=(DataLoss(relation="public.t", column="email", rows=9),)
    )
    told = FOREVER.model_copy(update={"migration": "goose:m/1"})
    assert risk.risk([migration(lost)], [], []).level is RiskLevel.LOW
    assert risk.risk([migration(lost)], [told], []).reasons == ("a-rule: cannot be undone",)


def test_what_a_finding_says_is_not_said_again_in_other_words() -> None:
    lock = Lock(relation="public.t", mode=LockMode.SHARE, existed_before=True, held_until="commit")
    failed = RollbackProof(status=RollbackStatus.FAILED)
    waits = migration(failed, statement(lock, scans=("public.t",)))
    told = [
        WARNING.model_copy(
            update={"rule": "index-without-concurrently", "evidence": (waits.up.statements[0].id,)}
        ),
        ERROR.model_copy(update={"rule": "rollback-fails", "migration": waits.id}),
    ]
    assert risk.risk([waits], told, []) == Risk(
        level=RiskLevel.HIGH, reasons=("index-without-concurrently", "rollback-fails")
    )
    assert len(risk.risk([waits], [WARNING], []).reasons) == 3


def test_rollout_notes_do_not_ask_for_a_limit_that_is_there() -> None:
    lock = Lock(relation="public.t", mode=LockMode.SHARE, existed_before=True, held_until="commit")
    limit = statement().model_copy(update={"sql": "SET LOCAL lock_timeout = '2s'", "kind": "SET"})
    (note,) = notes.rollout([migration(RESTORED, limit, statement(lock))], [], [])
    assert note == "m/1.sql: writes on public.t wait for line 2 until commit."
