"""Pass B, and both passes as one account."""

from __future__ import annotations

import uuid

from checks.model.migrations import TransactionMode
from checks.model.observations import Observation
from checks.sandbox import Database
from checks.trace import merge, unseen
from tests.trace.scripts import locks, pass_a, pass_b

AUTOCOMMIT = TransactionMode.AUTOCOMMIT
SINGLE_QUERY = TransactionMode.SINGLE_QUERY
TRANSACTION = TransactionMode.TRANSACTION


def both(
    filled: Database, sql: str, mode: TransactionMode = TRANSACTION
) -> tuple[tuple[Observation, ...], tuple[str, ...]]:
    with filled.clone(f"trace_a_{uuid.uuid4().hex[:8]}") as one:
        a = pass_a(one, sql, mode)
    with filled.clone(f"trace_b_{uuid.uuid4().hex[:8]}") as other:
        b = pass_b(other, sql, mode)
    return merge(a, b), unseen(a, b)


def transactions(filled: Database, sql: str, mode: TransactionMode) -> list[int | None]:
    return [seen.transaction for seen in both(filled, sql, mode)[0]]


def test_ids_count_from_one(filled: Database):
    assert [seen.id for seen in both(filled, "select 1; select 2")[0]] == ["m/up/1", "m/up/2"]


def test_transactions_are_the_tools(filled: Database):
    plain = "select 1; select 2"
    assert transactions(filled, plain, TRANSACTION) == [1, 1]
    assert transactions(filled, plain, AUTOCOMMIT) == [None, None]
    assert transactions(filled, plain, SINGLE_QUERY) == [1, 1]
    assert transactions(filled, "select 1", SINGLE_QUERY) == [None]
    own = "select 1; begin; select 2; commit; select 3; begin; commit"
    assert transactions(filled, own, AUTOCOMMIT) == [None, 1, 1, 1, None, 2, 2]
    assert transactions(filled, "begin; select 1; commit; select 2", TRANSACTION) == [1, 1, 1, None]
    assert transactions(filled, "select 1; commit; select 2", SINGLE_QUERY) == [1, 1, 2]


def test_a_lock_is_held_until_commit_behind_what_follows(filled: Database):
    seen, notes = both(filled, "alter table a add y int; update r set v = 'x'; select 1")
    assert [(lock.held_until, lock.statements_behind) for lock in seen[0].locks] == [("commit", 2)]
    assert {(lock.held_until, lock.statements_behind) for lock in seen[1].locks} == {("commit", 1)}
    assert seen[1].rows == 1000
    assert notes == ()


def test_a_lock_ends_with_the_statement_where_it_commits_by_itself(filled: Database):
    seen, _ = both(filled, "alter table a add y int; update r set v = 'x'", AUTOCOMMIT)
    assert [(lock.held_until, lock.statements_behind) for lock in seen[0].locks] == [("statement", 0)]


def test_transaction_control_is_no_statement_behind_a_lock(filled: Database):
    seen, _ = both(filled, "begin; alter table a add y int; savepoint s; select 1; commit", AUTOCOMMIT)
    assert [(lock.held_until, lock.statements_behind) for lock in seen[1].locks] == [("commit", 1)]


def test_what_fails_only_in_the_tools_transaction_is_its_error(filled: Database):
    seen, _ = both(filled, "alter type en add value 'z';\nselect 'z'::en")
    assert seen[1].error and seen[1].error.sqlstate == "55P04"
    assert seen[1].line == 2


def test_concurrently_in_the_tools_transaction_fails_and_locks_nothing(filled: Database):
    seen, _ = both(filled, "create index concurrently k on a (nn); select 1")
    assert seen[0].error and seen[0].error.sqlstate == "25001"
    assert (seen[0].locks, seen[0].indexes_built) == ((), ())
    assert [observation.ran for observation in seen] == [True, False]


