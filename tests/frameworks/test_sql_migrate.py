import pytest
from reading import lines, message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.model.migrations import Migration, TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "sql-migrate"


def migration(text: str) -> Migration:
    return only(read(TOOL, {"1.sql": text}))


def test_up_and_down_with_the_lines_of_the_file() -> None:
    found = migration(
        "-- hello\n-- +migrate Up\nCREATE TABLE a (\n-- the key\nid int);\nSELECT 1;\n-- +migrate Down\nDROP TABLE a;\n"
    )
    assert found.up is not None
    assert [(each.line, each.end_line) for each in found.up.statements] == [(3, 5), (6, 6)]
    assert (sql(found.down), lines(found.down)) == (["DROP TABLE a"], [8])
    assert found.up.transaction is TransactionMode.TRANSACTION


def test_numbered_files_first_by_number_then_the_others_by_name() -> None:
    names = ["10-a.sql", "9-b.sql", "b.sql", "a.sql", "009-a.sql"]
    history = read(TOOL, dict.fromkeys(names, "-- +migrate Up\nSELECT 1;"))
    assert [each.version for each in history.migrations] == [
        "009-a.sql",
        "9-b.sql",
        "10-a.sql",
        "a.sql",
        "b.sql",
    ]
    assert not history.strict_order


def test_notransaction_is_said_for_each_direction() -> None:
    found = migration(
        "-- +migrate Up notransaction\nCREATE INDEX CONCURRENTLY i ON a (b);\n-- +migrate Down\nSELECT 1;"
    )
    assert found.up is not None and found.down is not None
    assert found.up.transaction is TransactionMode.AUTOCOMMIT
    assert found.down.transaction is TransactionMode.TRANSACTION


def test_a_block_is_one_query() -> None:
    body = "CREATE FUNCTION f() RETURNS void AS $$\nBEGIN\n  PERFORM 1;\nEND;\n$$ LANGUAGE plpgsql;"
    found = migration(
        f"-- +migrate Up\n-- +migrate StatementBegin\n{body}\n-- +migrate StatementEnd\nSELECT 1;"
    )
    assert sql(found.up) == [body.removesuffix(";"), "SELECT 1"]
    assert lines(found.up) == [3, 9]


@pytest.mark.parametrize(
    "marker",
    ["-- +migrate down", "--+migrate Down", " -- +migrate Down", "--  +migrate Down", "-- +Migrate Down"],
)
def test_an_almost_spelled_directive_is_a_comment_to_the_tool(marker: str) -> None:
    history = read(TOOL, {"1.sql": f"-- +migrate Up\nSELECT 1;\n{marker}\nSELECT 2;\n"})
    assert problems(history) == [("near-miss", "1.sql", 3)]
    assert "'-- +migrate Down' at the beginning of the line" in message(history)
    assert sql(only(history).up) == ["SELECT 1", "SELECT 2"]


def test_an_unknown_directive_is_a_near_miss() -> None:
    assert "It knows: Up, Down" in message(
        read(TOOL, {"1.sql": "-- +migrate Up\nSELECT 1;\n-- +migrate Sideways\n"})
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("-- nothing\n", 1, "neither '-- +migrate Up'"),
        ("-- +migrate Up\nSELECT 1\n-- +migrate Down\nSELECT 2;", 2, "no ';'"),
        ("-- +migrate Up\nSELECT 1", 2, "no ';'"),
        ("-- +migrate Up\n-- +migrate StatementBegin\nSELECT 1;", 2, "no '-- +migrate StatementEnd'"),
    ],
)
def test_what_sql_migrate_refuses(text: str, line: int, said: str) -> None:
    history = read(TOOL, {"1.sql": text})
    assert problems(history) == [("near-miss", "1.sql", line)]
    assert said in message(history)
    assert only(history).up is None


def test_sql_before_the_first_directive_is_never_run() -> None:
    history = read(TOOL, {"1.sql": "SELECT 0;\n-- +migrate Up\nSELECT 1;\n"})
    assert sql(only(history).up) == ["SELECT 1"]
    assert problems(history) == [("near-miss", "1.sql", 1)]


def test_no_down_is_none_and_an_empty_one_is_an_empty_script() -> None:
    assert migration("-- +migrate Up\nSELECT 1;").down is None
    assert sql(migration("-- +migrate Up\nSELECT 1;\n-- +migrate Down\n-- nothing\n").down) == []


def test_dbconfig_names_folder_and_dialect() -> None:
    migration = "-- +migrate Up\nSELECT 1;"
    config = "development:\n  dialect: {}\n  datasource: x\n  dir: ./deep/changes\n"
    files = {"dbconfig.yml": config.format("postgres"), "deep/changes/1.sql": migration}
    (history,) = find_histories(MemoryTree(files), Settings())
    assert history.id == "sql-migrate:deep/changes"
    assert find_histories(MemoryTree({**files, "dbconfig.yml": config.format("mysql")}), Settings()) == ()


@pytest.mark.parametrize("config", ["[", "- a", "development: 1", "\x00"])
def test_a_broken_dbconfig_is_no_marker(config: str) -> None:
    files = {"dbconfig.yml": config, "migrations/1.sql": "-- +migrate Up\nSELECT 1;"}
    assert [each.id for each in find_histories(MemoryTree(files), Settings())] == ["sql-migrate:migrations"]


def test_the_bookkeeping_table() -> None:
    assert "gorp_migrations" in read(TOOL, {"1.sql": ""}).bookkeeping[0]
