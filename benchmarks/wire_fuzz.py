"""Broken messages against the live proxy, with a real server behind it: nothing crashes, and the next client is served.

    python -m benchmarks.wire_fuzz [--messages 10000] [--seed 7]

Half of them come from a client that has signed in and then sends messages that are cut, swapped and made up; half come from
a server that answers like that. After each connection a sound client is served. Prints what was sent and what it took; exits
with 1 when something crashed, hung, or was not served.
"""

from __future__ import annotations

import argparse
import logging
import random
import resource
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from checks.sandbox import Server, open_server
from checks.sandbox.sessions import Address, Sessions
from checks.settings import Limits, Settings
from checks.wire.proxy import Proxy, listening

PER_CONNECTION = 40
PATIENCE = 30.0
"""Seconds for anything: what takes longer hangs."""
FRONTEND = (
    (b"Q", b"SELECT 1; SELECT 'x'\0"), (b"P", b"s\0SELECT $1 + 1\0\0\x01\0\0\0\x17"), (b"P", b"\0SELECT now()\0\0\0"),
    (b"B", b"p\0s\0\0\x01\0\x01\0\x01\0\0\0\x04\0\0\0\x05\0\0"), (b"B", b"\0\0\0\0\0\0\0\0"), (b"E", b"p\0\0\0\0\x01"),
    (b"E", b"\0\0\0\0\0"), (b"D", b"Ss\0"), (b"D", b"Pp\0"), (b"C", b"Ss\0"), (b"S", b""), (b"H", b""), (b"d", b"1\t2\n"),
    (b"c", b""), (b"f", b"no\0"), (b"F", b"\0\0\0\x1e\0\0\0\0\0\0"), (b"p", b"x\0"),
    (b"Q", b"COPY (SELECT 1) TO STDOUT\0"), (b"Q", b"CREATE TEMP TABLE IF NOT EXISTS c (a int, b int)\0"), (b"Q", b"COPY c FROM STDIN\0"),
)  # fmt: skip
BACKEND = (
    (b"Z", b"I"), (b"Z", b"T"), (b"C", b"SELECT 1\0"), (b"1", b""), (b"2", b""), (b"3", b""), (b"n", b""), (b"s", b""), (b"I", b""),
    (b"E", b"SERROR\0C42601\0Mno\0\0"), (b"t", b"\0\x01\0\0\0\x17"), (b"T", b"\0\x01a\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0"),
    (b"D", b"\0\x01\0\0\0\x011"), (b"G", b"\0\0\0"), (b"H", b"\0\0\0"), (b"V", b"\xff\xff\xff\xff"), (b"N", b"SNOTICE\0Mx\0\0"),
    (b"A", b"\0\0\0\x01c\0p\0"), (b"S", b"a\0b\0"), (b"W", b"\0\0\0"),
)  # fmt: skip


@dataclass
class Tally:
    messages: int = 0
    connections: int = 0
    served: int = 0
    problems: list[str] = field(default_factory=list)


