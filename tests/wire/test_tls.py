"""A server that demands TLS (``server_url``): the proxy comes in with libpq's parameters, as our own sessions do."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tls_server import TlsServer, tls_server

from checks.sandbox import Database, Server, open_server
from checks.sandbox.external import _address
from checks.sandbox.sessions import Address
from checks.settings import Settings
from checks.wire.command import run_command
from checks.wire.proxy import listening
from checks.wire.upstream import context

IS_ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
COMMAND = (
    "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL'], autocommit=True).execute(os.sys.argv[1])"
)


@pytest.fixture(scope="module")
def tls() -> Iterator[TlsServer]:
    with tls_server() as running:
        yield running


@pytest.fixture(scope="module")
def server(tls: TlsServer) -> Iterator[Server]:
    root = str(tls.folder / "root.crt")
    settings = Settings(server_url=tls.url(sslmode="verify-full", sslrootcert=root))
    with open_server(settings) as opened:
        yield opened


def through(address: Address, query: str) -> Any:
    """What a client that knows of no TLS gets, as the superuser."""
    with (
        listening(address) as proxy,
        psycopg.connect(
            host="127.0.0.1",
            port=proxy.port,
            user="postgres",
            password="throw-away",
            dbname="postgres",
            sslmode="disable",
        ) as client,
    ):
        return client.execute(query.encode()).fetchone()


def test_a_command_on_a_server_that_demands_it(server: Server, tmp_path: Path) -> None:
    """SCRAM through both connections: the server offers channel binding, which only one of them has."""
    name = f"tls_{uuid.uuid4().hex[:8]}"
    server.create(name)
    command = [sys.executable, "-c", COMMAND, "CREATE TABLE t (id int)"]
    heard = run_command(command, Database(server, name), folder=tmp_path, environment={}, seconds=60)
    assert (heard.exit_code, [one.tag for one in heard.recorded]) == (0, ["CREATE TABLE"])


@pytest.mark.parametrize(
    "parameters",
    [
        {},  # prefer
        {"sslmode": "require"},
        {"sslmode": "verify-ca", "sslrootcert": "root.crt"},
        {"sslmode": "verify-full", "sslrootcert": "root.crt", "ssl_min_protocol_version": "TLSv1.3"},
    ],
)
def test_the_way_to_the_server_is_encrypted(tls: TlsServer, parameters: dict[str, str]) -> None:
    given = {
        name: str(tls.folder / value) if name == "sslrootcert" else value
        for name, value in parameters.items()
    }
    assert through(_address(tls.url(**given)), IS_ENCRYPTED) == (True,)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"sslmode": "verify-ca", "sslrootcert": "other.crt"}, "certificate verify failed"),
        ({"sslmode": "require", "sslrootcert": "other.crt"}, "certificate verify failed"),
        ({"sslmode": "disable"}, "no pg_hba.conf entry"),
        ({"sslmode": "require", "sslrootcert": "missing.crt"}, "No such file"),
    ],
)
def test_what_does_not_fit_is_told_to_the_client(
    tls: TlsServer, parameters: dict[str, str], said: str
) -> None:
    given = {
        name: str(tls.folder / value) if name == "sslrootcert" else value
        for name, value in parameters.items()
    }
    with pytest.raises(psycopg.OperationalError, match=said):
        through(_address(tls.url(**given)), IS_ENCRYPTED)


def test_the_name_is_checked_when_it_shall_be(tls: TlsServer) -> None:
    root = str(tls.folder / "root.crt")
    by_number = tls.url(sslmode="verify-full", sslrootcert=root).replace("@localhost", "@127.0.0.1")
    with pytest.raises(psycopg.OperationalError, match="IP address mismatch"):
        through(_address(by_number), IS_ENCRYPTED)
    by_number = by_number.replace("verify-full", "verify-ca")
    assert through(_address(by_number), IS_ENCRYPTED) == (True,)


def test_the_environment_says_what_the_url_does_not(tls: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-ca")
    monkeypatch.setenv("PGSSLROOTCERT", str(tls.folder / "other.crt"))
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        through(_address(tls.url()), IS_ENCRYPTED)


def test_a_request_to_cancel_is_encrypted_too(tls: TlsServer) -> None:
    with (
        listening(_address(tls.url(sslmode="require"))) as proxy,
        psycopg.connect(
            host="127.0.0.1",
            port=proxy.port,
            user="postgres",
            password="throw-away",
            dbname="postgres",
            autocommit=True,
        ) as client,
    ):
        helper = threading.Thread(target=lambda: (_await_sleep(tls), client.cancel_safe()))
        helper.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            client.execute("SELECT pg_sleep(600)")
        helper.join()


def _await_sleep(tls: TlsServer) -> None:
    """A request to cancel what has not begun yet is for nobody."""
    begun = "SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
    with psycopg.connect(host=str(tls.folder), port=tls.port, user="postgres", dbname="postgres") as own:
        own.autocommit = True
        while own.execute(begun.encode()).fetchone() is None:
            time.sleep(0.01)


def test_what_is_said_unencrypted_is_not_taken_for_encrypted() -> None:
    """CVE-2021-23222: somebody between us and the server sends more than the answer to SSLRequest."""

    def say_too_much() -> None:
        line, _ = door.accept()
        with line:
            line.recv(8)
            line.sendall(b"S" + b"E\0\0\0\x05\0")
            line.recv(8)

    with socket.create_server(("127.0.0.1", 0)) as door:
        helper = threading.Thread(target=say_too_much)
        helper.start()
        address = Address("127.0.0.1", str(door.getsockname()[1]), more={"sslmode": "require"})
        with pytest.raises(psycopg.OperationalError, match="unencrypted after it was asked for TLS"):
            through(address, IS_ENCRYPTED)
        helper.join()


def test_versions_and_roots_as_libpq_takes_them() -> None:
    assert context({"sslmode": "require"}).verify_mode is ssl.CERT_NONE
    assert context({"sslmode": "prefer", "sslrootcert": "system"}).check_hostname
    assert context({}).minimum_version is ssl.TLSVersion.TLSv1_2
