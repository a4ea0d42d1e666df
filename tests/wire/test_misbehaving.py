"""Commands that do what no framework does: each is bounded, said clearly, and leaves nothing behind."""

from __future__ import annotations

import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest
from heard import Ear, ear

from checks.errors import UsageError
from checks.sandbox import Database, Server
from checks.wire import tape
from checks.wire.command import Heard, run_command
from checks.wire.printed import Masked
from checks.wire.proxy import MOST_CONNECTIONS, listening

CONNECT = "import os, psycopg; connect = lambda **more: psycopg.connect('', autocommit=True, **more)\n"


def run(database: Database, folder: Path, script: str, seconds: float = 60, **environment: str) -> Heard:
    """A Python script as the command."""
    command = [sys.executable, "-c", CONNECT + script]
    given = {"PATH": "/usr/bin:/bin", **environment}
    return run_command(command, database, folder=folder, environment=given, seconds=seconds)


def still_running(marker: str) -> list[int]:
    found = psutil.process_iter(["pid", "cmdline"])
    return [one.info["pid"] for one in found if marker in " ".join(one.info["cmdline"] or [])]


def test_nothing_of_a_command_outlives_it(database: Database, tmp_path: Path) -> None:
    """It ends well, and leaves a process in a session of its own, with another parent, that ignores SIGTERM."""
    marker = f"left-{time.time_ns()}"
    script = f"import subprocess; subprocess.run(['sh', '-c', \"(setsid sh -c 'trap : TERM; while :; do sleep 1; done; : {marker}' &)\"])"
    heard = run(database, tmp_path, script)
    assert heard.exit_code == 0 and still_running(marker) == []


def test_python_is_python3_on_a_bare_debian(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="python cannot be started: No such file") as told:
        run_command(["python"], database, folder=tmp_path, environment={"PATH": str(tmp_path)}, seconds=60)
    assert "name `python3`" in told.value.hint


def test_a_command_that_kills_itself(database: Database, tmp_path: Path) -> None:
    heard = run(database, tmp_path, "connect().execute('SELECT 1'); os.kill(os.getpid(), 9)")
    assert (heard.exit_code, heard.ending) == (-9, "was killed by SIGKILL")
    assert [one.sql for one in heard.recorded] == ["SELECT 1"]


def test_what_it_did_not_wait_for_is_heard_and_not_taken_for_done(database: Database, tmp_path: Path) -> None:
    script = """
own = connect().pgconn
own.send_query(b'SELECT pg_sleep(600)')
own.flush()
os.kill(os.getpid(), 9)
"""
    [one] = run(database, tmp_path, script).recorded
    assert (one.sql, one.tag, "the end was not seen" in one.lost) == ("SELECT pg_sleep(600)", "", True)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("dbname='postgres'", 'the database "postgres" is not let through'),
        ("user='migration_admin'", 'the user "migration_admin" is not let through'),
    ],
)
def test_it_gets_nowhere_but_to_its_database(
    database: Database, tmp_path: Path, wanted: str, said: str
) -> None:
    script = f"""
try:
    connect({wanted})
except psycopg.OperationalError as error:
    assert {said!r} in str(error), error
"""
    heard = run(database, tmp_path, script)
    assert heard.exit_code == 0 and heard.elsewhere[0].startswith(said) and heard.recorded == ()


def test_it_can_neither_drop_nor_make_a_database(database: Database, tmp_path: Path) -> None:
    script = """
for text in (f'DROP DATABASE {os.environ["PGDATABASE"]}', 'CREATE DATABASE more'):
    try:
        connect().execute(text)
    except psycopg.Error:
        pass
"""
    heard = run(database, tmp_path, script)
    assert [one.error.sqlstate for one in heard.recorded if one.error] == ["55006", "42501"]


def test_the_password_that_it_is_given_opens_nothing_else(
    database: Database, server: Server, tmp_path: Path
) -> None:
    heard = run(
        database,
        tmp_path,
        "connect().execute(f\"COMMENT ON SCHEMA public IS '{os.environ['DATABASE_URL']}'\")",
    )
    [one] = heard.recorded
    assert ":***@" in one.sql
    with psycopg.connect(host=server.address.host, user="app", dbname=database.name) as own:
        comment = own.execute("SELECT obj_description('public'::regnamespace)").fetchone()
    password = str(comment[0]).partition(":")[2].partition(":")[2].partition("@")[0] if comment else ""
    assert password not in one.model_dump_json() and len(password) > 20
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host=server.address.host, user="migration_admin", password=password, dbname="postgres"
        )


