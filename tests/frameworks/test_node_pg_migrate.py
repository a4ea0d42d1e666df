from reading import lines, message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.model.migrations import TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "node-pg-migrate"


def test_sections_with_the_lines_of_the_file() -> None:
    found = only(read(TOOL, {"1_a.sql": "-- Up Migration\nSELECT 1;\n\n----- DOWN  migration\nSELECT 2;\n"}))
    assert (sql(found.up), lines(found.up)) == (["SELECT 1"], [2])
    assert (sql(found.down), lines(found.down)) == (["SELECT 2"], [5])


def test_the_down_section_may_come_first() -> None:
    found = only(read(TOOL, {"1_a.sql": "-- down migration\nSELECT 2;\n-- up migration\nSELECT 1;\n"}))
    assert (sql(found.up), sql(found.down)) == (["SELECT 1"], ["SELECT 2"])


def test_without_markers_all_is_up_and_there_is_no_way_back() -> None:
    found = only(read(TOOL, {"1_a.sql": "SELECT 1;"}))
    assert sql(found.up) == ["SELECT 1"]
    assert found.down is None


def test_without_an_up_marker_the_down_section_runs_too() -> None:
    history = read(TOOL, {"1_a.sql": "SELECT 1;\n-- down migration\nSELECT 2;\n"})
    assert sql(only(history).up) == ["SELECT 1", "SELECT 2"]
    assert problems(history) == [("near-miss", "1_a.sql", 2)]


def test_numbers_are_compared_as_numbers_and_17_digits_as_a_time() -> None:
    names = ["10_c.sql", "9_b.sql", "20200513070724505_e.sql", "1589353644500_d.sql"]
    history = read(TOOL, dict.fromkeys(names, "SELECT 1;"))
    assert [each.name for each in history.migrations] == ["b", "c", "d", "e"]
    assert history.migrations[0].version == "9_b"
    assert history.strict_order


def test_pending_migrations_share_a_transaction_unless_told() -> None:
    def mode(script: str) -> TransactionMode:
        files = {"package.json": f'{{"scripts": {{"m": "{script}"}}}}', "1_a.sql": "SELECT 1;"}
        up = read(TOOL, files).migrations[0].up
        assert up is not None
        return up.transaction

    assert mode("node-pg-migrate up") is TransactionMode.ALL_PENDING
    assert mode("node-pg-migrate up --no-single-transaction") is TransactionMode.TRANSACTION


def test_code_is_opaque() -> None:
    assert only(read(TOOL, {"1_a.ts": "export const up = (pgm) => {}"})).up is None


def test_a_file_without_a_number_stops_the_tool() -> None:
    history = read(TOOL, {"1_a.sql": "SELECT 1;", "README.md": "x", ".keep": ""})
    assert problems(history) == [("near-miss", "README.md", 1)]


def test_pairs_need_their_loader() -> None:
    files = {"1_a.up.sql": "SELECT 1;", "1_a.down.sql": "SELECT 2;"}
    history = read(TOOL, files)
    assert sql(only(history).down) == ["SELECT 2"]
    assert "runs this file as an up migration" in message(history)


def test_a_folder_is_recognised_by_its_markers_or_its_project() -> None:
    def find(files: dict[str, str]) -> list[str]:
        return [history.tool for history in find_histories(MemoryTree(files), Settings())]

    assert find({"db/1_a.sql": "-- Up Migration\nSELECT 1;"}) == ["node-pg-migrate"]
    package = '{"dependencies": {"node-pg-migrate": "8"}}'
    assert find({"package.json": package, "migrations/1_a.sql": "SELECT 1;"}) == ["node-pg-migrate"]
