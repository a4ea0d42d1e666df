import pytest
from reading import lines, message, only, problems, read, sql

from checks.model.migrations import Migration, TransactionMode

TOOL = "goose"


def migration(text: str, **settings: object) -> Migration:
    return only(read(TOOL, {"1_a.sql": text}, **settings))


def refusal(text: str) -> tuple[int, str]:
    """Line and message of the one problem; the migration must not run."""
    history = read(TOOL, {"1_a.sql": text})
    assert only(history).up is None
    assert only(history).opaque
    ((rule, _, line),) = problems(history)
    assert rule == "near-miss"
    return line, message(history)


def test_up_and_down_with_the_lines_of_the_file() -> None:
    found = migration(
        "-- a comment\n\n-- +goose Up\nCREATE TABLE a (id int);\n\n-- why\nSELECT 1;\n-- +goose Down\nDROP TABLE a;\n"
    )
    assert sql(found.up) == ["CREATE TABLE a (id int)", "SELECT 1"]
    assert lines(found.up) == [4, 7]
    assert sql(found.down) == ["DROP TABLE a"]
    assert lines(found.down) == [9]
    assert found.up is not None
    assert found.up.transaction is TransactionMode.TRANSACTION


def test_version_and_name() -> None:
    found = only(read(TOOL, {"00042_add_users_table.sql": "-- +goose Up\nSELECT 1;"}))
    assert (found.version, found.name) == ("42", "add_users_table")


def test_order_is_by_number_and_lower_versions_are_refused() -> None:
    history = read(TOOL, {f"{number}_a.sql": "-- +goose Up\nSELECT 1;" for number in (10, 9, 100)})
    assert [each.version for each in history.migrations] == ["9", "10", "100"]
    assert history.strict_order


def test_no_down_is_none_and_an_empty_down_is_an_empty_script() -> None:
    assert migration("-- +goose Up\nSELECT 1;\n").down is None
    assert sql(migration("-- +goose Up\nSELECT 1;\n-- +goose Down\n-- nothing to do\n").down) == []


@pytest.mark.parametrize(
    "marker", ["-- +goose Up", "-- +GOOSE UP", "--+goose up", "-- +goose up  ", "--   +goose   UP"]
)
def test_spellings_that_goose_takes(marker: str) -> None:
    text = f"{marker}\nSELECT 1;"
    if "+goose" in marker:
        assert sql(migration(text).up) == ["SELECT 1"]
    else:
        assert refusal(text)[0] == 2


@pytest.mark.parametrize("blank", [" ", "\t"])
def test_a_blank_before_the_annotation_is_refused(blank: str) -> None:
    line, said = refusal(f"-- +goose Up\nSELECT 1;\n{blank}-- +goose Down\nSELECT 2;")
    assert line == 3
    assert "blank before the annotation" in said


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("SELECT 1;\n-- +goose Up\nSELECT 2;", 1, "SQL before"),
        ("CREATE TABLE a (id int);\n", 1, "SQL before"),
        ("-- only a comment\n", 2, "no '-- +goose Up'"),
        ("-- +goose Down\nSELECT 1;", 1, "must come once"),
        ("-- +goose Up\nSELECT 1;\n-- +goose Up\nSELECT 2;", 3, "a second time"),
        ("-- +goose Upp\nSELECT 1;", 1, "no goose annotation"),
        ("-- +goose\nSELECT 1;", 1, "no goose annotation"),
        ("-- +goose Up\n-- +goose NO TRANSACTIONS\nSELECT 1;", 2, "no goose annotation"),
        ("-- +goose Up\n-- +goose StatementBegin\nSELECT 1;", 2, "has no '-- +goose StatementEnd'"),
        ("-- +goose Up\nSELECT 1;\n-- +goose StatementEnd", 3, "has no '-- +goose StatementBegin'"),
        ("-- +goose StatementBegin\n-- +goose Up\nSELECT 1;", 1, "after Up or Down"),
        ("-- +goose Up\nSELECT 1\n-- +goose Down\nSELECT 2;", 2, "no ';'"),
        ("-- +goose Up\nSELECT 1; /* why */\n", 2, "no ';'"),
    ],
)
def test_what_goose_refuses(text: str, line: int, said: str) -> None:
    where, why = refusal(text)
    assert (where, said in why) == (line, True), why
    assert "goose refuses this file" in why


def test_a_semicolon_before_a_comment_ends_the_statement() -> None:
    assert sql(migration("-- +goose Up\nSELECT 1; -- one\nSELECT 2;").up) == ["SELECT 1", "SELECT 2"]


def test_an_unfinished_down_leaves_the_up_alone() -> None:
    history = read(TOOL, {"1_a.sql": "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2"})
    assert sql(only(history).up) == ["SELECT 1"]
    assert only(history).down is None
    assert problems(history) == [("near-miss", "1_a.sql", 4)]


def test_a_block_is_one_query() -> None:
    text = (
        "-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS void AS $$\nBEGIN\n  PERFORM 1;\nEND;\n"
        "$$ LANGUAGE plpgsql;\n-- +goose StatementEnd\nSELECT 1;\n"
    )
    history = read(TOOL, {"1_a.sql": text})
    assert lines(only(history).up) == [3, 9]
    assert history.problems == ()