def test_the_environment_does_not_lead_it_elsewhere(database: Database, tmp_path: Path) -> None:
    heard = run(database, tmp_path, "connect().execute('SELECT 1')", PGHOSTADDR="192.0.2.1", PGSERVICE="live")
    assert heard.exit_code == 0 and len(heard.recorded) == 1


def test_a_flood_of_output_is_not_passed_on(
    database: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    heard = run(database, tmp_path, "piece = 'x' * 1_000_000\nfor _ in range(100): print(piece)")
    shown = capfd.readouterr().err
    assert heard.exit_code == 0 and len(shown) < 5_000_000
    assert "printed more than 4,000,000 bytes; the rest is not shown" in shown


def test_what_it_prints_has_no_password(
    database: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(database, tmp_path, "print(os.environ['DATABASE_URL'])")
    assert ":***@127.0.0.1:" in capfd.readouterr().err


def test_a_word_is_masked_in_whatever_pieces_it_comes() -> None:
    text = b"secsecretret secre secret sec"
    for size in range(1, len(text) + 1):
        masked = Masked(b"secret")
        pieces = [masked.feed(text[start : start + size]) for start in range(0, len(text), size)]
        assert b"".join([*pieces, masked.rest()]) == b"sec***ret secre *** sec"


def test_a_flood_of_statements_is_cut_and_said_to_be(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape, "MOST_STATEMENTS", 50)
    heard = run(database, tmp_path, "own = connect()\nfor n in range(100): own.execute(f'SELECT {n}')")
    assert len(heard.recorded) == 51
    assert "all that followed is left out" in heard.recorded[-1].lost


def test_a_literal_that_is_too_large_passes_and_is_said_to_be_lost(
    database: Database, tmp_path: Path
) -> None:
    """Also when an older statement of the same name is known: that is not what ran."""
    script = """
own = connect()
for text in ('x', 'x' * 20_000_000):
    own.execute(f"SELECT length('{text}')")
own.execute("SELECT length(%s)", ('x' * 20_000_000,))
own.execute("SELECT 1 + %s", (1,))
"""
    heard = run(database, tmp_path, script)
    assert [(one.sql, bool(one.lost)) for one in heard.recorded] == [
        ("SELECT length('x')", False), ("", True), ("", True), ("SELECT 1 + 1::int2", False),
    ]  # fmt: skip


@pytest.fixture
def wire(server: Server) -> object:
    with ear(server) as opened:
        yield opened


def test_connections_without_end(wire: Ear) -> None:
    """None of them is ever closed by the client, half of them never speak; the next one is served when they go."""
    with listening(wire.server.address, wire.database) as proxy:
        conninfo = wire.conninfo.replace(f"port={wire.proxy.port}", f"port={proxy.port}")
        silent = [socket.create_connection(("127.0.0.1", proxy.port)) for _ in range(MOST_CONNECTIONS)]
        with pytest.raises(psycopg.OperationalError, match="connections at one time are not let through"):
            psycopg.connect(conninfo)
        for one in silent:
            one.close()
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(conninfo).close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < deadline
        assert "connections at one time" in proxy.refused[0]


def test_a_client_that_does_not_read_holds_the_server_up(wire: Ear) -> None:
    """What it does not read waits in the server, not with us."""
    query = b"SELECT repeat('x', 1000000) FROM generate_series(1, 60)\0"
    with (
        psycopg.connect(wire.conninfo) as client,
        psycopg.connect(wire.conninfo, autocommit=True) as other,
        socket.socket(fileno=socket.dup(client.fileno())) as line,
    ):
        line.settimeout(60)
        line.sendall(b"Q" + struct.pack("!I", len(query) + 4) + query)
        waits = f"SELECT FROM pg_stat_activity WHERE pid = {client.info.backend_pid} AND wait_event = 'ClientWrite'"
        deadline = time.monotonic() + 60
        while other.execute(waits.encode()).fetchone() is None:
            assert time.monotonic() < deadline
        came = 0
        while came < 60_000_000:
            came += len(line.recv(1 << 20))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_whoever_runs_it(tmp_path: Path, number: signal.Signals) -> None:
    marker, begun = f"mine-{time.time_ns()}", tmp_path / "begun"
    command = ["sh", "-c", f"touch {begun}; while :; do sleep 1; done; : {marker}"]
    script = (
        "from pathlib import Path; from checks.wire.kept import run_kept; "
        f"run_kept({command!r}, Path({str(tmp_path)!r}), {{'PATH': '/usr/bin:/bin'}}, 600, '')"
    )
    ours = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not begun.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    ours.send_signal(number)
    ours.wait(60)
    while still_running(marker) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert still_running(marker) == []
