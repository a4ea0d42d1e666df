"""What cannot be done in batches is refused with its reason, one statement for each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from benchmarks.backfills import HAZARDS, KEYS, REFUSED, refused, tables
from checks.backfill.refusals import REASONS
from checks.sandbox import Database, Server

WORDS = {
    "no_table": "no table whose rows",
    "with_clause": "in its WITH",
    "returning": "RETURNING",
    "on_conflict": "ON CONFLICT",
    "windows": "all rows of its result",
    "aggregates": "puts rows together",
    "order": "order of all rows",
    "reads_itself": "which it changes",
    "reads_the_unknown": "is not known",
    "functions": "not IMMUTABLE",
    "choice": "chooses other rows",
    "system_columns": "each version of a row",
    "no_key": "cannot be walked",
    "catalogs": "sees a statement as a whole",
}
"""Reason → some of its words. ``at_a_cursor`` has no statement that PostgreSQL would run by itself."""


@pytest.fixture(scope="module")
def reasons(server: Server) -> Iterator[dict[str, str]]:
    name = f"refused_{uuid.uuid4().hex[:12]}"
    server.create(name)
    database = Database(server, name)
    with database.connect() as session:
        session.execute((tables(KEYS[0]) + HAZARDS).encode())
    yield dict(refused(database))
    server.drop(name)


@pytest.mark.parametrize("statement", REFUSED)
def test_it_is_refused(statement: str, reasons: dict[str, str]) -> None:
    assert reasons[statement]


def test_there_is_a_statement_for_every_reason(reasons: dict[str, str]) -> None:
    assert {one.__name__ for one in REASONS} - {"at_a_cursor"} == WORDS.keys()
    for name, words in WORDS.items():
        assert any(words in sentence for sentence in reasons.values()), name


def test_what_the_catalogs_say_against_it_is_told_by_name(reasons: dict[str, str]) -> None:
    assert "`whole` of `watched`" in reasons["UPDATE watched SET c = 1"]
    assert "Rule `r` of `ruled`" in reasons["UPDATE ruled SET c = 1"]
    assert "ON DELETE CASCADE" in reasons["DELETE FROM referred"]
    assert "refers to the table itself" in reasons["DELETE FROM tree"]
    assert "`late_place_key`" in reasons["UPDATE late SET place = place + 1"]
    assert "inherit" in reasons["UPDATE parent SET c = 1"]
    assert "a column that it sets" in reasons["UPDATE referred SET code = code + 1"]
