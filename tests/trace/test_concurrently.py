"""Statements that refuse a transaction block, stopped by the blocker."""

import pytest

from checks.model.migrations import TransactionMode
from checks.sandbox import Database
from tests.trace.scripts import last, locks, names, pass_a

AUTOCOMMIT = TransactionMode.AUTOCOMMIT


@pytest.mark.parametrize(
    ("sql", "held", "built"),
    [
        ("create index concurrently k on a (nn)", "a:SUE", "k"),
        ("create unique index concurrently k on a (nn)", "a:SUE", "k"),
        ("drop index concurrently a_n_ix", "a:SUE a_n_ix:SUE", ""),
        ("reindex index concurrently a_n_ix", "a:SUE a_n_ix:SUE", "a_n_ix"),
        ("reindex table concurrently a", "a:SUE a_n_ix:SUE a_pkey:SUE", "a_n_ix a_pkey"),
        ("vacuum a", "a:SUE", ""),
        ("call commits()", "r:AE", ""),
        ("do $$begin update r set v = v; commit; alter table r add y int; end$$", "r:AE", ""),
    ],
)
def test_its_locks_are_always_caught(clone: Database, sql: str, held: str, built: str):
    trace = pass_a(clone, sql, AUTOCOMMIT)
    seen = last(trace)
    assert seen.error is None
    tables = {lock.split(":")[0]: lock for lock in locks(seen).split()}
    for lock in held.split():
        name, mode = lock.split(":")
        assert (
            tables[name] in (lock, f"{name}:AE")
            if mode == "SUE" and name.startswith("a_")
            else tables[name] == lock
        )
    assert names(seen.indexes_built) == built
    assert names(seen.scans) == ("a" if built else "")
    assert trace.unproven == ()


def test_vacuum_full_rewrites(clone: Database):
    seen = last(pass_a(clone, "vacuum full a", AUTOCOMMIT))
    assert locks(seen).startswith("a:AE")
    assert names(seen.rewrites) == "a"


def test_detach_concurrently_locks_the_parent_only(clone: Database):
    if clone.server.version < 140000:
        pytest.skip("PostgreSQL 14 and later")
    seen = last(pass_a(clone, "alter table p detach partition p1 concurrently", AUTOCOMMIT))
    assert seen.error is None
    assert "p:SUE" in locks(seen).split()


def test_a_unique_index_that_fails_on_the_rows_says_so(clone: Database):
    trace = pass_a(
        clone, "insert into z values (1); create unique index concurrently k on z (id)", AUTOCOMMIT
    )
    assert last(trace).error and last(trace).error.sqlstate == "23505"
    assert "z:SUE" in locks(last(trace))


def test_an_empty_database_needs_no_blocker(database: Database):
    assert last(pass_a(database, "vacuum", AUTOCOMMIT)).error is None


def test_tables_that_cannot_be_locked_are_said_to_be_unobserved(clone: Database):
    trace = pass_a(clone, "revoke all on r from current_user; vacuum a", AUTOCOMMIT)
    assert last(trace).error is None
    assert len(trace.unproven) == 1 and "could not be locked" in trace.unproven[0]


def test_its_scan_is_not_taken_for_the_next_statements(clone: Database):
    sql = "create index concurrently k on a (nn); alter table a add constraint ck check (nn > 0) not valid"
    assert last(pass_a(clone, sql, AUTOCOMMIT)).scans == ()
