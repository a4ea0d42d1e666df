"""Scripts that would never end, or take all there is: ended from outside, within the limit."""

from __future__ import annotations

import time

import psycopg
import pytest

from checks.errors import SandboxLost
from checks.sandbox import Database, open_server
from checks.sandbox.watchdog import time_limit
from checks.settings import Limits, Settings

STUBBORN = """
    DO $$ BEGIN
        LOOP
            BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END;
        END LOOP;
    END $$
"""


def small(**limits: int) -> Settings:
    return Settings(postgres=18, provider="bundled", limits=Limits(**limits))


def test_a_statement_in_time_is_left_alone(database: Database) -> None:
    with database.connect() as app:
        for _ in range(100):
            with time_limit(database.server, app, 30) as limit:
                app.execute("SELECT 1")
            assert not limit.expired


def test_an_endless_sleep_is_cancelled_and_the_session_goes_on(database: Database) -> None:
    with database.connect() as app:
        app.execute("SET statement_timeout = 0")
        with pytest.raises(psycopg.errors.QueryCanceled), time_limit(database.server, app, 0.2) as limit:
            app.execute("SELECT pg_sleep(600)")
        assert limit.expired
        assert app.execute("SELECT 1").fetchone() == (1,)


def test_a_loop_that_catches_the_cancel_loses_its_session(database: Database) -> None:
    with database.connect() as app:
        with pytest.raises(psycopg.OperationalError), time_limit(database.server, app, 0.2) as limit:
            app.execute(STUBBORN)
        assert limit.expired
        assert app.broken
    with database.connect() as app:
        assert app.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_does_not_answer_any_more_is_killed() -> None:
    with open_server(small()) as server:
        server.create("base")
        app = server.connect("base")
        server.terminate = lambda pid: time.sleep(5)  # type: ignore[method-assign]  # a terminate that has no effect
        with pytest.raises(SandboxLost), time_limit(server, app, 0.2) as limit:
            app.execute(STUBBORN)
        assert limit.expired


def test_a_server_killed_in_the_middle_is_lost() -> None:
    with open_server(small()) as server:
        server.create("base")
        app = server.connect("base")
        server.kill()
        with pytest.raises(SandboxLost), time_limit(server, app, 30):
            app.execute("SELECT 1")


def test_memory_is_bounded() -> None:
    with open_server(small(memory_mb=512)) as server:
        server.create("base")
        with server.connect("base") as app:
            app.execute("SET work_mem = '100GB'")
            with pytest.raises(psycopg.OperationalError, match="out of memory"), time_limit(server, app, 60):
                app.execute(
                    "SELECT length(string_agg(repeat('x', 1000000), '')) FROM generate_series(1, 900)"
                )
            assert app.execute("SELECT 1").fetchone() == (1,)


def test_a_full_disk_is_an_error_or_the_end_of_the_server_but_never_ours() -> None:
    with open_server(small(disk_mb=128)) as server:
        if "process" in server.info.isolation:
            pytest.skip("the disk of a plain process is not bounded")
        server.create("base")
        app = server.connect("base")
        with pytest.raises((psycopg.errors.DiskFull, SandboxLost)), time_limit(server, app, 60):
            app.execute("CREATE TABLE t AS SELECT repeat('x', 1000) AS x FROM generate_series(1, 1000000)")


def test_temporary_files_are_bounded() -> None:
    with open_server(small(disk_mb=256)) as server:
        server.create("base")
        with server.connect("base") as app:
            app.execute("SET work_mem = '64kB'")
            with pytest.raises(psycopg.errors.ConfigurationLimitExceeded), time_limit(server, app, 60):
                app.execute("SELECT repeat(md5(n::text), 20) FROM generate_series(1, 500000) n ORDER BY 1")


def test_a_flood_of_advisory_locks_ends_in_an_error(database: Database) -> None:
    with database.connect() as app, pytest.raises(psycopg.errors.OutOfMemory):
        app.execute("SELECT pg_advisory_lock(n) FROM generate_series(1, 10000000) n")
