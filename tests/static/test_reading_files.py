"""Migrations read and not run: what is found, what is said to be open, and what is never called a pass."""

from __future__ import annotations

from datetime import date

import pytest

from checks.errors import UsageError
from checks.model.findings import Certainty, Severity
from checks.model.report import Report, Verdict
from checks.settings import Settings
from checks.static import check

UP = "-- +goose Up\n"
ALONE = "-- +goose NO TRANSACTION\n-- +goose Up\n"


def read(sql: str, **settings: object) -> Report:
    return check({"change.sql": sql}, Settings.model_validate(settings))


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def said(report: Report, rule: str) -> str:
    return next(finding.message for finding in report.findings if finding.rule == rule)


def open_questions(report: Report) -> list[str]:
    return [item.reason for item in report.unproven]


def test_every_finding_has_the_grade_of_reading() -> None:
    report = read("CREATE INDEX i ON users (email); DROP TABLE old; UPDATE users SET a = 1;")
    assert {finding.certainty for finding in report.findings} == {Certainty.STATIC}
    assert report.sandbox is None
    assert all(
        one.up.statements == () and one.rollback.reason == "Nothing was run." for one in report.migrations
    )
    assert "nothing was run" in report.headline


def test_a_table_of_the_same_files_is_new() -> None:
    files = {"1.sql": "CREATE TABLE users (id bigint PRIMARY KEY);", "2.sql": "CREATE INDEX i ON users (id);"}
    assert "index-without-concurrently" not in rules(check(files))


def test_in_a_history_what_earlier_files_made_is_in_use() -> None:
    files = {
        "db/0001_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20));",
        "db/0002_index.sql": "CREATE INDEX i ON users (name);",
        "db/0003_wider.sql": "ALTER TABLE users ALTER COLUMN name TYPE varchar(40);",
        "db/0004_number.sql": "ALTER TABLE users ALTER COLUMN id TYPE integer;",
    }
    found = {(finding.rule, finding.path) for finding in check(files, one_by_one=True).findings}
    assert ("index-without-concurrently", "db/0002_index.sql") in found
    assert ("column-type-rewrite", "db/0004_number.sql") in found
    assert ("column-type-rewrite", "db/0003_wider.sql") not in found


@pytest.mark.parametrize(
    ("sql", "severity", "condition"),
    [
        ("ALTER TABLE t ALTER COLUMN c TYPE bigint", Severity.ERROR, ""),
        ("ALTER TABLE t ALTER COLUMN c TYPE text", Severity.WARNING, "If the type of `c`"),
        ("ALTER TABLE t ALTER COLUMN c TYPE varchar(40)", Severity.WARNING, "If the type of `c`"),
        ("ALTER TABLE t ALTER COLUMN c TYPE text USING lower(c)", Severity.ERROR, ""),
    ],
)
def test_a_type_change_whose_old_type_is_unknown(sql: str, severity: Severity, condition: str) -> None:
    report = read(sql)
    finding = next(one for one in report.findings if one.rule == "column-type-rewrite")
    assert (finding.severity, finding.message.startswith(condition)) == (severity, True)
    assert bool(report.unproven) == bool(condition)


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        ("UPDATE users SET a = 1 WHERE b = 2", "changes few rows of `users`"),
        ("ALTER TABLE users VALIDATE CONSTRAINT c", "all rows of `users` keep to `c`"),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON users (email)", "no two rows of `users`"),
        ("SELECT move_everything()", "`move_everything()` locks or changes a table"),
        ("CALL move_everything()", "`move_everything()` locks or changes a table"),
        ("DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'a'); END $$", "what EXECUTE puts together"),
        ("DROP VIEW v CASCADE", "CASCADE takes more"),
        ("ALTER TABLE t ADD COLUMN c text DEFAULT my_default()", "the default of `c` is volatile"),
    ],
)
def test_what_only_a_run_can_tell_is_open_and_no_pass(sql: str, question: str) -> None:
    report = read(sql)
    assert any(question in reason for reason in open_questions(report)), open_questions(report)
    assert report.verdict not in (Verdict.PASS, Verdict.WARN)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (id bigint PRIMARY KEY)",
        "SET lock_timeout = '2s'; ALTER TABLE t ADD COLUMN c integer DEFAULT 7",
        "SELECT pg_catalog.set_config('search_path', '', false)",
        "COMMENT ON TABLE t IS 'a'",
    ],
)
def test_what_is_decided_by_the_text_alone_passes(sql: str) -> None:
    assert read(sql).verdict is Verdict.PASS


def test_the_transaction_is_the_tools() -> None:
    index = "CREATE INDEX CONCURRENTLY i ON users (email);\n"
    inside = check({"db/00001_a.sql": f"{UP}{index}"})
    outside = check({"db/00001_a.sql": f"{ALONE}{index}"})
    assert rules(inside) == {"concurrently-in-transaction", "missing-down"}
    assert "CREATE INDEX CONCURRENTLY cannot run inside a transaction block" in said(
        inside, "concurrently-in-transaction"
    )
    assert rules(outside) == {"missing-down"}