class Crashes(logging.Handler):
    """What asyncio says of an exception that nobody caught."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(logging.ERROR)
        self._tally = tally

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._tally.problems.append(f"{record.getMessage().splitlines()[0]}: {error!r}")


@contextmanager
def watched(tally: Tally) -> Iterator[Tally]:
    crashes = Crashes(tally)
    logging.getLogger("asyncio").addHandler(crashes)
    try:
        yield tally
    finally:
        logging.getLogger("asyncio").removeHandler(crashes)


class Fuzz:
    """One stream of messages from a seed."""

    def __init__(self, chance: random.Random, known: tuple[tuple[bytes, bytes], ...]) -> None:
        self._chance = chance
        self._known = known

    def message(self) -> bytes:
        """As it should be, with a body that is cut or changed, or with a head that lies."""
        chance = self._chance
        type, body = chance.choice(self._known)
        kind = chance.random()
        if kind < 0.5:
            body = self._changed(bytearray(body))
        if kind < 0.04:
            return chance.randbytes(chance.randrange(1, 12))
        length = len(body) + 4
        if kind > 0.96:
            length = chance.choice([0, 3, length - 1, length + 1, 1 << 20, 0x7FFFFFFF, 0xFFFFFFFF])
        return type + struct.pack("!I", length & 0xFFFFFFFF) + body

    def _changed(self, body: bytearray) -> bytes:
        chance = self._chance
        for _ in range(chance.randrange(3)):
            start = chance.randrange(len(body) + 1)
            body[start : start + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
        return bytes(body[: chance.randrange(len(body) + 1)] if chance.random() < 0.2 else body)


def hostile_clients(
    proxy: Proxy, connect: Callable[[], psycopg.Connection], messages: int, seed: int
) -> Tally:
    """Sign in, say nonsense, go away without a word; then a sound client asks something."""
    fuzz = Fuzz(random.Random(seed), FRONTEND)
    with watched(Tally()) as tally:
        while tally.messages < messages and not tally.problems:
            signed_in = connect()
            with socket.socket(fileno=socket.dup(signed_in.fileno())) as line:
                _say_nonsense(line, fuzz, tally)
            signed_in.pgconn.finish()
            tally.connections += 1
            _expect_served(connect, tally)
    return tally


def _say_nonsense(line: socket.socket, fuzz: Fuzz, tally: Tally) -> None:
    line.settimeout(PATIENCE)
    reader = threading.Thread(target=_read_all, args=(line,))
    reader.start()
    try:
        for _ in range(PER_CONNECTION):
            tally.messages += 1
            line.sendall(fuzz.message())
        line.shutdown(socket.SHUT_WR)
    except TimeoutError:
        tally.problems.append("a hostile client is not read any more")
    except OSError:
        pass  # it was sent away, which is right
    reader.join(PATIENCE)
    if reader.is_alive():
        tally.problems.append("a hostile client's connection is never closed")


def _read_all(line: socket.socket) -> None:
    try:
        while line.recv(1 << 16):
            pass
    except (ConnectionResetError, TimeoutError):
        return


def _expect_served(connect: Callable[[], psycopg.Connection], tally: Tally) -> None:
    with connect() as sound:
        if sound.execute("SELECT 41 + %s", (1,)).fetchone() == (42,):
            tally.served += 1
        else:
            tally.problems.append("a sound client got another client's answer")


def hostile_servers(messages: int, seed: int) -> Tally:
    """A server that signs everybody in and then answers nonsense; each client is left alone when it goes."""
    fuzz = Fuzz(random.Random(seed), BACKEND)
    with watched(Tally()) as tally, _answering(fuzz, tally) as port:
        address = Address("127.0.0.1", str(port), more={"sslmode": "disable"})
        with listening(address) as proxy:
            while tally.messages < messages and not tally.problems:
                tally.connections += 1
                with socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE) as client:
                    _ask(client, tally)
                tally.served += 1
    return tally


def _ask(client: socket.socket, tally: Tally) -> None:
    startup = struct.pack("!I", 196608) + b"user\0app\0\0"
    client.sendall(struct.pack("!I", len(startup) + 4) + startup)
    query = b"".join(type + struct.pack("!I", len(body) + 4) + body for type, body in FRONTEND[:7])
    try:
        for _ in range(PER_CONNECTION // 8):
            client.sendall(query)
        client.shutdown(socket.SHUT_WR)
        while client.recv(1 << 16):
            pass
    except TimeoutError:
        tally.problems.append("a client of a hostile server waits for ever")
    except OSError:
        pass  # the door was closed on nonsense, which is right


@contextmanager
def _answering(fuzz: Fuzz, tally: Tally) -> Iterator[int]:
    """A port whose answers come one connection at a time."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            with line:
                _answer(line, fuzz, tally)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(door.getsockname()[1])
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()


def _answer(line: socket.socket, fuzz: Fuzz, tally: Tally) -> None:
    line.settimeout(PATIENCE)
    try:
        line.recv(1000)
        line.sendall(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I")
        for _ in range(PER_CONNECTION):
            tally.messages += 1
            line.sendall(fuzz.message())
        line.shutdown(socket.SHUT_WR)
        while line.recv(1 << 16):
            pass
    except (OSError, TimeoutError):
        return  # the proxy has gone, which is right


def to_proxy(server: Server, proxy: Proxy, database: str) -> Callable[[], psycopg.Connection]:
    assert isinstance(server, Sessions)

    def connect() -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=proxy.port, user="app", password="x", dbname=database, autocommit=True
        )

    return connect


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    wanted = parser.parse_args()
    print("| who is hostile | messages | connections | served afterwards | s | more memory, MB | problems |")
    print("|---|---|---|---|---|---|---|")
    with open_server(Settings(limits=Limits(total_seconds=3600))) as server:
        server.create("fuzz")
        assert isinstance(server, Sessions)
        with listening(server.address, "fuzz") as proxy:
            connect = to_proxy(server, proxy, "fuzz")
            found = _row("client", lambda: hostile_clients(proxy, connect, wanted.messages // 2, wanted.seed))
        found += _row("server", lambda: hostile_servers(wanted.messages // 2, wanted.seed))
    sys.exit(1 if found else 0)


def _row(who: str, run: Callable[[], Tally]) -> list[str]:
    before, start = _memory(), time.perf_counter()
    tally = run()
    took, more = time.perf_counter() - start, _memory() - before
    problems = "; ".join(tally.problems) or "none"
    print(
        f"| {who} | {tally.messages:,} | {tally.connections:,} | {tally.served:,} | {took:.1f} | {more:.0f} | {problems} |",
        flush=True,
    )
    return tally.problems


def _memory() -> float:
    """The most that this process has taken so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
