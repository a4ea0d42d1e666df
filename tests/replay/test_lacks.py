"""What an error says of the sandbox or of the base, and not of the migration."""

from __future__ import annotations

import pytest

from checks.model.observations import SqlError
from checks.replay.lacks import is_own_check, what_the_base_lacks


@pytest.mark.parametrize("sqlstate", ["3F000", "42P01", "42703", "42883", "42704"])
def test_what_is_not_there_may_be_missing_from_a_base_that_is_not_whole(sqlstate: str) -> None:
    assert what_the_base_lacks(SqlError(sqlstate=sqlstate, message="it does not exist")) is not None


def test_a_syntax_error_is_the_migrations_own() -> None:
    assert what_the_base_lacks(SqlError(sqlstate="42601", message="syntax error")) is None


@pytest.mark.parametrize(
    ("sqlstate", "context", "is_own"),
    [
        ("P0001", "PL/pgSQL function inline_code_block line 1 at RAISE", True),
        (
            "P0001",
            "PL/pgSQL function guard() line 1 at RAISE\nPL/pgSQL function inline_code_block line 2",
            False,
        ),
        ("23502", "PL/pgSQL function inline_code_block line 1 at SQL statement", False),
        ("P0001", None, False),
    ],
)
def test_only_what_a_do_block_raises_itself_is_its_own_check(
    sqlstate: str, context: str | None, is_own: bool
) -> None:
    assert is_own_check(SqlError(sqlstate=sqlstate, message="no", context=context)) is is_own
