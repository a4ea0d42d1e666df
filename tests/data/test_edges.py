"""The rows shaped to hurt: what they make fail is what today's schema allows."""

from collections.abc import Iterator

import psycopg
import pytest
from ground import one, run

from checks.data import fill
from checks.sandbox.server import Database, Server

SCHEMA = """
    CREATE TABLE owners (id bigserial PRIMARY KEY, email varchar(80) NOT NULL UNIQUE);
    CREATE TABLE things (
        id bigint PRIMARY KEY, owner_id bigint REFERENCES owners, name text NOT NULL, nick varchar(40), code char(8),
        big bigint NOT NULL, number int, amount numeric(12, 2), at timestamptz, day date, extra jsonb, tags text[],
        flag bool, rank smallint, part_a int NOT NULL, part_b int NOT NULL, UNIQUE (part_a, part_b)
    );
"""
FAILS = {
    "not null": ("nick SET NOT NULL", "23502"),
    "not null on a key": ("owner_id SET NOT NULL", "23502"),
    "text to integer": ("name TYPE int USING name::int", "22P02"),
    "varchar shorter": ("nick TYPE varchar(10)", "22001"),
    "text to varchar": ("name TYPE varchar(255)", "22001"),
    "bigint to int": ("big TYPE int", "22003"),
    "bigint key to int": ("id TYPE int", "22003"),
    "int to smallint": ("number TYPE smallint", "22003"),
    "numeric with fewer digits": ("amount TYPE numeric(6, 2)", "22003"),
    "text to timestamp": ("name TYPE timestamptz USING name::timestamptz", "22007"),
}


@pytest.fixture(scope="module")
def things(server: Server) -> Iterator[Database]:
    server.create("things")
    database = Database(server, "things")
    run(database, SCHEMA)
    fill(database, 100)
    yield database
    server.drop("things")


def refusal(database: Database, sql: str) -> str | None:
    """The SQLSTATE with which PostgreSQL refuses; nothing of it stays."""
    with database.connect() as session:
        try:
            with session.transaction(force_rollback=True):
                session.execute(sql.encode())
        except psycopg.Error as error:
            return error.sqlstate
    return None


@pytest.mark.parametrize(("change", "sqlstate"), FAILS.values(), ids=FAILS)
def test_a_narrower_column_fails(things: Database, change: str, sqlstate: str):
    assert refusal(things, f"ALTER TABLE things ALTER {change}") == sqlstate


@pytest.mark.parametrize(
    "columns", ["name", "nick", "big", "number", "flag", "at", "owner_id", "part_a", "part_b", "name, flag"]
)
def test_a_new_unique_key_fails(things: Database, columns: str):
    assert refusal(things, f"ALTER TABLE things ADD UNIQUE ({columns})") == "23505"


def test_a_unique_key_without_case_fails(things: Database):
    assert refusal(things, "CREATE UNIQUE INDEX ON owners (lower(email))") == "23505"


@pytest.mark.parametrize(
    "check", ["name <> ''", "name = btrim(name)", "number > 0", "amount >= 0", "name ~ '^[[:ascii:]]*$'",
              "day > '1900-01-01'", "day < '2100-01-01'", "extra <> '{}'", "cardinality(tags) > 0"]
)  # fmt: skip
def test_a_new_check_fails(things: Database, check: str):
    assert refusal(things, f"ALTER TABLE things ADD CHECK ({check})") == "23514"


@pytest.mark.parametrize(
    "change",
    ["name SET NOT NULL", "big TYPE numeric", "nick TYPE text", "at TYPE timestamp", "number TYPE bigint"],
)
def test_what_today_s_schema_rules_out_does_not_fail(things: Database, change: str):
    assert refusal(things, f"ALTER TABLE things ALTER {change}") is None


def test_counting_up_is_no_hazard(things: Database):
    assert refusal(things, "UPDATE things SET number = number + 1, big = big + 1, rank = rank + 1") is None


def test_edges_that_a_check_forbids_are_left_out(database: Database):
    run(
        database, "CREATE TABLE t (n int NOT NULL CHECK (n BETWEEN 1 AND 5), s text NOT NULL CHECK (s <> ''))"
    )
    fill(database, 50)
    assert one(database, "SELECT min(n) || '-' || max(n) FROM t") == "1-5"
    assert one(database, "SELECT count(*) FROM t WHERE s = ' '") > 0
