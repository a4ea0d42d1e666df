"""What a script does to a database when it runs as the tool would run it."""

import pytest

from checks.errors import SandboxLost, SettingsError
from checks.model.migrations import Script, TransactionMode
from checks.replay.execute import Outcome, execute
from checks.sandbox import Database, Role, open_server
from checks.settings import Limits, Settings
from checks.sql.split import split

TRANSACTION = TransactionMode.TRANSACTION
AUTOCOMMIT = TransactionMode.AUTOCOMMIT
SINGLE_QUERY = TransactionMode.SINGLE_QUERY
ALL_PENDING = TransactionMode.ALL_PENDING
BY_STATEMENT = (TRANSACTION, AUTOCOMMIT, ALL_PENDING)


def script(sql: str, mode: TransactionMode = TRANSACTION, path: str = "m.sql") -> Script:
    return Script(statements=split(sql, path), transaction=mode)


def run(database: Database, sql: str, mode: TransactionMode = TRANSACTION, **settings: object) -> Outcome:
    return execute(database, [script(sql, mode)], Settings.model_validate(settings))


def tables(database: Database) -> list[str]:
    with database.connect(Role.OBSERVER) as observer:
        rows = observer.execute(
            "select relname::text from pg_class where relkind = 'r' and oid >= 16384 order by 1"
        ).fetchall()
    return [str(name) for (name,) in rows]


@pytest.mark.parametrize("mode", TransactionMode)
def test_every_mode_runs_all_statements(database: Database, mode: TransactionMode):
    outcome = run(
        database, "create table a (x text);\ninsert into a values ('100%s %% ?');\nselect * from a", mode
    )
    assert outcome.committed and outcome.stopped_by is None
    assert tables(database) == ["a"]


@pytest.mark.parametrize("mode", TransactionMode)
def test_the_error_names_its_statement_and_line(database: Database, mode: TransactionMode):
    outcome = run(
        database, "create table é (x int);\n-- note\nselect\n  x,\n  nothing\nfrom é;\nselect 3", mode
    )
    assert (outcome.committed, outcome.stopped_by) == (False, "error")
    assert outcome.statement and outcome.statement.line == 3
    assert outcome.error and outcome.error.sqlstate == "42703"
    assert outcome.error.line == 5
    assert tables(database) == (["é"] if mode is AUTOCOMMIT else [])


def test_a_syntax_error_in_a_single_query_keeps_everything_from_running(database: Database):
    outcome = run(database, "begin; create table a (); commit;\nselect 1;\ncreat table b ()", SINGLE_QUERY)
    assert outcome.statement and outcome.error
    assert (outcome.statement.sql, outcome.error.sqlstate, outcome.error.line) == (
        "creat table b ()",
        "42601",
        3,
    )
    assert tables(database) == []


def test_commit_divides_a_single_query(database: Database):
    outcome = run(database, "create table a ();\ncommit;\ncreate table b ();\nselect 1/0", SINGLE_QUERY)
    assert outcome.error and outcome.error.sqlstate == "22012"
    assert outcome.statement and outcome.statement.line == 4
    assert tables(database) == ["a"]


@pytest.mark.parametrize(
    ("mode", "sqlstate"),
    [(SINGLE_QUERY, None), (AUTOCOMMIT, None), (TRANSACTION, "25001"), (ALL_PENDING, "25001")],
)
def test_concurrently_works_only_where_no_transaction_is_open(
    database: Database, mode: TransactionMode, sqlstate: str | None
):
    run(database, "create table a (x int)")
    error = run(database, "create index concurrently i on a (x)", mode).error
    assert (error.sqlstate if error else None) == sqlstate


def test_two_statements_in_a_single_query_are_a_transaction(database: Database):
    run(database, "create table a (x int)")
    outcome = run(database, "select 1; create index concurrently i on a (x)", SINGLE_QUERY)
    assert outcome.error and outcome.error.sqlstate == "25001"


def test_begin_and_commit_in_the_file_end_the_tools_transaction(database: Database):
    outcome = run(database, "begin; create table a (); commit; create table b (); select 1/0")
    assert outcome.error and outcome.error.sqlstate == "22012"
    assert tables(database) == ["a", "b"]


def test_a_transaction_that_the_file_leaves_open_is_not_committed(database: Database):
    outcome = run(database, "begin; create table a ()", AUTOCOMMIT)
    assert (outcome.committed, outcome.error) == (False, None)
    assert tables(database) == []


