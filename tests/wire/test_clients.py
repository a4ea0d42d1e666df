"""Real clients through the proxy: what was heard is what the server's own log says, one by one."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator

import asyncpg
import pg8000.native
import psycopg
import pytest
from heard import Ear, ear

from checks.sandbox import Server

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
ID = uuid.UUID("00000000-0000-4000-8000-000000000001")
TABLE = "CREATE TABLE t (id int PRIMARY KEY, a text, b timestamptz, n numeric, u uuid, l int[], j jsonb)"


@pytest.fixture
def wire(server: Server) -> Iterator[Ear]:
    with ear(server) as opened:
        yield opened


def _agree(wire: Ear) -> None:
    assert wire.heard() == wire.logged()
    assert [one.lost for one in wire.proxy.recorded if one.lost] == []


def test_psycopg(wire: Ear) -> None:
    with psycopg.connect(wire.conninfo) as connection:
        connection.execute(TABLE)
        connection.execute(
            "INSERT INTO t VALUES (%s, %s, %s, %s, %s, %s)",
            (1, "o'x\n", NOW, decimal.Decimal("1.50"), ID, [1, 2]),
        )
        connection.execute("INSERT INTO t (id, a) VALUES (%b, %b)", (2, "binär"))
        connection.commit()
        with pytest.raises(psycopg.errors.DivisionByZero):
            connection.execute("SELECT 1/0")
        connection.rollback()
        for id in range(3, 10):
            connection.execute("SELECT a FROM t WHERE id = %s", (id,), prepare=True)
        with connection.pipeline():
            for id in range(10, 13):
                connection.execute("INSERT INTO t (id) VALUES (%s)", (id,))
        connection.execute("SET search_path = public; CREATE INDEX ON t (a); ANALYZE t")
    _agree(wire)
    [failed] = [one for one in wire.proxy.recorded if one.error]
    assert (failed.sql, failed.error and failed.error.sqlstate) == ("SELECT 1/0", "22012")


def test_asyncpg(wire: Ear) -> None:
    """Binary parameters whose types only the server knows, prepared before they are executed, pipelined."""

    async def talk() -> None:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=wire.proxy.port, database=wire.database, user="app", password=wire.password
        )
        await connection.execute(f"{TABLE}; CREATE INDEX ON t (a)")
        await connection.executemany(
            "INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [(id, "a'", NOW, decimal.Decimal("2.5"), ID, [id, 7], '{"k": [1]}') for id in range(3)],
        )
        async with connection.transaction():
            await connection.fetch("SELECT * FROM t WHERE id > $1", 0)
            await connection.execute("UPDATE t SET a = $1 WHERE id = $2", None, 1)
        await connection.close()

    asyncio.run(talk())
    _agree(wire)
    assert "UPDATE t SET a = NULL WHERE id = 1::int4" in [one.sql for one in wire.proxy.recorded]
    _runs_again(wire)


def test_pg8000(wire: Ear) -> None:
    connection = pg8000.native.Connection(
        "app", host="127.0.0.1", port=wire.proxy.port, database=wire.database, password=wire.password
    )
    connection.run(TABLE)
    connection.run(
        "INSERT INTO t (id, a, b, n) VALUES (:i, :a, :b, :n)", i=1, a="x", b=NOW, n=decimal.Decimal("3")
    )
    connection.close()
    _agree(wire)
    _runs_again(wire)


def test_copy_is_heard_and_its_rows_are_said_to_be_lost(wire: Ear) -> None:
    with psycopg.connect(wire.conninfo, autocommit=True) as connection:
        connection.execute(TABLE)
        with connection.cursor().copy("COPY t (id) FROM STDIN") as copy:
            copy.write("1\n2\n")
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (2,)
    assert wire.heard() == wire.logged()
    assert [one.tag for one in wire.proxy.recorded if one.lost] == ["COPY 2"]


@pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")
def test_psql(wire: Ear) -> None:
    """libpq's own client: it asks for encryption first, and cancels on a connection of its own."""
    commands = [
        TABLE,
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "VACUUM t",
        "DO $$ BEGIN PERFORM 1; END $$; SELECT 2",
    ]
    arguments = [argument for command in commands for argument in ("-c", command)]
    subprocess.run(["psql", wire.conninfo, *arguments], check=True, capture_output=True)
    _agree(wire)


def test_a_request_to_cancel_arrives(wire: Ear) -> None:
    with psycopg.connect(wire.conninfo, autocommit=True) as connection:
        threading.Timer(0.3, connection.cancel_safe).start()
        start = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(60)")
        assert time.monotonic() - start < 30


def test_nothing_is_lost_with_eight_connections(wire: Ear) -> None:
    def work(number: int) -> None:
        with psycopg.connect(wire.conninfo, autocommit=True) as connection:
            connection.execute(f"CREATE TABLE t{number} (id int)".encode())
            for id in range(50):
                connection.execute(f"INSERT INTO t{number} VALUES (%s)".encode(), (id,))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(wire.heard()) == sorted(wire.logged())
    assert len(wire.heard()) == 8 * 51
    assert {one.connection for one in wire.proxy.recorded} == set(range(1, 9))


def _runs_again(wire: Ear) -> None:
    """What was heard, values written out, gives the same rows in another database."""
    with psycopg.connect(wire.conninfo, autocommit=True) as connection:
        rows = connection.execute("SELECT * FROM t ORDER BY id").fetchall()
        heard = [one.sql for one in wire.proxy.recorded if not one.sql.startswith("SELECT * FROM t ORDER")]
        connection.execute("DROP TABLE t")
        for statement in heard:
            connection.execute(statement.encode())
        assert connection.execute("SELECT * FROM t ORDER BY id").fetchall() == rows
