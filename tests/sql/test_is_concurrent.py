"""Which statements say CONCURRENTLY."""

from __future__ import annotations

import pytest

from checks.sql.concurrently import is_concurrent


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "DROP INDEX CONCURRENTLY i",
        "REINDEX TABLE CONCURRENTLY t",
        "REINDEX (CONCURRENTLY, VERBOSE) INDEX i",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "ALTER TABLE p DETACH PARTITION p_1 CONCURRENTLY",
    ],
)
def test_it_is_seen_wherever_it_stands(statement: str) -> None:
    assert is_concurrent(statement)
    assert not is_concurrent(statement.replace(" CONCURRENTLY", "").replace("(CONCURRENTLY, ", "("))


def test_a_word_of_it_is_not_it() -> None:
    assert not any(
        map(is_concurrent, ("SELECT 'CONCURRENTLY'", "CREATE INDEX concurrently_i ON t (a)", "no SQL"))
    )