def test_a_commit_that_fails_is_the_error_of_the_last_statement(database: Database):
    outcome = run(
        database,
        "create table p (id int primary key);\n"
        "create table c (p int references p deferrable initially deferred);\n"
        "insert into c values (1);\nselect 1",
    )
    assert outcome.error and outcome.error.sqlstate == "23503"
    assert outcome.error.context and "at COMMIT" in outcome.error.context
    assert outcome.statement and outcome.statement.line == 4


def test_pending_migrations_share_one_transaction_or_have_their_own(database: Database):
    good, bad = "create table a (); set my.x = '1'", "select current_setting('my.x'); select 1/0"
    together = execute(database, [script(good, ALL_PENDING), script(bad, ALL_PENDING, "n.sql")], Settings())
    assert together.error and together.error.sqlstate == "22012"
    assert together.statement and together.statement.path == "n.sql"
    assert tables(database) == []
    apart = execute(database, [script(good), script(bad)], Settings())
    assert apart.error and apart.error.sqlstate == "42704", "a session of its own does not know my.x"
    assert tables(database) == ["a"]


def test_parameters_and_search_path_hold_in_the_session(database: Database):
    run(database, "create schema s")
    check = "create table t as select current_setting('TimeZone') as zone; select 1/(zone = 'Asia/Tokyo')::int from s.t"
    outcome = run(database, check, search_path="s, public", parameters={"TimeZone": "Asia/Tokyo"})
    assert outcome.committed, outcome.error


def test_a_parameter_that_the_server_refuses_is_a_mistake_in_the_configuration(database: Database):
    with pytest.raises(SettingsError, match="no_such_thing"):
        run(database, "select 1", parameters={"no_such_thing": "1"})


@pytest.mark.parametrize("mode", TransactionMode)
def test_copy_from_stdin_ends_with_a_clear_error(database: Database, mode: TransactionMode):
    outcome = run(database, "create table a (x int);\ncopy a from stdin", mode)
    assert outcome.error and "migration tool sends none" in outcome.error.message
    assert outcome.statement and outcome.statement.line == 2


@pytest.mark.parametrize(
    "sql",
    [
        "copy (select repeat('x', 1000) from generate_series(1, 20000)) to stdout",
        "select repeat('x', 1000) from generate_series(1, 50000)",
        "do $$ begin for i in 1..20000 loop raise notice 'n %', i; end loop; end $$",
        "listen a; notify a, 'b'; select pg_notify('a', n::text) from generate_series(1, 5000) n",
    ],
)
@pytest.mark.parametrize("mode", [TRANSACTION, SINGLE_QUERY])
def test_floods_are_harmless(database: Database, sql: str, mode: TransactionMode):
    assert run(database, f"{sql};\ncreate table a ()", mode).committed
    assert tables(database) == ["a"]


def test_a_script_that_sleeps_meets_the_time_limit(database: Database):
    outcome = run(database, "select 1;\nselect pg_sleep(60)", limits=Limits(statement_seconds=0.2))
    assert (outcome.stopped_by, outcome.committed) == ("time limit", False)
    assert outcome.statement and outcome.statement.line == 2


def test_a_script_that_survives_its_cancel_is_ended(database: Database):
    stubborn = """
        do $$ begin loop
            begin perform pg_sleep(60); exception when query_canceled then null; end;
        end loop; end $$
    """
    outcome = run(database, stubborn, limits=Limits(statement_seconds=0.2))
    assert outcome.stopped_by == "time limit"
    assert run(database, "select 1").committed, "the server is still there"


def test_a_script_that_ends_its_own_session_fails_there(database: Database):
    outcome = run(database, "create table a (); select pg_terminate_backend(pg_backend_pid()); select 1")
    assert (outcome.stopped_by, outcome.error and outcome.error.sqlstate) == ("error", "57P01")
    assert tables(database) == []


def test_shared_memory_that_runs_out_is_a_resource_limit(database: Database):
    outcome = run(database, "select pg_advisory_xact_lock(n) from generate_series(1, 1000000) n")
    assert outcome.error and outcome.error.sqlstate == "53200"
    assert outcome.stopped_by == "resource limit"


def test_a_server_that_dies_in_the_middle_is_lost():
    with open_server(Settings(provider="bundled")) as server:
        server.create("mortal")
        database = Database(server, "mortal")
        server.kill()
        with pytest.raises(SandboxLost):
            run(database, "select 1")


def test_a_script_without_statements_does_nothing(database: Database):
    assert execute(database, [script("-- nothing"), script("", ALL_PENDING)], Settings()).committed
