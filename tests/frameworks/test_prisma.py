from reading import message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.model.migrations import TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "prisma"
LOCK = 'provider = "postgresql"\n'


def find(files: dict[str, str]) -> list[str]:
    return [history.id for history in find_histories(MemoryTree(files), Settings())]


def test_each_folder_is_a_migration_in_the_order_of_the_names() -> None:
    history = read(
        TOOL,
        {
            "20250102000000_b/migration.sql": "SELECT 2;",
            "20250101000000_a/migration.sql": "SELECT 1;",
            "migration_lock.toml": LOCK,
        },
    )
    assert [(each.version, each.name) for each in history.migrations] == [
        ("20250101000000_a", "a"),
        ("20250102000000_b", "b"),
    ]
    assert not history.has_downs


def test_the_file_is_sent_as_one_query() -> None:
    up = only(read(TOOL, {"1_a/migration.sql": "SELECT 1; SELECT 2;"})).up
    assert up is not None
    assert up.transaction is TransactionMode.SINGLE_QUERY
    assert sql(up) == ["SELECT 1", "SELECT 2"]


def test_a_down_kept_beside_it_is_the_way_back() -> None:
    found = only(read(TOOL, {"1_a/migration.sql": "SELECT 1;", "1_a/down.sql": "SELECT -1;"}))
    assert sql(found.down) == ["SELECT -1"]
    assert found.files == ("m/1_a/migration.sql", "m/1_a/down.sql")


def test_a_folder_without_its_script_stops_prisma() -> None:
    history = read(TOOL, {"1_a/migrate.sql": "SELECT 1;"})
    assert problems(history) == [("near-miss", "1_a/migrate.sql", 1)]
    assert "P3015" in message(history)
    assert "it holds migrate.sql" in message(history)


def test_a_file_beside_the_folders_is_skipped() -> None:
    history = read(TOOL, {"1_a/migration.sql": "SELECT 1;", "2_b.sql": "SELECT 2;"})
    assert problems(history) == [("near-miss", "2_b.sql", 1)]


def test_code_is_opaque() -> None:
    assert only(read(TOOL, {"1_a/migration.ts": "export"})).opaque == (
        "a TypeScript or JavaScript migration, which is code"
    )


def test_the_lock_file_says_which_database() -> None:
    script = {"p/migrations/20250101000000_a/migration.sql": "SELECT 1;"}
    assert find({**script, "p/migrations/migration_lock.toml": LOCK}) == ["prisma:p/migrations"]
    assert find({**script, "p/migrations/migration_lock.toml": 'provider = "mysql"\n'}) == []


def test_without_a_lock_file_the_schema_says_it() -> None:
    script = {"p/migrations/20250101000000_a/migration.sql": "SELECT 1;"}
    schema = 'generator client {{\n  provider = "x"\n}}\ndatasource db {{\n  provider = "{}"\n}}\n'
    assert find({**script, "p/schema.prisma": schema.format("postgresql")}) == ["prisma:p/migrations"]
    assert find({**script, "p/schema.prisma": schema.format("sqlite")}) == []


def test_a_file_that_is_not_text_is_opaque_and_said() -> None:
    history = read(TOOL, {"1_a/migration.sql": b"SELECT '\xff';"})
    assert only(history).up is None
    assert problems(history) == [("unreadable-file", "1_a/migration.sql", 1)]
