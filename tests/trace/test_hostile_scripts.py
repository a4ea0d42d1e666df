"""Scripts that try to fool the observer, or to keep it busy for ever."""

import pytest

from checks.model.migrations import TransactionMode
from checks.sandbox import Database
from checks.settings import Limits
from tests.trace.scripts import last, locks, names, pass_a, pass_b

EVIL = """
create schema evil;
create function evil.now_is_harmless(oid) returns text language sql as $$select 'nothing'$$;
create view evil.pg_locks as select 1 as pid where false;
create view evil.pg_class as select 1 as oid where false;
create function evil.pg_stat_get_xact_numscans(oid) returns bigint language sql as $$select 0::bigint$$;
create function evil.unnest(oid[]) returns setof oid language sql as $$select 1::oid where false$$;
create function evil.pg_backend_pid() returns int language sql as $$select 1$$;
create function evil.eq(oid, oid) returns boolean language sql as $$select false$$;
create operator evil.= (leftarg = oid, rightarg = oid, function = evil.eq);
do $$begin execute format('alter database %I set search_path = evil, pg_catalog', current_database()); end$$;
set search_path = evil, pg_catalog, public;
"""


def test_a_search_path_full_of_traps_changes_nothing(clone: Database):
    seen = last(pass_a(clone, f"{EVIL} alter table public.a alter nn type bigint"))
    assert (locks(seen), names(seen.rewrites), names(seen.scans)) == ("a:AE a_n_ix:AE a_pkey:AE", "a", "a")


@pytest.mark.parametrize(
    "trick",
    [
        "reset all",
        "discard all",
        "set client_min_messages = panic",
        "set session characteristics as transaction read write",
        "set client_encoding = 'LATIN1'",
        "set statement_timeout = '1h'",
        "set bytea_output = 'escape'; set datestyle = 'German'",
        "deallocate all; prepare s as select 1",
        "create temp table pg_locks (pid int); create temp table pg_class (oid oid)",
        "listen x; notify x",
        "do $$begin for i in 1..20000 loop raise notice 'n'; raise debug 'rewriting table \"r\"'; end loop; end$$",
        "select repeat('x', 100000) from generate_series(1, 200)",
    ],
)
def test_a_trick_before_a_statement_hides_nothing_of_it(clone: Database, trick: str):
    trace = pass_a(clone, f"{trick}; alter table a alter nn type bigint", TransactionMode.AUTOCOMMIT)
    seen = last(trace)
    assert (locks(seen), names(seen.rewrites), names(seen.scans)) == ("a:AE a_n_ix:AE a_pkey:AE", "a", "a")
    assert trace.unproven == ()


def test_a_forged_debug_message_is_no_evidence(clone: Database):
    seen = last(pass_a(clone, "do $$begin raise debug 'verifying table \"a\"'; truncate r; end$$"))
    assert (seen.rewrites, seen.validated) == ((), ())
    forged = last(pass_a(clone, "do $$begin raise debug 'rewriting table \"r\"'; truncate r; end$$"))
    assert forged.rewrites == ()


@pytest.mark.parametrize("trace", [pass_a, pass_b])
def test_a_flood_of_notices_is_cut(clone: Database, trace: object):
    flood = "do $$begin for i in 1..20000 loop raise warning 'n %', i; end loop; end$$"
    seen = last(trace(clone, flood))  # type: ignore[operator]
    assert len(seen.notices) == 20
    assert seen.notices[0] == "WARNING: n 1"


@pytest.mark.parametrize("trace", [pass_a, pass_b])
def test_sleeping_for_ever_meets_the_time_limit(clone: Database, trace: object):
    limits = Limits(statement_seconds=0.2)
    ran = trace(clone, "select pg_sleep(600); create table never ()", limits=limits)  # type: ignore[operator]
    assert ran.stopped_by == "time limit"
    assert [seen.ran for seen in ran.observations] == [True, False]
    assert ran.observations[0].error and ran.observations[0].error.sqlstate == "57014"


@pytest.mark.parametrize("trace", [pass_a, pass_b])
def test_ending_its_own_session_is_an_error_of_the_script(clone: Database, trace: object):
    ran = trace(clone, "select pg_terminate_backend(pg_backend_pid()); create table never ()")  # type: ignore[operator]
    assert ran.stopped_by == "error"
    assert [seen.ran for seen in ran.observations] == [True, False]
    assert ran.observations[0].error and ran.observations[0].error.sqlstate == "57P01"


def test_dropping_its_own_schema(clone: Database):
    trace = pass_a(clone, "drop schema public cascade; create schema public; create table a ()")
    assert not trace.failed
    assert "a:AE" in locks(trace.observations[0])


def test_locked_system_catalogs_make_it_unproven_instead_of_hanging(clone: Database):
    trace = pass_a(clone, "reindex table pg_class; create table y ()")
    assert "system catalogs are locked" in " ".join(trace.unproven) or not trace.unproven
    assert last(trace).error is None


def test_ending_the_blocker_does_not_end_the_trace(clone: Database):
    hunt = """
        do $$begin
            commit;
            perform pg_terminate_backend(pid) from pg_stat_activity
            where usename = current_user and pid <> pg_backend_pid() and datname = current_database();
            alter table r add y int;
        end$$
    """
    trace = pass_a(clone, hunt, TransactionMode.AUTOCOMMIT)
    assert last(trace).error is None


def test_a_statement_that_the_splitter_cannot_read_is_the_servers_to_judge(clone: Database):
    trace = pass_a(clone, "set standard_conforming_strings = off; select 'a\\'; commit; select 'b'")
    assert len(trace.observations) >= 2
