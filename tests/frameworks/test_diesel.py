import pytest
from reading import message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.model.migrations import TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "diesel"
PAIR = {
    "2024-01-02-030405_add_users/up.sql": "CREATE TABLE a (id int);",
    "2024-01-02-030405_add_users/down.sql": "DROP TABLE a;",
}


def with_metadata(text: str) -> tuple[TransactionMode, list[tuple[str, str, int]]]:
    history = read(TOOL, {"1_a/up.sql": "SELECT 1;", "1_a/metadata.toml": text})
    up = only(history).up
    assert up is not None
    return up.transaction, problems(history)


def test_a_folder_is_a_migration() -> None:
    migration = only(read(TOOL, PAIR))
    assert (migration.version, migration.name) == ("20240102030405", "add_users")
    assert migration.path == "m/2024-01-02-030405_add_users/up.sql"
    assert (sql(migration.up), sql(migration.down)) == (["CREATE TABLE a (id int)"], ["DROP TABLE a"])
    assert migration.up is not None
    assert migration.up.transaction is TransactionMode.TRANSACTION


def test_versions_are_compared_as_text_without_dashes() -> None:
    names = ["2024-01-01-000000_b", "20231231000000_a", "9_c"]
    history = read(TOOL, {f"{name}/up.sql": "SELECT 1;" for name in names})
    assert [each.version for each in history.migrations] == ["20231231000000", "20240101000000", "9"]
    assert not history.strict_order


def test_metadata_turns_the_transaction_off() -> None:
    assert with_metadata("run_in_transaction = false") == (TransactionMode.SINGLE_QUERY, [])
    assert with_metadata("run_in_transaction = true") == (TransactionMode.TRANSACTION, [])


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("", TransactionMode.SINGLE_QUERY),
        ("run_in_transactions = true", TransactionMode.SINGLE_QUERY),
        ("run_in_transaction = 'no'", TransactionMode.TRANSACTION),
        ("run_in_transaction = False", TransactionMode.TRANSACTION),
    ],
)
def test_metadata_that_does_not_do_what_it_seems(text: str, mode: TransactionMode) -> None:
    assert with_metadata(text) == (mode, [("near-miss", "1_a/metadata.toml", 1)])


def test_no_down_is_none_and_a_comment_is_an_empty_script() -> None:
    assert only(read(TOOL, {"1_a/up.sql": "SELECT 1;"})).down is None
    assert sql(only(read(TOOL, {"1_a/up.sql": "SELECT 1;", "1_a/down.sql": "-- nothing"})).down) == []


def test_an_empty_file_is_refused() -> None:
    history = read(TOOL, {"1_a/up.sql": ""})
    assert only(history).up is None
    assert "Diesel refuses an empty file" in message(history)
    history = read(TOOL, {"1_a/up.sql": "SELECT 1;", "1_a/down.sql": ""})
    assert (sql(only(history).up), only(history).down) == (["SELECT 1"], None)
    assert problems(history) == [("near-miss", "1_a/down.sql", 1)]


def test_a_folder_without_up_makes_diesel_refuse_all() -> None:
    history = read(TOOL, {**PAIR, "2_b/Up.sql": "SELECT 1;"})
    assert problems(history) == [("near-miss", "2_b/Up.sql", 1)]
    assert "Probably Up.sql was meant as up.sql" in message(history)


def test_hidden_folders_and_loose_files_are_nobodys_business() -> None:
    assert read(TOOL, {**PAIR, ".keep/x": "", "README.md": ""}).problems == ()


def test_the_folder_above_is_found_and_other_backends_are_left_out() -> None:
    files = {f"migrations/postgresql/{name}": text for name, text in PAIR.items()}
    files |= {f"migrations/sqlite/{name}": text for name, text in PAIR.items()}
    (history,) = find_histories(MemoryTree(files), Settings())
    assert history.id == "diesel:migrations/postgresql"
    assert "__diesel_schema_migrations" in history.bookkeeping[0]


def test_a_project_for_sqlite_alone_is_not_ours() -> None:
    cargo = '[dependencies]\ndiesel = { version = "2", features = ["sqlite"] }'
    files = {"Cargo.toml": cargo, **{f"migrations/{name}": text for name, text in PAIR.items()}}
    assert find_histories(MemoryTree(files), Settings()) == ()


def test_hasuras_folders_look_alike_and_are_not_diesels() -> None:
    files = {
        "config.yaml": "version: 3\nmetadata_directory: metadata\n",
        "migrations/default/1654000000000_init/up.sql": "SELECT 1;",
    }
    assert find_histories(MemoryTree(files), Settings()) == ()
