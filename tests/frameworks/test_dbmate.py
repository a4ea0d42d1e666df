import pytest
from reading import lines, message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.model.migrations import Migration, TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "dbmate"


def migration(text: str) -> Migration:
    return only(read(TOOL, {"1_a.sql": text}))


def test_up_and_down_with_the_lines_of_the_file() -> None:
    found = migration(
        "-- a comment\n\n-- migrate:up\nCREATE TABLE a (id int);\n\n-- migrate:down\n\nDROP TABLE a;\n"
    )
    assert (sql(found.up), lines(found.up)) == (["CREATE TABLE a (id int)"], [4])
    assert (sql(found.down), lines(found.down)) == (["DROP TABLE a"], [8])
    assert found.up is not None
    assert found.up.transaction is TransactionMode.TRANSACTION


def test_the_version_is_the_leading_digits_and_files_run_in_the_order_of_their_names() -> None:
    text = "-- migrate:up\n-- migrate:down\n"
    history = read(TOOL, {"10_b.sql": text, "9-a.sql": text, "9c.sql": text})
    assert [(each.version, each.name) for each in history.migrations] == [("10", "b"), ("9", "a"), ("9", "c")]
    assert not history.strict_order


@pytest.mark.parametrize(
    "marker", ["--migrate:up", "-- migrate:up", "--\tmigrate:up", "-- migrate:up  ", "-- migrate:up\r"]
)
def test_spellings_that_dbmate_takes(marker: str) -> None:
    history = read(TOOL, {"1_a.sql": f"{marker}\nSELECT 1;\n-- migrate:down\n"})
    assert sql(only(history).up) == ["SELECT 1"]
    assert history.problems == ()


def test_without_a_transaction_the_section_is_one_query() -> None:
    found = migration(
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON a (b);\n-- migrate:down\nDROP INDEX i;"
    )
    assert found.up is not None and found.down is not None
    assert found.up.transaction is TransactionMode.SINGLE_QUERY
    assert found.down.transaction is TransactionMode.TRANSACTION


@pytest.mark.parametrize(
    "options", ["transaction: false", "transaction=false", "transaction:False", "transaction:true"]
)
def test_only_the_exact_option_turns_the_transaction_off(options: str) -> None:
    up = migration(f"-- migrate:up {options}\nSELECT 1;\n-- migrate:down\n").up
    assert up is not None
    assert up.transaction is TransactionMode.TRANSACTION


def test_several_pairs_each_have_a_transaction_of_their_own() -> None:
    text = (
        "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n"
        "-- migrate:up transaction:false\nSELECT 3;\n-- migrate:down\nSELECT 4;\n"
    )
    history = read(TOOL, {"1_a.sql": text})
    found = only(history)
    assert found.up is not None
    assert found.up.transaction is TransactionMode.AUTOCOMMIT
    assert problems(history) == [("near-miss", "1_a.sql", 5)]
    assert "primary key of schema_migrations" in message(history)
    assert sql(found.up) == ["BEGIN", "SELECT 1", "COMMIT", "SELECT 3"]
    assert sql(found.down) == ["BEGIN", "SELECT 2", "COMMIT", "BEGIN", "SELECT 4", "COMMIT"]


@pytest.mark.parametrize("indent", [" ", "\t", "    "])
def test_an_indented_down_is_a_comment_to_dbmate(indent: str) -> None:
    history = read(
        TOOL,
        {"1_a.sql": f"-- migrate:up\nCREATE TABLE a (id int);\n{indent}-- migrate:down\nDROP TABLE a;\n"},
    )
    assert ("near-miss", "1_a.sql", 3) in problems(history)
    near = next(problem for problem in history.problems if problem.line == 3)
    assert "there is a blank before it" in near.message
    assert "'-- migrate:down' at the beginning of the line" in near.message
    assert only(history).up is None
    assert only(history).opaque_line == 1


@pytest.mark.parametrize(
    "marker",
    [
        "-- Migrate:Down",
        "-- migrate: down",
        "-- migrate down",
        "# migrate:down",
        "-- migration:down",
        "--- migrate:down",
    ],
)
def test_an_almost_spelled_marker_is_a_near_miss(marker: str) -> None:
    history = read(TOOL, {"1_a.sql": f"-- migrate:up\nSELECT 1;\n{marker}\nSELECT 2;\n"})
    assert ("near-miss", "1_a.sql", 3) in problems(history)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("SELECT 1;", 1, "no '-- migrate:up'"),
        ("-- hello\nSELECT 0;\n-- migrate:up\n-- migrate:down\n", 2, "only comments"),
        ("-- migrate:down\nSELECT 1;\n-- migrate:up\nSELECT 2;", 2, "only comments"),
        ("-- migrate:up\nSELECT 1;\n-- migrate:down\n-- migrate:down\n", 4, "no '-- migrate:up' of its own"),
    ],
)
def test_what_dbmate_refuses(text: str, line: int, said: str) -> None:
    history = read(TOOL, {"1_a.sql": text})
    assert problems(history) == [("near-miss", "1_a.sql", line)]
    assert said in message(history)
    assert only(history).opaque == "dbmate refuses the file"


def test_a_file_of_dbmate_1_without_a_down_still_runs() -> None:
    history = read(TOOL, {"1_a.sql": "-- migrate:up\nSELECT 1;\n"})
    assert (sql(only(history).up), only(history).down) == (["SELECT 1"], None)
    assert "dbmate 2 refuses" in message(history)


def test_a_name_without_a_number_is_skipped_and_said() -> None:
    history = read(TOOL, {"a.sql": "-- migrate:up\nSELECT 1;\n"})
    assert history.migrations == ()
    assert problems(history) == [("near-miss", "a.sql", 1)]


def test_the_schema_file_is_beside_the_folder() -> None:
    files = {"db/migrations/1_a.sql": "-- migrate:up\n-- migrate:down\n", "db/schema.sql": ""}
    (history,) = find_histories(MemoryTree(files), Settings())
    assert history.schema_file == "db/schema.sql"
    assert "schema_migrations (version varchar PRIMARY KEY)" in history.bookkeeping[0]