def test_begin_and_commit_of_the_file_count() -> None:
    sql = "BEGIN; ALTER TABLE t ADD COLUMN a int; CREATE INDEX i ON u (b); COMMIT; VACUUM t"
    report = read(sql)
    assert "statement-while-holding-access-exclusive" in rules(report)
    assert "non-transactional-statement" not in rules(report)
    assert "non-transactional-statement" in rules(read("BEGIN; VACUUM t; COMMIT"))


def test_a_not_null_that_a_check_of_the_files_proves_reads_nothing() -> None:
    steps = {
        "1.sql": "ALTER TABLE users ADD CONSTRAINT e CHECK (email IS NOT NULL) NOT VALID;",
        "2.sql": "ALTER TABLE users VALIDATE CONSTRAINT e;",
        "3.sql": "ALTER TABLE users ALTER COLUMN email SET NOT NULL;",
    }
    assert "set-not-null-without-check" not in rules(check(steps))
    assert "set-not-null-without-check" in rules(check({"3.sql": steps["3.sql"]}))


def test_a_validated_constraint_that_nobody_knows_silences_nothing() -> None:
    report = read("ALTER TABLE t VALIDATE CONSTRAINT other; ALTER TABLE t ALTER COLUMN c SET NOT NULL")
    finding = next(one for one in report.findings if one.rule == "set-not-null-without-check")
    assert finding.severity is Severity.WARNING
    assert finding.message.startswith("If no valid CHECK proves")


def test_commands_inside_code() -> None:
    block = "DO $$ BEGIN IF true THEN CREATE INDEX i ON users (email); END IF; END $$"
    function = (
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN ALTER TABLE users DROP COLUMN a; END';"
    )
    assert "index-without-concurrently" in rules(read(block))
    assert "drop-column" not in rules(read(function))
    assert "drop-column" in rules(read(f"{function} SELECT f();"))


def test_a_new_enum_value_in_its_own_transaction() -> None:
    sql = "ALTER TYPE state ADD VALUE 'gone'; UPDATE t SET s = 'gone' WHERE id = 1;"
    assert "enum-value-in-same-transaction" in rules(check({"db/00001_a.sql": f"{UP}{sql}"}))
    assert "enum-value-in-same-transaction" not in rules(read(sql))


def test_the_version_counts() -> None:
    sql = "ALTER TABLE p DETACH PARTITION p1"
    assert "CONCURRENTLY" in said(read(sql, postgres=14), "partition-detach-blocking")
    assert "CONCURRENTLY" not in said(read(sql, postgres=13), "partition-detach-blocking")


def test_text_that_postgresql_refuses() -> None:
    report = read("CREATE TABLE t (id bigint PRIMARY KEY);\nALTER TABEL t ADD c int;\nDROP TABLE users;")
    assert 'syntax error at or near "TABEL"' in said(report, "apply-fails")
    assert {finding.line for finding in report.findings if finding.rule == "drop-table"} == {3}


def test_a_suppression_and_the_settings() -> None:
    ignored = "-- migration:ignore drop-table reason: nobody reads it until: 2027-01-31\nDROP TABLE old;"
    report = check({"change.sql": ignored}, today=date(2026, 11, 1))
    assert rules(report) == {"lock-timeout-missing"}
    assert [one.reason for one in report.suppressed] == ["nobody reads it"]
    assert "drop-table" not in rules(read("DROP TABLE old", rules={"drop-table": "off"}))
    assert "new-enum" in rules(read("CREATE TYPE s AS ENUM ('a')", preset="strict"))


def test_a_drop_of_what_the_file_itself_makes_again_is_none() -> None:
    assert "drop-table" in rules(read("DROP TABLE IF EXISTS t"))
    assert "drop-table" not in rules(read("DROP TABLE IF EXISTS t; CREATE TABLE t (id bigint PRIMARY KEY)"))


def test_code_and_bytes_are_not_read() -> None:
    report = check({"db/00001_a.sql": f"{UP}SELECT 1;", "b.sql": b"\xff"})
    assert "unreadable-file" in rules(report)
    assert any("cannot be read" in reason for reason in open_questions(report))


def test_nothing_to_read_is_no_pass() -> None:
    with pytest.raises(UsageError, match="no statement"):
        read("-- only a remark\n")


def test_hostile_text_is_read_to_its_end() -> None:
    deep = f"SELECT {'(' * 12_000}1{')' * 12_000};"
    names = 'CREATE TABLE "a.b" ("c""d" int); ALTER TABLE "a.b" RENAME TO "e f"; DROP TABLE "e f" CASCADE;'
    for text in (deep, names, "ALTER TABLE", ";;;", "DO $$ BEGIN", "SELECT 'a", "\ufeffSELECT 1"):
        assert read(text).head == "the files" if text.strip(";") else True
