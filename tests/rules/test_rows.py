"""Statements that fail on rows, and statements that change or destroy them."""

from __future__ import annotations

import pytest

from checks.examples.running import findings, fired
from checks.model.findings import Certainty, Finding, Severity
from checks.sandbox.server import Database
from checks.settings import Settings

SETUP = """
CREATE TABLE r (id bigint PRIMARY KEY);
CREATE TABLE t (id bigint PRIMARY KEY, n int, s text);
CREATE TABLE empty (id int, s text);
INSERT INTO t SELECT n, n % 5, 'a' || n FROM generate_series(1, 50) n;
INSERT INTO t VALUES (51, NULL, NULL);
"""
DATA = {
    "column-type-narrowing",
    "constraint-fails-on-rows",
    "not-null-fails-on-rows",
    "required-column-without-default",
    "unique-fails-on-rows",
}
LOSS = {"delete-rows", "drop-column", "drop-schema", "drop-table", "truncate", "unbatched-dml"}


def only(found: tuple[Finding, ...], rule: str) -> Finding:
    (finding,) = [one for one in found if one.rule == rule]
    return finding


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("ALTER TABLE t ALTER COLUMN n SET NOT NULL", "not-null-fails-on-rows"),
        ("ALTER TABLE t ADD PRIMARY KEY (n)", "apply-fails"),
        ("ALTER TABLE t ADD UNIQUE (n)", "unique-fails-on-rows"),
        ("ALTER TABLE t ADD CHECK (n > 0)", "constraint-fails-on-rows"),
        ("ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES r (id)", "constraint-fails-on-rows"),
        ("ALTER TABLE t ALTER COLUMN s TYPE int USING s::int", "column-type-narrowing"),
        ("ALTER TABLE t ALTER COLUMN s TYPE varchar(2)", "column-type-narrowing"),
        ("ALTER TABLE t ADD COLUMN c int NOT NULL", "required-column-without-default"),
        ("INSERT INTO t VALUES (1, 1, 'a')", "apply-fails"),
        ("INSERT INTO t VALUES (NULL, 1, 'a')", "apply-fails"),
    ],
)
def test_one_failure_is_one_finding(database: Database, sql: str, rule: str) -> None:
    found = findings(database, sql, SETUP)
    assert {one.rule for one in found} & (DATA | {"apply-fails"}) == {rule}
    finding = only(found, rule)
    assert (finding.severity, finding.certainty) == (Severity.ERROR, Certainty.OBSERVED)


def test_rows_that_were_mended_before(database: Database) -> None:
    sql = "UPDATE t SET n = id, s = '' WHERE n IS NULL OR n < 99; ALTER TABLE t ALTER n SET NOT NULL, ADD UNIQUE (n);"
    assert not DATA & fired(database, sql, SETUP)


def test_statements_behind_a_failure_are_not_judged(database: Database) -> None:
    rules = fired(database, "SELECT nothing; DROP TABLE t;", SETUP)
    assert rules == {"apply-fails"}


def test_what_the_sandbox_lacks_is_no_failure_of_the_migration(database: Database) -> None:
    assert "apply-fails" not in fired(database, "GRANT SELECT ON t TO somebody_elsewhere", SETUP)


def test_duplicates_are_looked_for_with_the_author_s_names(database: Database) -> None:
    found = findings(database, 'CREATE UNIQUE INDEX "T N" ON t (n)', SETUP)
    assert (
        "`SELECT n, count(*) FROM t GROUP BY n HAVING count(*) > 1;`"
        in only(found, "unique-fails-on-rows").message
    )


@pytest.mark.parametrize(
    ("sql", "rule", "irreversible"),
    [
        ("ALTER TABLE t DROP COLUMN s, DROP COLUMN n", "drop-column", True),
        ("ALTER TABLE empty DROP COLUMN s", "drop-column", False),
        ("ALTER TABLE t DROP COLUMN s; ALTER TABLE t ADD COLUMN s text", "drop-column", True),
        ("DROP TABLE t", "drop-table", True),
        ("DROP TABLE empty", "drop-table", False),
        ("TRUNCATE t", "truncate", True),
        ("DELETE FROM t", "unbatched-dml", True),
        ("DELETE FROM t WHERE id < 5", "delete-rows", True),
        ("DELETE FROM t WHERE id > 500", "delete-rows", True),
        ("UPDATE t SET n = 1", "unbatched-dml", False),
        ("DROP SCHEMA public CASCADE", "drop-schema", True),
    ],
)
def test_what_is_destroyed(database: Database, sql: str, rule: str, irreversible: bool) -> None:
    found = [one for one in findings(database, sql, SETUP) if one.rule in LOSS]
    assert [(one.rule, one.irreversible) for one in found] == [(rule, irreversible)]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE u AS SELECT * FROM t; UPDATE u SET n = 1; DELETE FROM u; TRUNCATE u; DROP TABLE u;",
        "ALTER TABLE t ADD COLUMN c int; ALTER TABLE t DROP COLUMN c;",
        "CREATE TEMP TABLE s (a int); DROP TABLE s;",
        "CREATE SCHEMA s; CREATE TABLE s.a (i int); DROP SCHEMA s CASCADE;",
        "UPDATE t SET n = 1 WHERE id = 3;",
        "DROP TABLE IF EXISTS nothing;",
        "DROP VIEW IF EXISTS nothing;",
    ],
)
def test_nothing_is_lost_by(database: Database, sql: str) -> None:
    assert not LOSS & fired(database, sql, SETUP)


