"""The base state: built step by step, kept, and gone on from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from checks import catalog
from checks.model.migrations import History, Migration, Script, TransactionMode
from checks.progress import silent
from checks.replay.base import BaseState, base_state
from checks.sandbox import places
from checks.settings import Settings
from checks.sql.split import split
from checks.trees import MemoryTree

BUNDLED = Settings(provider="bundled", postgres=18)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    places.cache_directory.cache_clear()
    yield
    places.cache_directory.cache_clear()


def migration(version: int, sql: str, mode: TransactionMode = TransactionMode.TRANSACTION) -> Migration:
    path = f"m/{version}.sql"
    return Migration(
        version=str(version),
        name="x",
        path=path,
        files=(path,),
        digest=hashlib.sha256(sql.encode()).hexdigest(),
        up=Script(statements=split(sql, path), transaction=mode),
        down=None,
    )


def history(*scripts: str) -> History:
    migrations = tuple(migration(number, sql) for number, sql in enumerate(scripts, start=1))
    return History(
        tool="goose", folder="m", migrations=migrations, bookkeeping=("CREATE TABLE book (v int)",)
    )


def tables(state: BaseState) -> set[str]:
    with state.database.connect() as app:
        rows = app.execute("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {str(name) for (name,) in rows}


def build(history: History, settings: Settings = BUNDLED, files: dict[str, str] | None = None) -> _Seen:
    with base_state([history], MemoryTree(files or {}), settings, silent, catalog.describe) as state:
        return _Seen(tables(state), state.migrations, state.cached, [one.message for one in state.failures])


class _Seen:
    def __init__(self, tables: set[str], migrations: int, cached: int, failures: Sequence[str]):
        self.tables, self.migrations, self.cached, self.failures = tables, migrations, cached, failures


def test_a_second_run_costs_nothing_and_a_longer_one_only_what_is_new() -> None:
    first = build(history("CREATE TABLE a ()", "CREATE TABLE b ()"))
    second = build(history("CREATE TABLE a ()", "CREATE TABLE b ()"))
    longer = build(history("CREATE TABLE a ()", "CREATE TABLE b ()", "CREATE TABLE c ()"))
    assert (first.cached, second.cached, longer.cached) == (0, 2, 2)
    assert first.tables == second.tables == {"book", "a", "b"}
    assert longer.tables == {"book", "a", "b", "c"}


def test_another_text_in_the_middle_is_another_state() -> None:
    build(history("CREATE TABLE a ()", "CREATE TABLE b ()"))
    other = build(history("CREATE TABLE z ()", "CREATE TABLE b ()"))
    assert (other.cached, other.tables) == (0, {"book", "z", "b"})


def test_a_failing_step_is_named_and_remembered_with_the_state() -> None:
    broken = history(
        "CREATE TABLE a ()", "CREATE TABLE b (); SELECT nothing FROM nowhere", "CREATE TABLE c ()"
    )
    first, second = build(broken), build(broken)
    assert first.tables == second.tables == {"book", "a", "c"}
    assert second.cached == 3
    assert first.failures == second.failures
    assert 'relation "nowhere" does not exist (SQLSTATE 42P01)' in first.failures[0]


def test_roles_that_migrations_name_are_there() -> None:
    seen = build(
        history(
            "CREATE TABLE a (); ALTER TABLE a OWNER TO web_owner; GRANT SELECT ON a TO web_reader",
            "ALTER DEFAULT PRIVILEGES FOR ROLE web_owner GRANT SELECT ON TABLES TO web_reader",
        )
    )
    assert seen.failures == []


def test_a_role_that_only_a_function_names_is_asked_for() -> None:
    script = "DO $$ BEGIN EXECUTE 'GRANT USAGE ON SCHEMA public TO hidden_role'; END $$"
    assert "list it under `roles:`" in build(history(script)).failures[0]
    assert build(history(script), BUNDLED.model_copy(update={"roles": ("hidden_role",)})).failures == []


def test_what_the_configuration_says_is_there() -> None:
    settings = BUNDLED.model_copy(
        update={"schemas": ("app",), "prelude": "p.sql", "search_path": "app, public"}
    )
    seen = build(
        history("CREATE TABLE app.a (c citizen); CREATE TABLE b ()"),
        settings,
        {"p.sql": "CREATE DOMAIN citizen AS text;"},
    )
    assert seen.failures == []
    assert "b" not in seen.tables  # it went into the schema that comes first


def test_a_schema_file_stands_for_the_history() -> None:
    settings = BUNDLED.model_copy(update={"schema_file": "structure.sql"})
    dump = (
        "\\restrict x\nSET check_function_bodies = false;\nCREATE TABLE public.dumped ();\n\\unrestrict x\n"
    )
    seen = build(history("CREATE TABLE a ()"), settings, {"structure.sql": dump})
    assert seen.tables == {"book", "dumped"}


def test_a_setting_of_the_database_holds_for_later_migrations() -> None:
    seen = build(
        history(
            "CREATE SCHEMA later; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = later', current_database()); END $$",
            "ALTER DATABASE base SET search_path = later",
            "CREATE TABLE there ()",
        )
    )
    assert "there" not in seen.tables


def test_session_settings_and_temporary_tables_do_not_outlive_a_migration() -> None:
    seen = build(
        history(
            "CREATE SCHEMA s; SET search_path = s; CREATE TEMP TABLE t ()",
            "CREATE TABLE t (); CREATE TABLE u ()",
        )
    )
    assert seen.failures == []
    assert {"t", "u"} <= seen.tables
