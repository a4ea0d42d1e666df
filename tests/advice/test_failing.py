"""Advice for a migration that fails on the synthetic rows: on those of them that it takes."""

from __future__ import annotations

import pytest
from advising import PATH, fill, goose, proving

from checks.sandbox import Database

TABLES = """
CREATE TABLE people (id bigint PRIMARY KEY);
INSERT INTO people SELECT n FROM generate_series(1, 5) n;
CREATE TABLE t (id bigint PRIMARY KEY, a text, b int, person_id bigint);
INSERT INTO t SELECT n, 'A' || n, n % 15, n + 100 FROM generate_series(1, 20) n;
"""
INDEX = "CREATE INDEX t_a ON t (a);"
REFUSING = {
    "ALTER TABLE t ADD CONSTRAINT u UNIQUE (b);": "unique-fails-on-rows",
    "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (person_id) REFERENCES people;": "constraint-fails-on-rows",
}


@pytest.mark.parametrize("refusing", REFUSING)
def test_what_else_it_does_has_its_way(refusing: str, database: Database) -> None:
    fill(database, TABLES)
    with proving(database, goose(f"{refusing}\n{INDEX}"), rows=True) as change:
        advised = {one.rule: one.advice for one in change.advised()}
    assert advised[REFUSING[refusing]] is None  # its rows are just those that were left out
    index = advised["index-without-concurrently"]
    assert index and index.proven, index
    assert "those were left out that line 2 refuses" in index.seen[0]
    assert index.files[0].path == PATH


def test_what_takes_no_row_at_all_has_none(database: Database) -> None:
    fill(database, TABLES)
    with proving(database, goose(f"ALTER TABLE t ADD CHECK (b > 100);\n{INDEX}"), rows=True) as change:
        assert {one.advice for one in change.advised()} == {None}
        with change.state.database.connect() as session:
            assert session.execute("SELECT count(*) FROM t").fetchone() == (20,)
