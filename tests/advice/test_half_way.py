"""Ways that are only partly applied, or stop half-way, and limits that stand behind what they are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from advising import PATH, filled, goose, proving

from checks.model.findings import Advice
from checks.sandbox import Database, Server

TABLES = """
CREATE TABLE t (id bigint PRIMARY KEY, n numeric NOT NULL, m int);
INSERT INTO t SELECT n, n, n FROM generate_series(1, 30) n;
CREATE TABLE u (id bigint PRIMARY KEY);
INSERT INTO u VALUES (1);
"""
LIMIT = "SET LOCAL lock_timeout = '2s';"


@pytest.fixture(scope="module")
def tables(server: Server) -> Iterator[Database]:
    with filled(server, TABLES) as database:
        yield database


def advised(database: Database, up: str, down: str) -> Mapping[str, Advice]:
    with proving(database, goose(up, down)) as change:
        return {one.rule: one.advice for one in change.advised() if one.advice}


def test_a_down_does_not_undo_what_a_later_file_does(tables: Database) -> None:
    up = "CREATE INDEX a ON t (m);\nUPDATE t SET n = n * 100;"
    down = "UPDATE t SET n = n / 100;\nDROP INDEX a;"
    found = advised(tables, up, down)
    assert not found["unbatched-dml"].proven
    assert "taken back before that one has run" in found["unbatched-dml"].reason
    index = found["index-without-concurrently"]
    assert index.proven and all(("* 100" in one.content) == ("/ 100" in one.content) for one in index.files)


def test_a_limit_covers_the_statement_that_its_finding_is_about(tables: Database) -> None:
    up = "ALTER TABLE t ALTER m SET NOT NULL;\nALTER TABLE u ADD COLUMN b int;"
    down = "ALTER TABLE u DROP COLUMN b;\nALTER TABLE t ALTER m DROP NOT NULL;"
    found = advised(tables, up, down)
    advice = found["lock-timeout-missing"]
    assert advice.proven and found["set-not-null-without-check"].proven
    (content,) = [file.content for file in advice.files if file.path == PATH]
    assert content.index(LIMIT) < content.index("ALTER TABLE t")
    assert any("writes to `t`" in sentence for sentence in advice.seen)


def test_what_can_stop_half_way_says_what_to_do_then(tables: Database) -> None:
    up, down = "CREATE INDEX a ON t (n);\nCREATE INDEX b ON u (id);", "DROP INDEX a;\nDROP INDEX b;"
    advice = advised(tables, up, down)["index-without-concurrently"]
    assert advice.proven
    assert "drop an index that is left invalid, before it is run again" in advice.note
    alone = advised(tables, "CREATE INDEX a ON t (n);", "DROP INDEX a;")["index-without-concurrently"]
    assert "half-way" not in alone.note
