from __future__ import annotations

import pytest

from checks.rules.wording import code, listed, quoted


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("users", "users"),
        ("app.users", "app.users"),
        ("user", '"user"'),
        ("app.Order", 'app."Order"'),
        ('a"b', '"a""b"'),
        ("naïve", '"naïve"'),
        ("", '""'),
    ],
)
def test_names_as_sql_takes_them(name: str, sql: str) -> None:
    assert quoted(name) == sql


def test_lists() -> None:
    assert listed(["a"]) == "`a`"
    assert listed(["a", "b", "a", "c"]) == "`a`, `b` and `c`"
    assert listed("abcdef") == "`a`, `b`, `c` and 3 more"


def test_statements_to_paste() -> None:
    assert code("SELECT 1;", "SELECT 2") == "`SELECT 1; SELECT 2;`"
