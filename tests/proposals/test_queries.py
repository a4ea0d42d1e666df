"""Validation queries that a model wrote, as hostile as they come, on a real server."""

from __future__ import annotations

import pytest

from checks.proposals import queries
from checks.sandbox.server import Database
from checks.settings import Settings

TABLE = """
CREATE TABLE users (id int);
INSERT INTO users VALUES (1);
CREATE SEQUENCE numbers;
CREATE FUNCTION changes() RETURNS int LANGUAGE sql AS 'DELETE FROM public.users RETURNING id';
"""
WRITES = "25006"
"""read_only_sql_transaction (PostgreSQL docs, appendix A)."""


def said(database: Database, *asked: str) -> list[str]:
    with database.connect() as connection:
        connection.execute(TABLE.encode())
    return list(queries.faults(asked, database, Settings()))


def test_no_row_is_no_fault_and_a_row_is_told_without_its_values(database: Database) -> None:
    found = said(database, "SELECT * FROM users WHERE id > 1 -- none", "SELECT * FROM users;")
    assert found == ["Validation query 2 gives a row, so something is wrong after it ran."]


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE users",
        "SELECT 1; DROP TABLE users",
        "SELECT 1) AS x; DROP TABLE users; --",
        "WITH gone AS (DELETE FROM users RETURNING id) SELECT * FROM gone",
        "SELECT * INTO copied FROM users",
        "SELECT * FROM users FOR UPDATE",
        "COPY users TO PROGRAM 'true'",
        "",
    ],
)
def test_what_is_not_one_select_that_reads_is_not_sent(database: Database, query: str) -> None:
    assert said(database, query) == ["Validation query 1 is not one SELECT that only reads."]


@pytest.mark.parametrize("query", ["SELECT changes()", "SELECT nextval('numbers')"])
def test_what_writes_behind_a_function_is_refused_by_the_server(database: Database, query: str) -> None:
    assert said(database, query) == [f"Validation query 1 fails: SQLSTATE {WRITES}."]


def test_the_transaction_cannot_be_made_one_that_writes(database: Database) -> None:
    trick = "SELECT set_config('transaction_read_only', 'off', true)"
    assert said(database, f"{trick} FROM users WHERE changes() = 1") == [
        "Validation query 1 fails: SQLSTATE 25006."
    ]
    with database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (1,)


def test_one_that_does_not_end_is_ended(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "SECONDS", 0.2)
    assert said(database, "SELECT pg_sleep(600)") == ["Validation query 1 fails: SQLSTATE 57014."]
