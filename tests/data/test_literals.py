import re

import pytest

from checks.data.literals import literals


def test_words_of_a_list():
    found = literals(
        ["((kind)::text = ANY ((ARRAY['new'::character varying, 'it''s'::character varying])::text[]))"]
    )
    assert found.strings == ("new", "it's")


def test_elements_of_an_array_literal():
    assert literals(["(kind = ANY ('{a,\"b c\"}'::text[]))"]).strings == ('{a,"b c"}', "a", "b c")


def test_numbers_also_quoted_ones():
    assert literals(["((n >= '-1'::integer) AND (n <= 5.5))"]).numbers == ("-1", "5.5")


def test_digits_inside_names_are_no_numbers():
    assert literals(["(int4_mul(col1, x2) = 3)"]).numbers == ("3",)


@pytest.mark.parametrize(
    "pattern", ["^[A-Z]{3}-[0-9]{2}$", r"^\d{4}$", "^(red|green)$", "^[^aeiou]+.$", r"^a{2,3}\.\w?$"]
)
def test_samples_of_a_pattern(pattern: str):
    samples = literals([f"(x ~ '{pattern}'::text)"]).texts()
    assert any(re.search(pattern, text) for text in samples if text != pattern)


def test_samples_of_a_like():
    assert "files/x.png" in literals(["(x ~~ 'files/%.png'::text)"]).texts()


def test_character_classes_have_postgresql_s_names():
    assert any(
        re.fullmatch("#[0-9a-fA-F]{3}", text) for text in literals(["(x ~ '^#[[:xdigit:]]{3}$')"]).texts()
    )


def test_a_text_as_long_as_a_number_says():
    assert {len(text) for text in literals(["(char_length(x) = 40)"]).texts()} == {40}


@pytest.mark.parametrize(
    "pattern", ["((((a{900}){900}){900}){900})", "(((", "[z-a]", "(?P<x>a)(?P=x)", "a{99999999999}"]
)
def test_a_pattern_that_is_hostile_or_not_python_s(pattern: str):
    assert len("".join(literals([f"(x ~ '{pattern}'::text)"]).texts())) < 1_000_000
