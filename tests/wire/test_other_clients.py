"""node-postgres and pgjdbc through the proxy, in all their ways: what was heard is what the server's own log says."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest
import wire_programs
from heard import Ear, ear

from checks.sandbox import Server
from checks.wire.command import variables


@pytest.fixture
def wire(server: Server) -> Iterator[Ear]:
    with ear(server) as opened:
        yield opened


@pytest.mark.parametrize("client", [wire_programs.node, wire_programs.java], ids=["node-postgres", "pgjdbc"])
def test_all_that_it_says_is_heard(wire: Ear, client: object) -> None:
    command, more = client()  # type: ignore[operator]
    where = variables(wire.proxy.port, wire.server, wire.database)
    done = subprocess.run(
        command, env={**os.environ, **where, **more}, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stderr
    # Two connections at once are written down in the order of their ends, and logged in that of their beginnings.
    assert Counter(wire.heard()) == Counter(wire.logged())
    assert {one.tag.split()[0] for one in wire.proxy.recorded if one.lost} == {"COPY"}
    assert [one.error.sqlstate for one in wire.proxy.recorded if one.error] == ["23505", "57014"]
    _holds_the_same_rows_when_it_is_said_again(wire)


def _holds_the_same_rows_when_it_is_said_again(wire: Ear) -> None:
    """Values are written out as literals; the rows of COPY are not kept."""
    said = [one.sql for one in sorted(wire.proxy.recorded, key=lambda one: one.started) if _changes(one.sql)]
    query = "SELECT * FROM t WHERE id NOT IN (100, 101) ORDER BY id"
    with psycopg.connect(wire.conninfo, autocommit=True) as connection:
        rows = connection.execute(query).fetchall()
        connection.execute("DROP TABLE t")
        for statement in said:
            try:
                connection.execute(statement.encode())
            except psycopg.errors.UniqueViolation:
                continue  # the one that failed before, too
        assert len(rows) >= 8 and connection.execute(query).fetchall() == rows


def _changes(sql: str) -> bool:
    return sql.startswith(("CREATE", "ALTER", "INSERT", "UPDATE"))


@pytest.mark.parametrize("version", ["3.0", "3.2"])
def test_both_versions_of_the_protocol(wire: Ear, version: str) -> None:
    """3.2 has longer keys for requests to cancel, and asks the server with a version that it may negotiate."""
    if psycopg.pq.version() < 180000:
        pytest.skip("libpq is older than 18")
    with psycopg.connect(
        f"{wire.conninfo} min_protocol_version={version} max_protocol_version={version}", autocommit=True
    ) as connection:
        connection.execute("SELECT %s::int", (1,), prepare=True)
        connection.execute("SET statement_timeout = '1ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(60)")
    assert wire.heard() == wire.logged()
