import json
from typing import Any

from reading import lines, message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.model.migrations import TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "drizzle"


def journal(*entries: tuple[int, int, str], dialect: str = "postgresql") -> str:
    items: list[dict[str, Any]] = [
        {"idx": idx, "when": when, "tag": tag, "breakpoints": True} for idx, when, tag in entries
    ]
    return json.dumps({"version": "7", "dialect": dialect, "entries": items}, indent=2)


def test_the_journal_says_the_order() -> None:
    history = read(
        TOOL,
        {
            "0000_b.sql": "SELECT 1;",
            "0001_a.sql": "SELECT 2;",
            "meta/_journal.json": journal((0, 10, "0000_b"), (1, 20, "0001_a")),
        },
    )
    assert [(each.version, each.name) for each in history.migrations] == [("0000", "b"), ("0001", "a")]
    assert history.strict_order
    assert not history.has_downs


def test_the_text_is_cut_at_breakpoints_and_lines_are_the_files() -> None:
    text = "CREATE TABLE a (id int)\n--> statement-breakpoint\nCREATE TABLE b (id int);--> statement-breakpoint\n\nSELECT 1"
    up = only(read(TOOL, {"0000_a.sql": text, "meta/_journal.json": journal((0, 1, "0000_a"))})).up
    assert sql(up) == ["CREATE TABLE a (id int)", "CREATE TABLE b (id int)", "SELECT 1"]
    assert lines(up) == [1, 3, 5]
    assert up is not None
    assert up.transaction is TransactionMode.ALL_PENDING


def test_a_file_that_the_journal_does_not_list_never_runs() -> None:
    history = read(TOOL, {"0000_a.sql": "SELECT 1;", "meta/_journal.json": journal()})
    assert history.migrations == ()
    assert problems(history) == [("near-miss", "0000_a.sql", 1)]


def test_an_entry_without_a_file_stops_drizzle() -> None:
    history = read(TOOL, {"meta/_journal.json": journal((0, 1, "0000_gone"))})
    assert problems(history) == [("near-miss", "meta/_journal.json", 8)]
    assert "Drizzle stops here" in message(history)


def test_an_entry_that_is_not_later_than_one_before_it_is_skipped_for_ever() -> None:
    history = read(
        TOOL,
        {
            "0000_a.sql": "SELECT 1;",
            "0001_b.sql": "SELECT 2;",
            "meta/_journal.json": journal((0, 20, "0000_a"), (1, 10, "0001_b")),
        },
    )
    assert len(history.migrations) == 2
    assert "A database that has 0000_a never gets 0001_b" in message(history)


def test_a_broken_journal_is_said_with_its_line() -> None:
    history = read(TOOL, {"meta/_journal.json": '{\n"entries": [\n<<<<<<< HEAD\n'})
    assert problems(history) == [("unreadable-file", "meta/_journal.json", 3)]


def test_version_1_reads_folders_by_their_names() -> None:
    files = {
        "20260102000000_b/migration.sql": "SELECT 2;",
        "20260102000000_b/snapshot.json": '{"dialect": "postgres"}',
        "20260101000000_a/migration.sql": "SELECT 1;--> statement-breakpoint\nSELECT 3;",
        "20260101000000_a/snapshot.json": '{"dialect": "postgres"}',
    }
    history = read(TOOL, files)
    assert [each.version for each in history.migrations] == ["20260101000000_a", "20260102000000_b"]
    assert not history.strict_order
    assert "applied_at" in history.bookkeeping[1]


def test_only_postgresql_folders_are_claimed() -> None:
    def find(dialect: str) -> list[str]:
        tree = {
            "d/0000_a.sql": "SELECT 1;",
            "d/meta/_journal.json": journal((0, 1, "0000_a"), dialect=dialect),
        }
        return [history.tool for history in find_histories(MemoryTree(tree), Settings())]

    assert find("postgresql") == ["drizzle"]
    assert "drizzle" not in find("mysql")


def test_version_1_folders_are_not_taken_for_prisma() -> None:
    tree = MemoryTree(
        {
            "d/20260101000000_a/migration.sql": "SELECT 1;",
            "d/20260101000000_a/snapshot.json": '{"dialect": "postgres"}',
        }
    )
    assert [history.id for history in find_histories(tree, Settings())] == ["drizzle:d"]
