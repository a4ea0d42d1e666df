"""Advice for a migration that fails on the synthetic rows: on those of them that it takes."""

from __future__ import annotations

from advising import PATH, fill, goose, proving

from checks.sandbox import Database

TABLES = """
CREATE TABLE people (id bigint PRIMARY KEY);
INSERT INTO people SELECT n FROM generate_series(1, 5) n;
CREATE TABLE t (id bigint PRIMARY KEY, a text, b int, person_id bigint);
INSERT INTO t SELECT n, 'A' || n, n % 15, n + 100 FROM generate_series(1, 20) n;
"""
PATIENT = "SET LOCAL lock_timeout = '2s';"
UNIQUE = "ALTER TABLE t ADD CONSTRAINT u UNIQUE (b);"
FOREIGN_KEY = "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (person_id) REFERENCES people NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT f;"
INDEX = "CREATE INDEX t_a ON t (a);"


def test_what_else_it_does_has_its_way(database: Database) -> None:
    fill(database, TABLES)
    up = "\n".join((PATIENT, UNIQUE, FOREIGN_KEY, INDEX))
    with proving(database, goose(up), rows=True) as change:
        advised = {one.rule: one.advice for one in change.advised()}
    assert advised["unique-fails-on-rows"] is None  # its rows are just those that were left out
    index = advised["index-without-concurrently"]
    assert index and index.proven, index
    assert "those were left out that line 3 refuses" in index.seen[0]
    assert index.files[0].path == PATH


def test_what_takes_no_row_at_all_has_none(database: Database) -> None:
    fill(database, TABLES)
    up = f"{PATIENT}\nALTER TABLE t ADD CHECK (b > 100);\n{INDEX}"
    with proving(database, goose(up), rows=True) as change:
        assert {one.advice for one in change.advised()} == {None}
        with change.state.database.connect() as session:
            assert session.execute("SELECT count(*) FROM t").fetchone() == (20,)
