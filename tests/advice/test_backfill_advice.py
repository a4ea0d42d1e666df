"""Batches as advice: proven and taken over, or refused with the reason."""

from __future__ import annotations

from advising import GOOSE, PATH, fill, goose, proving

from checks.advice.chains import Chains, Taken
from checks.model.migrations import Migration
from checks.model.rollback import RollbackStatus
from checks.sandbox import Database

TABLE = "CREATE TABLE t (id bigint PRIMARY KEY, a text); INSERT INTO t SELECT n, 'A' || n FROM generate_series(1, 40) n;"


def test_what_was_proven_has_no_finding_when_it_is_taken_over(database: Database) -> None:
    fill(database, TABLE.replace("'A' || n", "NULL"))
    with proving(database, goose("UPDATE t SET a = 'x' WHERE a IS NULL;")) as change:
        (advice,) = [one.advice for one in change.advised() if one.advice]
        assert advice.proven, advice.reason
    killed = "Killed (pg_terminate_backend) after batch 1 and after batch 2, in the middle of the next one"
    assert advice.seen[0].startswith(killed)
    own, contract = advice.files
    assert (own.path, contract.path) == (PATH, PATH.replace("2_change", "3_change_contract"))
    with proving(database, {PATH: own.content}) as taken:
        assert taken.findings == ()
        (step,) = taken.reviewed.review.steps
        assert len(step.proof.down) == 2  # the progress table goes, and the author's own


def test_what_cannot_be_done_in_batches_says_why(database: Database) -> None:
    fill(database, TABLE.replace("PRIMARY KEY", ""))
    with proving(database, goose("UPDATE t SET a = lower(a);")) as change:
        (advice,) = [one.advice for one in change.advised() if one.advice]
    assert not advice.proven and advice.files == ()
    assert advice.reason.startswith("Not possible. `t` has no primary key and no unique index")


def test_what_comes_behind_and_needs_the_rows_is_named(database: Database) -> None:
    fill(database, TABLE)
    up = "UPDATE t SET a = 'x';\nCREATE TABLE s AS SELECT a FROM t;"
    with proving(database, goose(up, "DROP TABLE s;")) as change:
        (advice,) = [one.advice for one in change.advised() if one.advice]
    assert not advice.proven and "Line 3 comes behind it and uses `t`" in advice.reason


def test_an_update_that_met_no_row_proves_no_way_back(database: Database) -> None:
    fill(database, TABLE)
    ups = {
        "UPDATE t SET a = 'x' WHERE a = 'none like it';": RollbackStatus.UNPROVEN,
        "UPDATE t SET a = 'x' WHERE a IS NULL;": RollbackStatus.RESTORED,
    }
    for up, status in ups.items():
        with proving(database, {PATH: GOOSE.format(up=up, down="SELECT 1;")}) as change:
            (step,) = change.reviewed.review.steps
            assert step.proof.status is status, up


def test_migrations_that_both_ways_have_are_not_compared() -> None:
    own, between, new = (
        Migration(version=version, name="m", path=version, digest=version, files=(), up=None, down=None)
        for version in "123"
    )
    rewritten = own.model_copy(update={"digest": "other"})
    chains = Chains((own, between), (Taken(rewritten), Taken(between), Taken(new)))
    assert [chains.is_new(one) for one in (own, between, rewritten, new)] == [True, False, True, True]
