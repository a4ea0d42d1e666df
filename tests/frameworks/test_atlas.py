import pytest
from reading import lines, message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.frameworks.atlas_sum import hash_files, sum_of
from checks.model.migrations import TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "atlas"


def atlas_sum(files: dict[str, str]) -> str:
    hashed = hash_files([(name, text.encode()) for name, text in sorted(files.items())])
    return f"h1:{sum_of(hashed)}\n" + "".join(f"{entry.name} h1:{entry.hash}\n" for entry in hashed)


def folder(files: dict[str, str]) -> dict[str, str]:
    return {**files, "atlas.sum": atlas_sum(files)}


def test_the_hashes_are_those_of_atlas() -> None:
    first = ("20220318104614_initial.sql", b'-- create "tbl" table\nCREATE TABLE tbl (`col` int NOT NULL);\n')
    assert [entry.hash for entry in hash_files([first])] == ["FifWjY2X0g2YVnb18Qm+QBPvoldDOOob7bS0LrFuCXc="]


def test_files_run_by_name_each_in_a_transaction() -> None:
    history = read(TOOL, folder({"2_b.sql": "SELECT 2;", "1_a.sql": "SELECT 1;"}))
    assert [(each.version, each.name) for each in history.migrations] == [("1", "a"), ("2", "b")]
    assert history.problems == ()
    assert history.strict_order
    up = history.migrations[0].up
    assert up is not None
    assert up.transaction is TransactionMode.TRANSACTION


@pytest.mark.parametrize(
    ("head", "mode"),
    [
        ("-- atlas:txmode none\n\n", TransactionMode.AUTOCOMMIT),
        ("-- a word first\n-- atlas:txmode none\n\n", TransactionMode.AUTOCOMMIT),
        ("-- atlas:txmode file\n\n", TransactionMode.TRANSACTION),
    ],
)
def test_the_transaction_is_switched_at_the_top(head: str, mode: TransactionMode) -> None:
    up = only(read(TOOL, folder({"1_a.sql": f"{head}SELECT 1;"}))).up
    assert up is not None
    assert up.transaction is mode


@pytest.mark.parametrize("text", ["-- atlas:txmode none\nSELECT 1;", "SELECT 1;\n-- atlas:txmode none\n"])
def test_a_directive_that_atlas_does_not_see_is_said(text: str) -> None:
    history = read(TOOL, folder({"1_a.sql": text}))
    up = only(history).up
    assert up is not None
    assert up.transaction is TransactionMode.TRANSACTION
    assert "Atlas ignores this directive" in message(history)


def test_a_mode_that_a_file_may_not_have_is_refused() -> None:
    assert "txmode 'all'" in message(read(TOOL, folder({"1_a.sql": "-- atlas:txmode all\n\nSELECT 1;"})))


def test_an_edited_file_does_not_fit_its_sum() -> None:
    files = folder({"1_a.sql": "SELECT 1;", "2_b.sql": "SELECT 2;"})
    history = read(TOOL, {**files, "1_a.sql": "SELECT 'edited';"})
    assert problems(history) == [("near-miss", "atlas.sum", 2)]
    assert "1_a.sql is not the file" in message(history)


def test_a_file_that_the_sum_does_not_list_and_one_that_is_gone() -> None:
    added = read(TOOL, {**folder({"1_a.sql": "SELECT 1;"}), "2_b.sql": "SELECT 2;"})
    assert "does not list 2_b.sql" in message(added)
    files = folder({"1_a.sql": "SELECT 1;", "2_b.sql": "SELECT 2;"})
    del files["2_b.sql"]
    gone = read(TOOL, files)
    assert problems(gone) == [("near-miss", "atlas.sum", 3)]


def test_a_first_line_that_does_not_fit_the_rest() -> None:
    files = folder({"1_a.sql": "SELECT 1;"})
    files["atlas.sum"] = files["atlas.sum"].replace("h1:", "h1:AAAA", 1)
    assert problems(read(TOOL, files)) == [("near-miss", "atlas.sum", 1)]


def test_a_file_that_the_sum_ignores_counts_by_name() -> None:
    files = {"1_a.sql": "-- atlas:sum ignore\n\nSELECT 1;", "2_b.sql": "SELECT 2;"}
    assert "1_a.sql" not in atlas_sum(files)
    assert read(TOOL, folder(files)).problems == ()


def test_a_checkpoint_counts_only_when_what_it_replaces_is_gone() -> None:
    checkpoint = {"2_c.sql": "-- atlas:checkpoint\n\nSELECT 'all';"}
    later = {"3_d.sql": "SELECT 3;"}
    both = read(TOOL, folder({"1_a.sql": "SELECT 1;", **checkpoint, **later}))
    assert [each.version for each in both.migrations] == ["1", "3"]
    squashed = read(TOOL, folder({**checkpoint, **later}))
    assert [each.version for each in squashed.migrations] == ["2", "3"]


def test_a_delimiter_of_its_own() -> None:
    text = "-- atlas:delimiter \\n\\n\\n\nSELECT 1;\nSELECT 2\n\n\nSELECT 3"
    up = only(read(TOOL, folder({"1_a.sql": text}))).up
    assert (sql(up), lines(up)) == (["SELECT 1", "SELECT 2", "SELECT 3"], [2, 3, 6])


def test_an_archive_holds_the_migration_and_its_way_back() -> None:
    text = (
        "-- atlas:txtar\n\n-- checks/a.sql --\n-- atlas:assert DS102\nSELECT NOT EXISTS (SELECT 1 FROM a);\n\n"
        "-- migration.sql --\nDROP TABLE a;\n\n-- down.sql --\nCREATE TABLE a (id int);\n"
    )
    found = only(read(TOOL, folder({"1_a.sql": text})))
    assert (sql(found.up), lines(found.up)) == (["DROP TABLE a"], [8])
    assert sql(found.down) == ["CREATE TABLE a (id int)"]


def test_another_tools_layout_is_read_as_that_tool_does() -> None:
    files = {"1_a.up.sql": "SELECT 1;", "1_a.down.sql": "SELECT 2;"}
    ups = {"1_a.up.sql": "SELECT 1;"}
    history = read(TOOL, {**files, "atlas.sum": atlas_sum(ups)})
    assert history.tool == "atlas"
    assert sql(only(history).down) == ["SELECT 2"]
    assert history.problems == ()
    goose = folder({"1_a.sql": "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n"})
    assert sql(only(read(TOOL, goose)).down) == ["SELECT 2"]


def test_only_postgresql_folders_are_claimed() -> None:
    def find(hcl: str, text: str = "SELECT 1;") -> list[str]:
        files = {"atlas.hcl": hcl, **{f"m/{name}": body for name, body in folder({"1_a.sql": text}).items()}}
        return [history.tool for history in find_histories(MemoryTree(files), Settings())]

    assert find('dev = "docker://postgres/16/dev"') == ["atlas"]
    assert find("") == ["atlas"]
    assert "atlas" not in find('dev = "docker://mysql/8/dev"')
    assert "atlas" not in find("", "CREATE TABLE `a` (`id` int);")
