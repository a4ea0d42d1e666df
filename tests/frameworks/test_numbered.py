import pytest
from reading import message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.model.migrations import TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "numbered"


def test_statements_commit_one_by_one_as_they_are_written() -> None:
    history = read(TOOL, {"001_a.sql": "CREATE TABLE a (id int);\nCREATE TABLE b (id int);"})
    up = only(history).up
    assert up is not None
    assert up.transaction is TransactionMode.AUTOCOMMIT
    assert sql(up) == ["CREATE TABLE a (id int)", "CREATE TABLE b (id int)"]
    assert not history.has_downs


def test_order_is_by_number() -> None:
    names = ["10_a.sql", "9_b.sql", "1.10.0-c.sql", "1.9.0-d.sql", "2.sql", "0003add.sql"]
    history = read(TOOL, dict.fromkeys(names, "SELECT 1;"))
    assert [each.version for each in history.migrations] == ["1.9.0", "1.10.0", "2", "0003", "9", "10"]


@pytest.mark.parametrize(
    "down", ["1_a.down.sql", "1_a_down.sql", "1_a.rollback.sql", "1_a-undo.sql", "1_a.revert.sql"]
)
def test_a_way_back_is_a_down_and_never_a_migration(down: str) -> None:
    history = read(TOOL, {"1_a.sql": "SELECT 1;", down: "SELECT 2;"})
    assert sql(only(history).down) == ["SELECT 2"]
    assert history.has_downs


def test_a_way_back_of_nothing_is_said() -> None:
    assert problems(read(TOOL, {"1_a.sql": "SELECT 1;", "2_a.down.sql": ""})) == [
        ("near-miss", "2_a.down.sql", 1)
    ]


def test_a_psql_command_is_never_run() -> None:
    history = read(TOOL, {"1_a.sql": "SELECT 1;\n\\copy a from program 'id'\n"})
    assert only(history).up is None
    assert only(history).opaque_line == 2
    assert only(history).opaque == "psql's \\copy is never executed here"
    assert problems(history) == [("psql-command", "1_a.sql", 2)]


def test_a_harmless_psql_command_is_left_out() -> None:
    assert sql(only(read(TOOL, {"1_a.sql": "\\set ON_ERROR_STOP on\nSELECT 1;"})).up) == ["SELECT 1"]


def test_a_way_back_with_a_psql_command_is_said() -> None:
    history = read(TOOL, {"1_a.sql": "SELECT 1;", "1_a.down.sql": "\\! id"})
    assert only(history).down is None
    assert problems(history) == [("psql-command", "1_a.down.sql", 1)]
    assert "psql's" in message(history)


def test_an_unreadable_file_is_opaque() -> None:
    history = read(TOOL, {"1_a.sql": b"SELECT '\x00';"})
    assert only(history).up is None
    assert problems(history) == [("unreadable-file", "1_a.sql", 1)]


@pytest.mark.parametrize(
    "folder", ["migrations", "db/migrate/x", "sql/schema_changes", "deltas", "db/patches"]
)
def test_folders_that_sound_like_migrations_are_found(folder: str) -> None:
    histories = find_histories(MemoryTree({f"{folder}/001_a.sql": "SELECT 1;"}), Settings())
    assert [history.id for history in histories] == [f"numbered:{folder}"]


@pytest.mark.parametrize(
    "folder", ["queries", "tests/data", "docs/examples", "schema/data/dev", "schema/a/b/c", "test/migrations"]
)
def test_other_folders_of_numbered_files_are_not(folder: str) -> None:
    assert find_histories(MemoryTree({f"{folder}/001_a.sql": "SELECT 1;"}), Settings()) == ()
