import pytest

from checks.errors import FileError
from checks.sql.split import split


def cut(text: str, first_line: int = 1) -> list[tuple[str, int, int]]:
    return [(part.sql, part.line, part.end_line) for part in split(text, "m.sql", first_line)]


def test_statements_come_with_their_lines_and_without_comments_around_them():
    text = "-- first\nselect 1;\n\n/* second */ select\n  2 -- two\n;\n"
    assert cut(text) == [("select 1", 2, 2), ("select\n  2", 4, 5)]


def test_lines_count_from_where_the_text_begins_in_its_file():
    assert cut("\nselect 1;\nselect 2", first_line=10) == [("select 1", 11, 11), ("select 2", 12, 12)]


@pytest.mark.parametrize("text", ["", " \n ", ";", ";;\n;", "-- nothing", "/* nothing */ ;", "\ufeff"])
def test_text_without_a_statement_has_none(text: str):
    assert cut(text) == []


def test_a_byte_order_mark_is_no_part_of_the_statement():
    assert cut("\ufeffselect 1;") == [("select 1", 1, 1)]


def test_windows_line_ends():
    assert cut("select 1;\r\nselect\r\n2;\r\n") == [("select 1", 1, 1), ("select\r\n2", 2, 3)]


def test_positions_are_bytes_and_text_is_not_ascii():
    assert cut("select 'ÄÖÜ €'; -- €\nselect '日本';\nselect 3") == [
        ("select 'ÄÖÜ €'", 1, 1),
        ("select '日本'", 2, 2),
        ("select 3", 3, 3),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "do $$ begin perform 1; perform 2; end $$",
        "do $body$ begin perform $$;$$; end $body$",
        "create function f() returns int language sql begin atomic select 1; select case 1 when 1 then 2 end; end",
        r"select E'it\'s; one'",
        "select ';', \";\" from t",
        "create rule r as on insert to t do also (select 1; select 2)",
        "select /* ; /* nested ; */ ; */ 1",
        "select $1",
        "select '100%', '%s', ':name'",
    ],
)
@pytest.mark.parametrize("neighbour", ["select 1", "this is no sql"])
def test_a_semicolon_inside_a_statement_does_not_end_it(statement: str, neighbour: str):
    assert [sql for sql, _, _ in cut(f"{neighbour};\n{statement};\nselect 2;")] == [
        neighbour,
        statement,
        "select 2",
    ]


def test_a_mistake_keeps_the_statements_around_it():
    assert cut("create table a();\ncreat table b();\n-- c\nselect 'é;';\n") == [
        ("create table a()", 1, 1),
        ("creat table b()", 2, 2),
        ("select 'é;'", 4, 4),
    ]


def test_a_statement_without_a_single_keyword_is_not_lost():
    assert cut("foo bar;\n+;\nselect 1") == [("foo bar", 1, 1), ("+", 2, 2), ("select 1", 3, 3)]


@pytest.mark.parametrize(
    "tail", ["'open; text\nselect 2;", "$$ open;\nselect 2;", '"open;\n2', "/* open;\n2"]
)
def test_an_open_quote_makes_the_rest_one_statement(tail: str):
    assert cut(f"select 'é';\nselect {tail}") == [("select 'é'", 1, 1), (f"select {tail}", 2, 3)]


def test_an_open_comment_alone_is_a_statement_that_postgresql_will_report():
    assert cut("select 1;\n/* open") == [("select 1", 1, 1), ("/* open", 2, 2)]


def test_several_broken_tokens():
    assert [sql for sql, _, _ in cut("select 1; select 12abc; select 'open")] == [
        "select 1",
        "select 12abc; select 'open",
    ]


def test_a_very_long_expression_does_not_crash():
    long = "select " + "+".join("1" * 300_000)
    assert [sql for sql, _, _ in cut(f"{long};select 2")] == [long, "select 2"]


def test_a_nul_byte_is_refused_with_its_line():
    with pytest.raises(FileError) as caught:
        split("select 1;\n\0select 2", "m.sql")
    assert (caught.value.path, caught.value.line) == ("m.sql", 2)
