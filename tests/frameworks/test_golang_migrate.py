import pytest
from reading import lines, message, only, problems, read, sql

from checks.model.migrations import TransactionMode

TOOL = "golang-migrate"


def test_up_and_down_are_paired_by_the_number_whatever_the_names() -> None:
    history = read(
        TOOL, {"0001_create_a.up.sql": "CREATE TABLE a (id int);", "1_undo.down.sql": "DROP TABLE a;"}
    )
    migration = only(history)
    assert (migration.version, migration.name) == ("1", "create_a")
    assert migration.files == ("m/0001_create_a.up.sql", "m/1_undo.down.sql")
    assert sql(migration.up) == ["CREATE TABLE a (id int)"]
    assert sql(migration.down) == ["DROP TABLE a"]
    assert history.problems == ()


def test_the_file_is_one_query() -> None:
    up = only(read(TOOL, {"1_a.up.sql": "CREATE TABLE a (id int);\n\nCREATE TABLE b (id int);\n"})).up
    assert up is not None
    assert up.transaction is TransactionMode.SINGLE_QUERY
    assert lines(up) == [1, 3]


def test_order_is_by_number() -> None:
    history = read(TOOL, {f"{number}_a.up.sql": "SELECT 1;" for number in (10, 9, 100)})
    assert [migration.version for migration in history.migrations] == ["9", "10", "100"]
    assert history.strict_order


def test_a_missing_down_is_none_and_an_empty_one_is_an_empty_script() -> None:
    assert only(read(TOOL, {"1_a.up.sql": "SELECT 1;"})).down is None
    assert sql(only(read(TOOL, {"1_a.up.sql": "SELECT 1;", "1_a.down.sql": "-- nothing"})).down) == []


def test_a_down_without_its_up_runs_nothing_and_is_said() -> None:
    history = read(TOOL, {"1_a.up.sql": "SELECT 1;", "2_b.down.sql": "SELECT 2;"})
    assert problems(history) == [("near-miss", "2_b.down.sql", 1)]
    assert "2_b.up.sql" in message(history)
    assert sql(history.migrations[1].up) == []


def test_two_files_with_one_version_are_both_kept() -> None:
    files = {"1_a.up.sql": "SELECT 1;", "01_b.up.sql": "SELECT 2;", "1_a.down.sql": "", "01_b.down.sql": ""}
    history = read(TOOL, files)
    assert [(each.version, each.files) for each in history.migrations] == [
        ("1", ("m/01_b.up.sql", "m/01_b.down.sql")),
        ("1", ("m/1_a.up.sql", "m/1_a.down.sql")),
    ]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("0002-add_b.up.sql", "0002_add_b.up.sql"),
        ("0002_add_b.Up.sql", "0002_add_b.up.sql"),
        ("0002_add_b_up.sql", "0002_add_b.up.sql"),
        ("0002_add_b.up.SQL", "0002_add_b.up.sql"),
        ("V2_add_b.down.sql", "2_add_b.down.sql"),
        ("0002_add_b.dwon.sql", "0002_add_b.down.sql"),
        ("0002_add_b.sql", "0002_add_b.up.sql"),
        ("0002.add_b.up.psql", "0002_add_b.up.sql"),
    ],
)
def test_a_name_that_the_tool_skips_is_a_near_miss(name: str, meant: str) -> None:
    history = read(TOOL, {"1_a.up.sql": "SELECT 1;", name: "SELECT 2;"})
    assert problems(history) == [("near-miss", name, 1)]
    assert "skips this file" in message(history)
    assert meant in message(history)


@pytest.mark.parametrize("name", ["README.md", "schema.sql", "notes.txt", "embed.go"])
def test_other_files_are_nobodys_business(name: str) -> None:
    assert read(TOOL, {"1_a.up.sql": "SELECT 1;", name: "x"}).problems == ()


def test_multi_statement_mode_cuts_at_every_semicolon_and_commits_each() -> None:
    files = {
        "../Makefile": "migrate -database postgres://h/d?x-multi-statement=true up",
        "1_a.up.sql": "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n-- done\n",
    }
    up = only(read(TOOL, {name.removeprefix("../"): text for name, text in files.items()})).up
    assert up is not None
    assert up.transaction is TransactionMode.AUTOCOMMIT
    assert sql(up) == ["CREATE TABLE a (id int)", "INSERT INTO a VALUES (1)"]
    assert lines(up) == [1, 2]


def test_multi_statement_mode_cuts_a_function_body_too() -> None:
    body = "CREATE FUNCTION f() RETURNS void AS $$\nBEGIN\n  PERFORM 1;\nEND;\n$$ LANGUAGE plpgsql;\n"
    up = only(read(TOOL, {"compose.yml": "x-multi-statement=true", "1_a.up.sql": body})).up
    assert sql(up)[0].endswith("PERFORM 1;")


def test_the_bookkeeping_table() -> None:
    (table,) = read(TOOL, {"1_a.up.sql": ""}).bookkeeping
    assert "schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)" in table


def test_an_unreadable_up_is_opaque_and_keeps_its_down() -> None:
    history = read(TOOL, {"1_a.up.sql": b"\xff", "1_a.down.sql": "DROP TABLE a;"})
    migration = only(history)
    assert migration.up is None
    assert "not UTF-8" in (migration.opaque or "")
    assert sql(migration.down) == ["DROP TABLE a"]
    assert problems(history) == [("unreadable-file", "1_a.up.sql", 1)]