def test_a_function_without_a_block_is_sent_in_pieces() -> None:
    text = "-- +goose Up\nCREATE FUNCTION f() RETURNS void AS $$\nBEGIN\n  PERFORM 1;\nEND;\n$$ LANGUAGE plpgsql;\n"
    history = read(TOOL, {"1_a.sql": text})
    assert problems(history) == [("near-miss", "1_a.sql", 2)]
    assert "StatementBegin" in message(history)
    assert sql(only(history).up)[0].endswith("PERFORM 1;")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO a VALUES ('it''s $1');",
        "SELECT $$a$$;",
        "DO $$ BEGIN PERFORM 1; END $$;",
        "SELECT 1 /* a\nb */;",
        "CREATE TABLE a (id int, -- don't\n b int);",
    ],
)
def test_a_whole_statement_with_quotes_is_no_near_miss(statement: str) -> None:
    assert read(TOOL, {"1_a.sql": f"-- +goose Up\n{statement}\n"}).problems == ()


def test_the_first_line_after_an_empty_block_is_lost() -> None:
    text = "-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\n\nSELECT 1;\nSELECT 2;\n"
    history = read(TOOL, {"1_a.sql": text})
    assert sql(only(history).up) == ["SELECT 2"]
    assert problems(history) == [("near-miss", "1_a.sql", 5)]


def test_no_transaction_commits_each_query() -> None:
    found = migration(
        "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON a (b);\nSELECT 1;\n-- +goose Down\nSELECT 2;"
    )
    assert found.up is not None and found.down is not None
    assert found.up.transaction is TransactionMode.AUTOCOMMIT
    assert found.down.transaction is TransactionMode.AUTOCOMMIT
    assert sql(found.up) == ["CREATE INDEX CONCURRENTLY i ON a (b)", "SELECT 1"]


def test_several_statements_of_one_query_are_a_transaction_of_their_own() -> None:
    found = migration(
        "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\nSELECT 2;\n-- +goose StatementEnd\nSELECT 3;"
    )
    assert sql(found.up) == ["BEGIN", "SELECT 1", "SELECT 2", "COMMIT", "SELECT 3"]
    assert lines(found.up) == [4, 4, 5, 5, 7]


def test_envsub_puts_in_the_values_of_the_configuration() -> None:
    text = "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${NAME}', '$NAME', '${OTHER:-x}', '$$';\n-- +goose ENVSUB OFF\nSELECT '${NAME}';"
    found = migration(text, placeholders={"NAME": "ann"})
    assert sql(found.up) == ["SELECT 'ann', 'ann', 'x', '$'", "SELECT '${NAME}'"]


def test_envsub_without_a_value_is_unproven_and_named() -> None:
    history = read(TOOL, {"1_a.sql": "-- +goose Up\n-- +goose ENVSUB ON\nGRANT SELECT ON a TO ${ROLE};"})
    assert problems(history) == [("missing-placeholder", "1_a.sql", 3)]
    assert "placeholders: {ROLE: …}" in message(history)
    assert "values: ROLE. Set them under 'placeholders'" in (only(history).opaque or "")
    assert only(history).opaque_line == 3


def test_go_migrations_are_opaque_and_tests_are_not_migrations() -> None:
    history = read(TOOL, {"1_a.go": "package m", "2_b_test.go": "package m", "helpers.go": "package m"})
    assert (only(history).opaque, only(history).up) == ("a Go migration", None)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("0001-a.sql", "0001_a.sql"),
        ("V1_a.sql", "1_a.sql"),
        ("a.sql", "<number>_<name>.sql"),
        ("1a.sql", "1_a.sql"),
    ],
)
def test_a_name_that_goose_skips_is_a_near_miss(name: str, meant: str) -> None:
    history = read(TOOL, {name: "-- +goose Up\nSELECT 1;"})
    assert history.migrations == ()
    assert problems(history) == [("near-miss", name, 1)]
    assert meant in message(history)


def test_version_zero_is_skipped() -> None:
    assert read(TOOL, {"0_a.sql": "-- +goose Up\nSELECT 1;"}).migrations == ()


def test_windows_line_ends() -> None:
    found = migration("-- +goose Up\r\nSELECT 1;\r\n-- +goose Down\r\nSELECT 2;\r\n")
    assert (sql(found.up), sql(found.down)) == (["SELECT 1"], ["SELECT 2"])


def test_an_annotation_inside_a_statement_keeps_the_lines() -> None:
    text = "-- +goose Up\n-- +goose StatementBegin\nSELECT 1,\n-- +goose ENVSUB ON\n2;\n-- +goose StatementEnd\nSELECT 3;"
    up = migration(text).up
    assert up is not None
    assert [(each.line, each.end_line) for each in up.statements] == [(3, 5), (7, 7)]


def test_the_bookkeeping_table_begins_with_version_zero() -> None:
    table, first = read(TOOL, {"1_a.sql": "-- +goose Up"}).bookkeeping
    assert "CREATE TABLE goose_db_version" in table
    assert "VALUES (0, true)" in first
