from __future__ import annotations

import pytest

from checks.examples.running import findings, fired
from checks.model.findings import Certainty, Severity
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.trees import MemoryTree
from checks.validate import validate

FAMILY = {
    "concurrently-in-transaction",
    "index-drop-without-concurrently",
    "index-without-concurrently",
    "invalid-index-leftover",
    "reindex-without-concurrently",
}
SETUP = """
CREATE TABLE t (id bigint PRIMARY KEY, n int);
CREATE INDEX t_n ON t (n);
INSERT INTO t SELECT n, n % 5 FROM generate_series(1, 50) n;
"""


def test_the_whole_message(database: Database) -> None:
    found = findings(database, 'CREATE INDEX IF NOT EXISTS "t N" ON t (lower(n::text)) WHERE id > 0', SETUP)
    (finding,) = [one for one in found if one.rule == "index-without-concurrently"]
    assert (finding.severity, finding.certainty, finding.line) == (Severity.ERROR, Certainty.OBSERVED, 1)
    assert finding.message == (
        "Builds an index while a SHARE lock stops every write to `t` until commit. "
        "Instead, outside of a transaction (`-- +goose NO TRANSACTION`): "
        '`CREATE INDEX CONCURRENTLY IF NOT EXISTS "t N" ON t (lower(n::text)) WHERE id > 0;`'
    )


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE u (id int); CREATE INDEX u_id ON u (id);",
        "CREATE TABLE u AS SELECT * FROM t; CREATE INDEX u_id ON u (id); REINDEX TABLE u; DROP INDEX u_id;",
        "ALTER TABLE t RENAME TO old; CREATE TABLE t (n int); CREATE INDEX ON t (n);",
        "CREATE TEMP TABLE s AS SELECT 1 AS a; CREATE INDEX ON s (a);",
        "CREATE INDEX IF NOT EXISTS t_n ON t (n);",
        "DROP TABLE t;",
        "ALTER INDEX t_n RENAME TO t_m;",
    ],
)
def test_nothing_is_blocked_by(database: Database, sql: str) -> None:
    assert not FAMILY & fired(database, sql, SETUP)


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("CREATE UNIQUE INDEX ON t (id)", "index-without-concurrently"),
        ("ALTER TABLE t RENAME TO u; CREATE INDEX ON u (n);", "index-without-concurrently"),
        ("DROP INDEX t_n", "index-drop-without-concurrently"),
        ("REINDEX INDEX t_n", "reindex-without-concurrently"),
        ("DROP INDEX CONCURRENTLY t_n", "concurrently-in-transaction"),
        ("REINDEX TABLE CONCURRENTLY t", "concurrently-in-transaction"),
    ],
)
def test_flagged(database: Database, sql: str, rule: str) -> None:
    assert FAMILY & fired(database, sql, SETUP) == {rule}


def test_a_refused_command_is_not_told_twice(database: Database) -> None:
    assert "apply-fails" not in fired(database, "CREATE INDEX CONCURRENTLY ON t (n)", SETUP)


def test_a_failed_concurrent_build(database: Database) -> None:
    sql = "-- migration 1, outside a transaction\nCREATE UNIQUE INDEX CONCURRENTLY t_u ON t (n);"
    rules = fired(database, sql, SETUP)
    assert {"unique-fails-on-rows", "invalid-index-leftover"} <= rules
    assert "apply-fails" not in rules


def test_a_partitioned_table_has_another_remedy(database: Database) -> None:
    setup = "CREATE TABLE p (n int) PARTITION BY LIST (n); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
    found = findings(database, "CREATE INDEX p_n ON p (n)", setup)
    (finding,) = [one for one in found if one.rule == "index-without-concurrently"]
    assert "ATTACH PARTITION" in finding.message


ALONE = "-- migration {}, outside a transaction\n"
AGAIN = "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_u ON t (n);\n"


def test_a_leftover_is_cleared_away_before_the_next_attempt(database: Database) -> None:
    (told,) = [
        one
        for one in findings(database, ALONE.format(1) + AGAIN, SETUP)
        if one.rule == "invalid-index-leftover"
    ]
    assert "Instead, before it and without IF NOT EXISTS" in told.message


def test_a_leftover_that_the_change_clears_away(database: Database) -> None:
    drop = "DROP INDEX CONCURRENTLY IF EXISTS t_u;\n"
    text = f"{ALONE.format(1)}{drop}{ALONE.format(2)}{AGAIN}"
    assert "invalid-index-leftover" not in fired(database, text, SETUP)


def test_a_script_that_is_one_query_has_no_place_for_a_second_statement() -> None:
    base = {
        "prisma/migrations/1_a/migration.sql": SETUP,
        "prisma/migrations/migration_lock.toml": 'provider = "postgresql"',
    }
    report = validate(
        MemoryTree(base), MemoryTree(base | {"prisma/migrations/2_b/migration.sql": AGAIN}), Settings()
    )
    (told,) = [one for one in report.findings if one.rule == "invalid-index-leftover"]
    assert "Instead, in a migration of its own before it and without IF NOT EXISTS" in told.message