def test_a_type_change_that_rounds(database: Database) -> None:
    setup = "CREATE TABLE p (id int PRIMARY KEY, price numeric(8, 4)); INSERT INTO p VALUES (1, 1.2345);"
    sql = """-- migrate:up
ALTER TABLE p ALTER COLUMN price TYPE numeric(8, 2);
-- migrate:down
ALTER TABLE p ALTER COLUMN price TYPE numeric(8, 4);
"""
    found = findings(database, sql, setup)
    assert only(found, "column-type-narrowing").irreversible
    assert "rollback-loses-data" not in {one.rule for one in found}


def test_a_copy_is_offered_with_the_key(database: Database) -> None:
    found = findings(database, "ALTER TABLE t DROP COLUMN s", SETUP)
    assert "`CREATE TABLE t_s_backup AS SELECT id, s FROM t;`" in only(found, "drop-column").message


@pytest.mark.parametrize(
    ("sql", "rules"),
    [
        ("ALTER TABLE t RENAME COLUMN n TO m", {"rename-column"}),
        ("ALTER TABLE t RENAME TO u", {"rename-table"}),
        ("CREATE SCHEMA x; ALTER TABLE t SET SCHEMA x", {"rename-table"}),
        ("ALTER TABLE t RENAME TO u; CREATE VIEW t AS SELECT * FROM u", set()),
        ("ALTER TABLE t RENAME CONSTRAINT t_pkey TO t_key", set()),
        ("CREATE TABLE u (a int); ALTER TABLE u RENAME TO v; ALTER TABLE v RENAME a TO b", set()),
        ("ALTER TABLE t ADD COLUMN c int; ALTER TABLE t RENAME c TO d", set()),
        ("ALTER INDEX t_pkey RENAME TO t_key", set()),
    ],
)
def test_renames(database: Database, sql: str, rules: set[str]) -> None:
    assert fired(database, sql, SETUP) & {"rename-column", "rename-table"} == rules


@pytest.mark.parametrize(
    ("sql", "rules"),
    [
        ("CREATE TABLE a (id serial PRIMARY KEY, doc json)", {"integer-key", "json-column"}),
        ("CREATE TABLE a (id smallint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id))", {"integer-key"}),
        ("CREATE TABLE a (id int PRIMARY KEY, doc jsonb)", set()),
        ("CREATE TABLE a (id bigserial PRIMARY KEY, doc json[])", set()),
        ("CREATE TABLE a (x int, y int, PRIMARY KEY (x, y))", set()),
    ],
)
def test_design(database: Database, sql: str, rules: set[str]) -> None:
    strict = Settings(preset="strict")
    assert fired(database, sql, SETUP, strict) & {"integer-key", "json-column"} == rules


def test_an_update_that_met_few_rows_that_were_made_up(database: Database) -> None:
    sql = "UPDATE t SET s = 'z' WHERE n > 1000; UPDATE t SET s = 'z' WHERE n > 1000 AND id = 7"
    told = only(findings(database, sql, SETUP), "unbatched-dml")
    assert (told.severity, told.line) == (Severity.INFO, 1)
    assert "Met 0 of the 51 rows that were made up for `t`" in told.message
    given = findings(database, sql, settings=Settings(rows=0))
    assert "unbatched-dml" not in {one.rule for one in given}


def test_an_update_that_met_few_rows_while_a_table_is_closed(database: Database) -> None:
    sql = "ALTER TABLE t ADD COLUMN c int; UPDATE t SET c = 1 WHERE n > 1000"
    told = only(findings(database, sql, SETUP), "unbatched-dml")
    assert told.severity is Severity.WARNING
    assert "most of them, while `t` is closed to reads and writes since line 1" in told.message


def test_an_insert_names_the_table_that_it_reads(database: Database) -> None:
    setup = f"{SETUP} CREATE TABLE a (n int); INSERT INTO a SELECT 1;"
    sql = "INSERT INTO a SELECT n FROM t WHERE NOT EXISTS (SELECT FROM a WHERE a.n = t.n) UNION ALL SELECT n FROM t"
    message = only(findings(database, sql, setup), "unbatched-dml").message
    assert message.startswith("Reads all of `t` (51 rows here) and adds ")


def test_what_using_makes_of_values_is_not_called_cut(database: Database) -> None:
    sql = """-- migrate:up
ALTER TABLE t ALTER COLUMN n TYPE jsonb USING jsonb_build_object('was', n);
-- migrate:down
ALTER TABLE t ALTER COLUMN n TYPE int USING 0;
"""
    message = only(findings(database, sql, SETUP), "column-type-narrowing").message
    assert message.startswith("Values of `n` in `t` are what USING made of them")


def test_partitions_are_emptied_with_their_table_and_not_through_cascade(database: Database) -> None:
    setup = "CREATE TABLE p (n int) PARTITION BY LIST (n); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
    assert only(findings(database, "TRUNCATE p", setup), "truncate").message.startswith(
        "Empties `p`; no down"
    )
