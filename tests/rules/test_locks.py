"""What piles up in a transaction."""

from __future__ import annotations

import pytest

from checks.examples.running import findings, fired
from checks.model.findings import Severity
from checks.sandbox.server import Database
from checks.settings import Settings

SETUP = """
CREATE TABLE a (id bigint PRIMARY KEY, n int);
CREATE TABLE b (id bigint PRIMARY KEY, n int);
INSERT INTO a SELECT n, n FROM generate_series(1, 50) n;
INSERT INTO b SELECT n, n FROM generate_series(1, 50) n;
"""
FAMILY = {"backfill-with-ddl", "locks-on-several-tables", "statement-while-holding-access-exclusive"}


@pytest.mark.parametrize(
    ("sql", "rules"),
    [
        ("ALTER TABLE a ADD x int; ALTER TABLE a ADD y int;", set()),
        (
            "ALTER TABLE a ADD x int; ALTER TABLE b ADD y int; ALTER TABLE a ADD z int;",
            {"locks-on-several-tables"},
        ),
        ("ALTER TABLE a ADD x int; CREATE INDEX ON b (n);", {"statement-while-holding-access-exclusive"}),
        ("CREATE INDEX ON b (n); ALTER TABLE a ADD x int;", set()),
        ("ALTER TABLE a ADD x int; CREATE INDEX ON a (n);", set()),
        ("ALTER TABLE a ADD x int; UPDATE a SET x = n;", {"backfill-with-ddl"}),
        ("ALTER TABLE a ADD x int; UPDATE a SET x = n WHERE id = 1;", set()),
        ("ALTER TABLE a ADD x int; CREATE TABLE c AS SELECT 1; INSERT INTO c VALUES (2);", set()),
        (
            "ALTER TABLE a ADD x int; CREATE TABLE c (n int); INSERT INTO c SELECT n FROM b;",
            {"backfill-with-ddl"},
        ),
        ("ALTER TABLE a ADD x int; INSERT INTO b VALUES (99, 1);", set()),
        ("CREATE TABLE c (n int); UPDATE a SET n = n + 1;", set()),
        ("LOCK TABLE a; CREATE INDEX ON b (n);", {"statement-while-holding-access-exclusive"}),
        ("BEGIN; ALTER TABLE a ADD x int; COMMIT; UPDATE a SET x = 1;", set()),
    ],
)
def test_a_transaction(database: Database, sql: str, rules: set[str]) -> None:
    text = f"-- migration 1, outside a transaction\n{sql}" if sql.startswith("BEGIN") else sql
    assert FAMILY & fired(database, text, SETUP) == rules


def test_one_after_the_other_without_a_transaction(database: Database) -> None:
    sql = "-- migration 1, outside a transaction\nALTER TABLE a ADD x int;\nALTER TABLE b ADD y int;\nUPDATE a SET x = 1;"
    assert not FAMILY & fired(database, sql, SETUP)


def test_a_slow_statement_is_told_once_a_transaction(database: Database) -> None:
    sql = "ALTER TABLE a ADD x int; CREATE INDEX ON b (n); CREATE INDEX ON b (id, n);"
    found = [
        one
        for one in findings(database, sql, SETUP)
        if one.rule == "statement-while-holding-access-exclusive"
    ]
    assert len(found) == 1
    assert "`a` is closed to reads and writes since line 1" in found[0].message


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE a ADD x int; ALTER TABLE b ADD y int;", 1),
        (
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();",
            1,
        ),
        ("SET lock_timeout = '1s'; ALTER TABLE a ADD x int;", 0),
        ("SELECT set_config('lock_timeout', '1s', true); ALTER TABLE a ADD x int;", 0),
        ("ALTER TABLE a ADD x int; SET lock_timeout = '1s';", 1),
        ("CREATE TABLE c (id int); ALTER TABLE c ADD x int;", 0),
        ("COMMENT ON TABLE a IS 'x'; ALTER TABLE a SET (fillfactor = 70); ANALYZE a;", 0),
        ("INSERT INTO a VALUES (99, 1); SELECT count(*) FROM a; CREATE VIEW v AS SELECT * FROM a;", 0),
    ],
)
def test_lock_timeout(database: Database, sql: str, expected: int) -> None:
    found = [one for one in findings(database, sql, SETUP) if one.rule == "lock-timeout-missing"]
    assert len(found) == expected
    assert all(one.severity is Severity.INFO for one in found)


def test_lock_timeout_of_the_configuration(database: Database) -> None:
    settings = Settings(parameters={"lock_timeout": "2s"})
    assert "lock-timeout-missing" not in fired(database, "ALTER TABLE a ADD x int", SETUP, settings)


def test_a_table_that_is_closed_already_is_not_closed_again_by_the_next_foreign_key(
    database: Database,
) -> None:
    setup = """CREATE TABLE users (id bigint PRIMARY KEY);
        CREATE TABLE a (id bigint PRIMARY KEY, u bigint CONSTRAINT a_u REFERENCES users);
        CREATE TABLE b (id bigint PRIMARY KEY, u bigint CONSTRAINT b_u REFERENCES users);"""
    text = "ALTER TABLE a DROP CONSTRAINT a_u;\nALTER TABLE b DROP CONSTRAINT b_u;\n"
    found = [one.line for one in findings(database, text, setup) if one.rule == "foreign-key-drop"]
    assert found == [1]


def test_a_table_under_its_new_name_is_no_second_one(database: Database) -> None:
    setup = "CREATE TABLE users (id bigint PRIMARY KEY);"
    text = "ALTER TABLE users RENAME TO people;\nALTER TABLE people ADD COLUMN name text;\n"
    assert "locks-on-several-tables" not in fired(database, text, setup)
