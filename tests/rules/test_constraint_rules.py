"""Constraints: what scans, what locks, and what has been made ready beforehand."""

from __future__ import annotations

import pytest

from checks.examples.running import fired
from checks.sandbox.server import Database

FAMILY = {
    "check-without-not-valid",
    "exclusion-constraint-on-live-table",
    "foreign-key-drop",
    "foreign-key-to-live-table",
    "foreign-key-without-not-valid",
    "primary-key-without-using-index",
    "required-column-without-default",
    "set-not-null-without-check",
    "unique-without-using-index",
    "validate-in-same-transaction",
}
SETUP = """
CREATE TABLE r (id bigint PRIMARY KEY);
CREATE TABLE t (id bigint PRIMARY KEY, n int, m int, r bigint, k int NOT NULL);
INSERT INTO r SELECT generate_series(1, 50);
INSERT INTO t SELECT n, n, n, n, n FROM generate_series(1, 50) n;
"""


def test_a_table_made_in_the_same_change(database: Database) -> None:
    sql = """
    CREATE TABLE u (id bigint, n int, r bigint);
    INSERT INTO u VALUES (1, 1, 1);
    ALTER TABLE u ALTER COLUMN n SET NOT NULL, ADD UNIQUE (n), ADD PRIMARY KEY (id), ADD CHECK (n > 0);
    ALTER TABLE u ADD EXCLUDE USING btree (n WITH =);
    """
    assert not FAMILY & fired(database, sql, SETUP)


def test_a_table_made_in_the_same_change_without_a_transaction(database: Database) -> None:
    sql = "-- migration 1, outside a transaction\n" + (
        "CREATE TABLE u (id bigint, n int);\nINSERT INTO u VALUES (1, 1);\n"
        "ALTER TABLE u ALTER COLUMN n SET NOT NULL, ADD UNIQUE (n), ADD PRIMARY KEY (id), ADD CHECK (n > 0);\n"
        "ALTER TABLE u ADD CONSTRAINT u_r FOREIGN KEY (n) REFERENCES u (id);\n"
    )
    assert not FAMILY & fired(database, sql, SETUP)


def test_a_nullable_column_with_a_foreign_key_validates_nothing(database: Database) -> None:
    assert not FAMILY & fired(database, "ALTER TABLE t ADD COLUMN s bigint REFERENCES r (id)", SETUP)


def test_set_not_null_behind_a_valid_check(database: Database) -> None:
    setup = SETUP + "ALTER TABLE t ADD CONSTRAINT c CHECK (n IS NOT NULL);"
    assert not FAMILY & fired(database, "ALTER TABLE t ALTER COLUMN n SET NOT NULL", setup)


def test_another_constraint_that_is_validated_proves_nothing(database: Database) -> None:
    sql = """-- migration 1
ALTER TABLE t ADD CONSTRAINT c CHECK (m > 0) NOT VALID;
-- migration 2
ALTER TABLE t VALIDATE CONSTRAINT c;
ALTER TABLE t ALTER COLUMN n SET NOT NULL;
"""
    assert FAMILY & fired(database, sql, SETUP) == {"set-not-null-without-check"}


def test_set_not_null_of_a_column_that_is_so_already(database: Database) -> None:
    assert not FAMILY & fired(database, "ALTER TABLE t ALTER COLUMN k SET NOT NULL", SETUP)


def test_constraints_that_use_an_index(database: Database) -> None:
    setup = SETUP + "CREATE UNIQUE INDEX t_k ON t (k);"
    assert not FAMILY & fired(database, "ALTER TABLE t ADD CONSTRAINT t_k UNIQUE USING INDEX t_k", setup)


@pytest.mark.parametrize(
    ("sql", "rules"),
    [
        ("ALTER TABLE t ADD UNIQUE (n)", {"unique-without-using-index"}),
        ("ALTER TABLE t ADD COLUMN u int UNIQUE", {"unique-without-using-index"}),
        ("ALTER TABLE t ADD COLUMN u int CHECK (u > 0)", {"check-without-not-valid"}),
        ("ALTER TABLE t ADD EXCLUDE USING btree (n WITH =)", {"exclusion-constraint-on-live-table"}),
        (
            "ALTER TABLE t ADD CHECK (n > 0), ADD CHECK (m > 0), ADD FOREIGN KEY (r) REFERENCES r",
            {"check-without-not-valid", "foreign-key-without-not-valid"},
        ),
        ("ALTER TABLE t ADD FOREIGN KEY (r) REFERENCES r (id) NOT VALID", set()),
        ("DROP TABLE t", set()),
    ],
)
def test_one_hazard_is_one_finding(database: Database, sql: str, rules: set[str]) -> None:
    assert FAMILY & fired(database, sql, SETUP) == rules


def test_a_foreign_key_inside_create_table_under_slow_work(database: Database) -> None:
    sql = "CREATE TABLE u (r bigint REFERENCES r (id)); ALTER TABLE t ADD CHECK (n > 0);"
    assert "foreign-key-to-live-table" in fired(database, sql, SETUP)


def test_foreign_keys_inside_create_table_among_quick_statements(database: Database) -> None:
    sql = "CREATE TABLE u (r bigint REFERENCES r (id), t bigint REFERENCES t (id)); CREATE INDEX ON u (r);"
    assert not FAMILY & fired(database, sql, SETUP)


def test_a_foreign_key_between_new_tables(database: Database) -> None:
    sql = "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a); CREATE INDEX ON b (a);"
    assert not FAMILY & fired(database, sql, SETUP)


def test_dropping_a_table_locks_the_tables_it_refers_to(database: Database) -> None:
    setup = SETUP + "CREATE TABLE c (r bigint REFERENCES r (id));"
    assert "foreign-key-drop" in fired(database, "DROP TABLE c", setup)


def test_a_required_column_of_an_empty_table(database: Database) -> None:
    setup = "CREATE TABLE e (id int);"
    assert "required-column-without-default" in fired(
        database, "ALTER TABLE e ADD COLUMN n int NOT NULL", setup
    )


def test_a_required_column_with_a_domain_s_default(database: Database) -> None:
    setup = SETUP + "CREATE DOMAIN d AS int DEFAULT 1;"
    assert not FAMILY & fired(database, "ALTER TABLE t ADD COLUMN d d NOT NULL", setup)
