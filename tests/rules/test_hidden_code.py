"""SQL inside DO blocks and functions: found by what PostgreSQL did."""

from __future__ import annotations

import pytest

from checks.examples.running import fired
from checks.sandbox.server import Database

SETUP = """
CREATE TABLE r (id bigint PRIMARY KEY);
CREATE TABLE t (id bigint PRIMARY KEY, n int, m int NOT NULL, s text);
INSERT INTO t SELECT n, n, n, 'a' FROM generate_series(1, 50) n;
"""
QUIET = {"lock-timeout-missing", "locks-on-several-tables"}


def hidden(database: Database, command: str) -> set[str]:
    """The rules that fire for a command whose text is put together only while it runs."""
    middle = len(command) // 2
    start, end = command[:middle].replace("'", "''"), command[middle:].replace("'", "''")
    return fired(database, f"DO $do$ BEGIN EXECUTE '{start}' || '{end}'; END $do$", SETUP) - QUIET


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("CREATE INDEX t_n ON t (n)", "index-without-concurrently"),
        ("ALTER TABLE t ADD UNIQUE (n)", "unique-without-using-index"),
        ("ALTER TABLE t ADD CHECK (n > 0)", "check-without-not-valid"),
        ("ALTER TABLE t ALTER COLUMN n SET NOT NULL", "set-not-null-without-check"),
        ("ALTER TABLE t ALTER COLUMN n TYPE bigint", "column-type-rewrite"),
        ("ALTER TABLE t ADD COLUMN u uuid DEFAULT gen_random_uuid()", "add-column-volatile-default"),
        ("ALTER TABLE t ADD COLUMN u bigint GENERATED ALWAYS AS IDENTITY", "add-column-serial"),
        ("ALTER TABLE t DROP COLUMN s", "drop-column"),
        ("ALTER TABLE t RENAME COLUMN s TO text", "rename-column"),
        ("DROP TABLE t", "drop-table"),
        ("ALTER TABLE t SET UNLOGGED", "table-rewrite"),
        ("ALTER TABLE nothing ADD COLUMN n int", "apply-fails"),
    ],
)
def test_dynamic_sql(database: Database, command: str, rule: str) -> None:
    assert hidden(database, command) == {rule}


@pytest.mark.parametrize(
    "command",
    [
        "ALTER TABLE t ADD COLUMN z int DEFAULT -1",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT VALID",
        "CREATE TABLE u AS SELECT * FROM t",
        "COMMENT ON TABLE t IS 'x'",
    ],
)
def test_harmless_dynamic_sql(database: Database, command: str) -> None:
    assert hidden(database, command) == set()


def test_a_function(database: Database) -> None:
    sql = """
    CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$BEGIN CREATE INDEX t_n ON t (n); END$$;
    SELECT f();
    """
    assert fired(database, sql, SETUP) - QUIET == {"index-without-concurrently"}


def test_a_loop_over_several_tables(database: Database) -> None:
    sql = """DO $$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['t', 'r'] LOOP
        EXECUTE format('CREATE INDEX %I ON %I ((1))', name || '_one', name);
    END LOOP; END $$"""
    assert "index-without-concurrently" in fired(database, sql, SETUP)


def test_a_branch_that_did_not_run_is_not_judged(database: Database) -> None:
    sql = "DO $$ BEGIN IF false THEN DROP TABLE t; CREATE INDEX ON t (n); END IF; END $$"
    assert fired(database, sql, SETUP) - QUIET == set()


def test_an_error_that_a_block_swallows_is_no_failure(database: Database) -> None:
    sql = """DO $$ BEGIN ALTER TABLE t ADD COLUMN n int; EXCEPTION WHEN duplicate_column THEN NULL; END $$"""
    assert fired(database, sql, SETUP) - QUIET == set()


def test_a_change_is_told_once(database: Database) -> None:
    sql = "ALTER TABLE t DROP COLUMN s; DO $$ BEGIN EXECUTE 'ALTER TABLE t ' || 'ADD COLUMN z int'; END $$;"
    assert fired(database, sql, SETUP) - QUIET == {"drop-column"}


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("LOCK TABLE t", "lock-table"),
        ("UPDATE t SET n = 1", "unbatched-dml"),
        ("TRUNCATE t", "truncate"),
        ("ALTER TABLE t ALTER n TYPE bigint", "column-type-rewrite"),
        ("EXECUTE 'ALTER TABLE t DROP COLUMN s'", "drop-column"),
        ("DROP VIEW v", "drop-object"),
        ("ALTER TABLE t DISABLE TRIGGER USER", "trigger-disabled"),
    ],
)
@pytest.mark.parametrize("language", ["DO", "function"])
def test_a_command_in_a_body(database: Database, command: str, rule: str, language: str) -> None:
    setup = SETUP + "CREATE VIEW v AS SELECT id FROM r;"
    body = f"$b$ BEGIN IF true THEN {command}; END IF; END $b$"
    made = f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS {body}; SELECT f();"
    assert fired(database, f"DO {body}" if language == "DO" else made, setup) - QUIET == {rule}


def test_a_function_that_was_there_before(database: Database) -> None:
    setup = SETUP + "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN UPDATE t SET n = 1; END $$;"
    assert fired(database, "CALL p()", setup) - QUIET == {"unbatched-dml"}


def test_a_function_that_is_only_made_does_nothing(database: Database) -> None:
    sql = "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN TRUNCATE t; DROP TABLE r; END $$"
    assert fired(database, sql, SETUP) - QUIET == set()
