"""Which changes write a table anew, by what PostgreSQL does and not by how they look."""

from __future__ import annotations

import pytest

from checks.examples.running import findings, fired
from checks.sandbox.server import Database

FAMILY = {
    "add-column-serial",
    "add-column-stored-generated",
    "add-column-volatile-default",
    "column-type-index-rebuild",
    "column-type-rewrite",
    "refresh-without-concurrently",
    "storage-change-rewrite",
    "table-rewrite",
    "vacuum-full-or-cluster",
}
SETUP = """
CREATE TABLE t (id bigint PRIMARY KEY, short varchar(20), price numeric(10, 2), at timestamp, small varchar(10), n int);
CREATE INDEX t_short ON t (short);
INSERT INTO t SELECT n, 'a' || n, n, now(), 'a', n FROM generate_series(1, 50) n;
"""


@pytest.mark.parametrize(
    "definitions",
    [
        "a int DEFAULT -1",
        "a date DEFAULT current_date",
        "a text DEFAULT lower('A')",
        "a timestamptz DEFAULT pg_catalog.now()",
        "a text DEFAULT (null)",
        "a int NOT NULL DEFAULT 7",
        "a jsonb DEFAULT '{}'::jsonb",
    ],
)
def test_defaults_that_are_stored_once(database: Database, definitions: str) -> None:
    assert not FAMILY & fired(database, f"ALTER TABLE t ADD COLUMN {definitions}", SETUP)


def test_a_virtual_column(database: Database) -> None:
    if database.server.version < 180000:
        pytest.skip("virtual generated columns come with PostgreSQL 18")
    sql = "ALTER TABLE t ADD COLUMN a bigint GENERATED ALWAYS AS (id * 2) VIRTUAL"
    assert not FAMILY & fired(database, sql, SETUP)


def test_types_that_only_widen(database: Database) -> None:
    sql = """
    ALTER TABLE t ALTER COLUMN small TYPE varchar(40);
    ALTER TABLE t ALTER COLUMN short TYPE text;
    ALTER TABLE t ALTER COLUMN price TYPE numeric(12, 2);
    ALTER TABLE t ALTER COLUMN at TYPE timestamptz;
    """
    assert not FAMILY & fired(database, sql, SETUP)


def test_a_table_made_in_the_same_change(database: Database) -> None:
    sql = """
    CREATE TABLE u (id serial PRIMARY KEY, n int);
    INSERT INTO u (n) SELECT n FROM t;
    ALTER TABLE u ALTER COLUMN n TYPE bigint;
    ALTER TABLE u ADD COLUMN s uuid DEFAULT gen_random_uuid();
    -- migration 2
    ALTER TABLE u ADD COLUMN v timestamptz DEFAULT clock_timestamp();
    """
    assert not FAMILY & fired(database, "-- migration 1\n" + sql.replace("    ", ""), SETUP)


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("ALTER TABLE t ADD COLUMN a float8[] DEFAULT array[random()]", "add-column-volatile-default"),
        ("ALTER TABLE t ADD COLUMN a bigserial", "add-column-serial"),
        ("ALTER TABLE t ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY", "add-column-serial"),
        ("ALTER TABLE t ALTER COLUMN short TYPE varchar(5)", "column-type-rewrite"),
        ("ALTER TABLE t ALTER COLUMN short TYPE text USING upper(short)", "column-type-rewrite"),
        ('ALTER TABLE t ALTER COLUMN short TYPE varchar(20) COLLATE "C"', "column-type-index-rebuild"),
        ("ALTER TABLE t SET UNLOGGED", "storage-change-rewrite"),
        ("CLUSTER t USING t_pkey", "vacuum-full-or-cluster"),
        ("-- migration 1, outside a transaction\nVACUUM FULL t", "vacuum-full-or-cluster"),
    ],
)
def test_one_rewrite_is_one_finding(database: Database, sql: str, rule: str) -> None:
    assert FAMILY & fired(database, sql, SETUP) == {rule}


def test_a_domain_with_a_constraint(database: Database) -> None:
    setup = SETUP + "CREATE DOMAIN positive AS int CHECK (value > 0);"
    assert FAMILY & fired(database, "ALTER TABLE t ADD COLUMN a positive DEFAULT 1", setup) == {
        "table-rewrite"
    }


def test_a_materialized_view(database: Database) -> None:
    setup = SETUP + "CREATE MATERIALIZED VIEW m AS SELECT id FROM t; CREATE UNIQUE INDEX m_id ON m (id);"
    sql = "REFRESH MATERIALIZED VIEW m"
    assert FAMILY & fired(database, sql, setup) == {"refresh-without-concurrently"}


def test_a_materialized_view_concurrently(database: Database) -> None:
    setup = SETUP + "CREATE MATERIALIZED VIEW m AS SELECT id FROM t; CREATE UNIQUE INDEX m_id ON m (id);"
    assert not FAMILY & fired(database, "REFRESH MATERIALIZED VIEW CONCURRENTLY m", setup)


def test_truncate_is_no_rewrite(database: Database) -> None:
    assert not FAMILY & fired(database, "TRUNCATE t", SETUP)


def test_the_time_zone_of_production(database: Database) -> None:
    from checks.settings import Settings

    elsewhere = Settings(parameters={"TimeZone": "Europe/Paris"})
    sql = "ALTER TABLE t ALTER COLUMN at TYPE timestamptz"
    assert FAMILY & fired(database, sql, SETUP, elsewhere) == {"column-type-rewrite"}


def test_an_enum_that_takes_the_name_of_the_old_one(database: Database) -> None:
    setup = "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE u (m mood); INSERT INTO u VALUES ('a');"
    sql = """
    CREATE TYPE "Mood_new" AS ENUM ('a', 'b');
    ALTER TABLE u ALTER m TYPE "Mood_new" USING m::text::"Mood_new";
    DROP TYPE mood;
    ALTER TYPE "Mood_new" RENAME TO mood;
    """
    told = [one.message for one in findings(database, sql, setup) if one.rule == "column-type-rewrite"]
    assert 'Changing `m` from public.mood to "Mood_new" rewrites' in told[0]


def test_of_several_columns_the_one_whose_type_changes_is_named(database: Database) -> None:
    sql = "ALTER TABLE t ALTER small TYPE varchar(10), ALTER n TYPE bigint"
    told = [one.message for one in findings(database, sql, SETUP) if one.rule == "column-type-rewrite"]
    assert told[0].startswith("Changing `n` from integer to bigint rewrites")
