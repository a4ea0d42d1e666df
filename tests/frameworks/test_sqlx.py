import pytest
from reading import message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.model.migrations import TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "sqlx"
CARGO = '[dependencies]\nsqlx = { version = "0.8", features = ["FEATURES"] }\n'


def ids(files: dict[str, str | bytes]) -> list[str]:
    return [history.id for history in find_histories(MemoryTree(files), Settings())]


def test_a_simple_file_has_no_down() -> None:
    history = read(TOOL, {"20240101_add_users.sql": "CREATE TABLE a (id int);"})
    migration = only(history)
    assert (migration.version, migration.name) == ("20240101", "add users")
    assert migration.down is None
    assert not history.has_downs


def test_reversible_files_are_paired_by_their_number() -> None:
    history = read(TOOL, {"01_a.up.sql": "SELECT 1;", "1_b.down.sql": "SELECT 2;"})
    assert (sql(only(history).up), sql(only(history).down)) == (["SELECT 1"], ["SELECT 2"])
    assert history.has_downs


def test_order_is_by_number_and_older_ones_still_run() -> None:
    history = read(TOOL, {f"{number}_a.sql": "SELECT 1;" for number in (10, 9, 100)})
    assert [each.version for each in history.migrations] == ["9", "10", "100"]
    assert not history.strict_order


def test_no_transaction_is_one_query_and_each_file_says_so_itself() -> None:
    migration = only(read(TOOL, {"1_a.up.sql": "-- no-transaction\nSELECT 1;", "1_a.down.sql": "SELECT 2;"}))
    assert migration.up is not None and migration.down is not None
    assert migration.up.transaction is TransactionMode.SINGLE_QUERY
    assert migration.down.transaction is TransactionMode.TRANSACTION


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n-- no-transaction\nSELECT 1;", 2),
        ("-- a comment\n-- no-transaction\nSELECT 1;", 2),
        (" -- no-transaction\nSELECT 1;", 1),
        ("--no-transaction\nSELECT 1;", 1),
        ("-- No-Transaction\nSELECT 1;", 1),
        ("-- no transaction\nSELECT 1;", 1),
        ("\ufeff-- no-transaction\nSELECT 1;", 1),
    ],
)
def test_no_transaction_anywhere_but_at_the_very_first_byte_is_a_near_miss(text: str, line: int) -> None:
    history = read(TOOL, {"1_a.sql": text})
    up = only(history).up
    assert up is not None
    assert up.transaction is TransactionMode.TRANSACTION
    assert problems(history) == [("near-miss", "1_a.sql", line)]


@pytest.mark.parametrize(
    ("name", "what", "meant"),
    [
        ("0002-b.sql", "skips this file", "0002_b.sql"),
        ("0002-add_b.sql", "refuses the whole folder", "0002_add_b.sql"),
        ("V2_b.sql", "refuses the whole folder", "2_b.sql"),
        ("b_c.sql", "refuses the whole folder", "<number>_b_c.sql"),
        ("2_b.SQL", "skips this file", "2_b"),
    ],
)
def test_a_wrong_name_is_a_near_miss(name: str, what: str, meant: str) -> None:
    history = read(TOOL, {"1_a.sql": "SELECT 1;", name: "SELECT 2;"})
    assert problems(history) == [("near-miss", name, 1)]
    assert what in message(history)
    assert meant in message(history)


def test_a_name_that_nobody_takes_for_a_migration_is_nobodys_business() -> None:
    assert read(TOOL, {"1_a.sql": "SELECT 1;", "schema.sql": "", "README.md": ""}).problems == ()


def test_a_down_without_its_up_never_runs() -> None:
    history = read(TOOL, {"1_a.up.sql": "SELECT 1;", "2_a.down.sql": "SELECT 2;"})
    assert problems(history) == [("near-miss", "2_a.down.sql", 1)]
    assert len(history.migrations) == 1


def test_two_files_with_one_version_are_both_kept() -> None:
    history = read(TOOL, {"1_a.sql": "SELECT 1;", "1_b.sql": "SELECT 2;"})
    assert [each.version for each in history.migrations] == ["1", "1"]


def test_what_tells_that_a_folder_is_sqlx() -> None:
    files: dict[str, str | bytes] = {"migrations/1_a.sql": "SELECT 1;"}
    assert ids(files) == ["numbered:migrations"]
    assert ids({**files, "Cargo.toml": CARGO.replace("FEATURES", "postgres")}) == ["sqlx:migrations"]
    assert ids({**files, ".sqlx/query-1.json": "{}"}) == ["sqlx:migrations"]
    assert ids({**files, "sqlx.toml": ""}) == ["sqlx:migrations"]


def test_a_project_for_sqlite_alone_is_not_ours() -> None:
    files: dict[str, str | bytes] = {"migrations/1_a.sql": "SELECT 1;"}
    assert "sqlx:migrations" not in ids({**files, "Cargo.toml": CARGO.replace("FEATURES", "sqlite")})
    both = CARGO.replace("FEATURES", 'sqlite", "postgres')
    assert ids({**files, "Cargo.toml": both}) == ["sqlx:migrations"]


def test_workspace_features_count() -> None:
    files: dict[str, str | bytes] = {
        "api/migrations/1_a.sql": "SELECT 1;",
        "api/Cargo.toml": "[dependencies]\nsqlx = { workspace = true }\n",
        "Cargo.toml": '[workspace.dependencies]\nsqlx = { version = "0.8", features = ["mysql"] }\n',
    }
    assert "sqlx:api/migrations" not in ids(files)


def test_the_bookkeeping_table() -> None:
    assert "_sqlx_migrations" in read(TOOL, {"1_a.sql": ""}).bookkeeping[0]
