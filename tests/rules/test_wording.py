from __future__ import annotations

import pytest

from checks.rules.wording import code, listed, quoted
from checks.static import check

ADD = (
    'defmodule A.Repo.Migrations.One do\n  use Ecto.Migration\n  def change, do: execute("{sql}", "")\nend\n'
)


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


def test_statements_to_paste_into_code() -> None:
    report = check(
        {
            "mix.exs": "",
            "priv/repo/migrations/20260101000000_one.exs": ADD.format(sql="ALTER TABLE t ADD n int"),
        },
        one_by_one=True,
    )
    (limit,) = [one for one in report.findings if one.rule == "lock-timeout-missing"]
    assert limit.message.endswith(
        """First in the migration: `execute("SET LOCAL lock_timeout = '2s'", "")`"""
    )
