import pytest

from checks.frameworks.psql import copy_from_stdin, dollar_quoted, read_psql


@pytest.mark.parametrize(
    "line",
    ["\\set ON_ERROR_STOP 1", "\\echo hello", "\\pset pager off", "\\timing", "\\dt+ public.*", "\\set x 1"],
)
def test_harmless_commands_are_blanked_and_lines_kept(line: str) -> None:
    script = read_psql(f"SELECT 1;\n{line}\nSELECT 2;\n")
    assert script.reason is None
    assert script.sql.splitlines() == ["SELECT 1;", " " * len(line), "SELECT 2;"]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("\\copy a from program 'id' csv", "\\copy"),
        ("\\i other.sql", "\\i"),
        ("\\! rm -rf /", "\\!"),
        ("SELECT 'x' \\gexec", "\\gexec"),
        ("\\echo `id`", "shell command"),
        ("\\set AUTOCOMMIT off", "transactions begin"),
        ("\\set ON_ERROR_STOP off", "go on after an error"),
        ("\\q", "\\q"),
        ("\\if true", "\\if"),
        ("SELECT :'name';", "the psql variable :'name'"),
        ('CREATE TABLE :"name" (id int);', "the psql variable"),
        ("SELECT :version_1;", "the psql variable :version_1"),
        ("COPY a FROM STDIN;", "carries its rows"),
    ],
)
def test_what_only_psql_can_do_is_named_with_its_line(line: str, word: str) -> None:
    script = read_psql(f"SELECT 1;\n\n{line}\n", {"version_1"})
    assert script.reason is not None
    assert word in script.reason
    assert script.line == 3


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'a \\! b', E'it\\'s \\n', \"a\\b\";",
        "-- \\! no\nSELECT 1;",
        "/* \\i x /* nested \\i */ :'a' */ SELECT 1;",
        "DO $body$ BEGIN RAISE NOTICE '\\! :x'; END $body$;",
        "SELECT a::text, b[1:2], c[x:y];",
        "SELECT proc(a := 1);",
    ],
)
def test_strings_comments_bodies_casts_and_slices_are_left_alone(text: str) -> None:
    script = read_psql(text, {"text"})
    assert (script.reason, script.sql) == (None, text)


def test_a_variable_that_the_script_sets_is_put_in_by_psql() -> None:
    assert read_psql("\\set owner app\nALTER TABLE a OWNER TO :owner;\n").line == 2


def test_an_open_quote_reaches_to_the_end() -> None:
    assert read_psql("SELECT 'a\n\\! b").reason is None
    assert dollar_quoted("SELECT $a$ x; $b$ y") == [(7, 19)]


def test_copy_in_a_comment_or_a_name_is_no_copy() -> None:
    assert copy_from_stdin("-- COPY a FROM STDIN\nSELECT 1;") is None
    assert copy_from_stdin("SELECT 1;\n-- rows\nCOPY a (b)\nFROM STDIN WITH csv;") == 4