def test_what_fails_only_alone_is_no_error_and_its_lock_is_found_at_the_end(filled: Database):
    script = "create temp table t (id int) on commit drop; insert into t values (1); update a set nn = 1 where id in (select id from t); alter table r add y int"
    seen, notes = both(filled, script)
    assert [observation.error for observation in seen] == [None] * 4
    assert "a:RE" in locks(seen[2])
    assert all(lock.held_until == "commit" for lock in seen[2].locks)
    assert locks(seen[3]) == "r:AE"
    assert [note.split(":")[0] for note in notes] == ["line 1", "line 1"]
    assert seen[1].rows == 1


def test_cursors_and_savepoints_are_no_errors(filled: Database):
    script = """
        declare k cursor for select * from a;
        fetch 1 from k;
        savepoint s;
        alter table r add y int;
        rollback to s;
        alter table r add y int;
        close k
    """
    seen, _ = both(filled, script)
    assert [observation.error for observation in seen] == [None] * 7
    assert locks(seen[3]) == "r:AE"


def test_set_local_reaches_the_statements_of_its_transaction(filled: Database):
    script = "create schema s; set local search_path = s; create table y (); alter table s.y add x int"
    seen, notes = both(filled, script)
    assert [observation.error for observation in seen] == [None] * 4
    assert notes == ()
    assert [lock.relation for lock in seen[3].locks] == ["s.y"]


def test_a_commit_that_fails_is_the_error_of_the_last_statement(filled: Database):
    script = """
        alter table c alter constraint c_a_id_fkey deferrable initially deferred;
        update c set a_id = 999999 where id = 1;
        alter table z add y int
    """
    seen, _ = both(filled, script)
    assert [observation.error and observation.error.sqlstate for observation in seen] == [None, None, "23503"]
    assert locks(seen[2]) == "z:AE"


def test_new_tables_are_marked(filled: Database):
    seen, _ = both(
        filled, "create table y (id int primary key); alter table y add x int; create index k on y (x)"
    )
    assert {lock.existed_before for observation in seen for lock in observation.locks} == {False}
    assert {lock.relation for lock in seen[2].locks} >= {"public.y"}
    assert seen[2].indexes_built == ("public.k",)


def test_a_renamed_table_is_still_the_table_that_existed(filled: Database):
    seen, _ = both(filled, "alter table a rename to b; alter table b alter nn type bigint")
    assert ("public.b", True) in [(lock.relation, lock.existed_before) for lock in seen[1].locks]
    assert seen[1].rewrites == ("public.b",)


def test_an_open_transaction_at_the_end_is_not_committed(clone: Database):
    trace = pass_b(clone, "begin; alter table a add y int", AUTOCOMMIT)
    assert (trace.failed, trace.committed) == (False, False)


def test_rows_notices_and_time_are_of_the_real_run(filled: Database):
    seen, _ = both(
        filled, "drop table if exists nothing; insert into z values (1), (2); copy z to stdout; select 1"
    )
    assert seen[0].notices == ('NOTICE: table "nothing" does not exist, skipping',)
    assert [observation.rows for observation in seen] == [None, 2, 502, None]
    assert all(observation.duration_ms > 0 for observation in seen)


def test_nested_commands_are_named(filled: Database):
    script = """
        create function f() returns void language plpgsql as 'begin alter table a add y int; end';
        select f();
        do $$begin drop table c; end$$
    """
    seen, _ = both(filled, script)
    assert [[(command.tag, command.object) for command in observation.nested] for observation in seen] == [
        [],
        [("ALTER TABLE", "a")],
        [("DROP TABLE", "c")],
    ]
    assert "a:AE" in locks(seen[1])


def test_an_empty_script_leaves_an_empty_trace(clone: Database):
    trace = pass_b(clone, "-- nothing")
    assert (trace.observations, trace.failed, trace.committed) == ((), False, True)
    assert pass_a(clone, "").observations == ()


def test_a_single_query_has_no_time_between_its_statements_to_look(filled: Database):
    seen, _ = both(filled, "alter table a add y int; select 1/0; select 2", SINGLE_QUERY)
    assert last_error(seen) == "22012"
    assert locks(seen[0]) == "a:AE"
    assert [observation.ran for observation in seen] == [True, True, False]


def last_error(seen: tuple[Observation, ...]) -> str | None:
    return next((observation.error.sqlstate for observation in seen if observation.error), None)
