"""Reading against the rules' own pages, and one way to split against the other. The whole of it: benchmarks/agreement.py."""

from __future__ import annotations

import pytest

from benchmarks.agreement import NOT_IN_THE_FILE, NOT_IN_THE_TEXT, block, read
from checks.rules import all_rules, findings_of
from checks.sql.parse import parse
from checks.sql.split import split, split_parsed
from checks.static.types import rewrites
from checks.static.volatile import varies

RULES = [rule for rule in all_rules() if block(rule, "Bad") and rule != "suppression-without-effect"]


def test_the_bad_examples_are_found() -> None:
    missed = {rule for rule in RULES if rule not in read(block(rule, "Bad"), block(rule, "Setup"))}
    assert missed == NOT_IN_THE_TEXT.keys()


def test_alone_too_where_the_schema_does_not_decide() -> None:
    missed = {rule for rule in RULES if rule not in read(block(rule, "Bad"))}
    assert missed == NOT_IN_THE_TEXT.keys() | NOT_IN_THE_FILE.keys()


def test_the_good_examples_are_not() -> None:
    for rule in RULES:
        assert rule not in read(block(rule, "Good"))
        assert rule not in read(block(rule, "Good"), block(rule, "Setup"))


def test_a_rule_that_is_not_asked_would_have_found_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {rule: read(block(rule, "Bad"), block(rule, "Setup")) for rule in RULES}
    on = tuple(all_rules().values())
    monkeypatch.setattr("checks.rules._concerned", lambda *about: on)
    assert findings_of.__module__ == "checks.rules"
    assert asked == {rule: read(block(rule, "Bad"), block(rule, "Setup")) for rule in RULES}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1;\nSELECT 2",
        "  ;; ",
        "-- a\nSELECT 1 -- b\n; SELECT 2;\n\n -- end\n",
        "\ufeffSELECT 1;\n\nSELECT '--';SELECT 2 ;",
        "SELECT 1; broken here; SELECT 2",
        "/* a */ SELECT 1",
        "SELECT 'ä'; SELECT 2",
        "CREATE TABLE a(\n x int\n)\n;\nSELECT 3",
    ],
)
def test_text_is_split_the_same_way_with_and_without_its_nodes(text: str) -> None:
    parsed = split_parsed(text, "a.sql", 3)
    assert split(text, "a.sql", 3) == tuple(statement for statement, _ in parsed)
    assert [type(node) for _, node in parsed] == [type(parse(one.sql)) for one, _ in parsed]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("character varying(20)", "character varying(40)", False),
        ("character varying(20)", "text", False),
        ("character varying(40)", "character varying(20)", True),
        ("text", "character varying(20)", True),
        ("numeric(10,2)", "numeric(12,2)", False),
        ("numeric(10,2)", "numeric(12,3)", True),
        ("integer", "bigint", True),
        ("cidr", "inet", False),
        ("timestamp without time zone", "timestamp with time zone", None),
        (None, "bigint", True),
        (None, "text", None),
        ("text", "app.state", None),
    ],
)
def test_which_changes_of_a_type_write_the_rows(old: str | None, new: str, expected: bool | None) -> None:
    assert rewrites(old, new, {}) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("now()", False),
        ("-1", False),
        ("lower('A') || current_date", False),
        ("array[random()]", True),
        ("coalesce(gen_random_uuid(), '1')", True),
        ("my_own(1)", None),
    ],
)
def test_which_defaults_differ_from_row_to_row(expression: str, expected: bool | None) -> None:
    node = parse(f"SELECT {expression}")
    assert varies(node.target_list[0].res_target.val) is expected  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("created timestamptz NOT NULL DEFAULT now()", True),
        ("created timestamptz DEFAULT now()", False),
        ("created timestamptz NOT NULL", False),
    ],
)
def test_a_required_column_that_loses_its_default_refuses_inserts_that_relied_on_it(
    column: str, told: bool
) -> None:
    setup = f"CREATE TABLE orders (id bigint PRIMARY KEY, {column});"
    found = read("ALTER TABLE orders ALTER created DROP DEFAULT;", setup)
    assert ("required-column-without-default" in found) is told
