"""What is no protocol, or a broken one: nothing crashes, nothing hangs, the next client is served."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Iterator

import psycopg
import pytest
from heard import Ear, ear

from benchmarks.wire_fuzz import hostile_clients, hostile_servers, to_proxy
from checks.sandbox import Server
from checks.wire.answers import FROM_SERVER, Answers
from checks.wire.conversation import Conversation
from checks.wire.frames import Frame, FrameError, Frames
from checks.wire.questions import FROM_CLIENT, Questions

STARTUP = b"\0\x03\0\0user\0app\0\0"


@pytest.fixture
def wire(server: Server) -> Iterator[Ear]:
    with ear(server) as opened:
        yield opened


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def test_messages_are_cut_whatever_pieces_they_come_in() -> None:
    stream = _message(b"Q", b"SELECT 1\0") + _message(b"d", b"x" * 1000) + _message(b"S", b"")
    for size in (1, 2, 3, 7, 100, len(stream)):
        frames = Frames({b"Q", b"S"})
        pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
        assert [frame for piece in pieces for frame in frames.feed(piece)] == [
            Frame(b"Q", b"SELECT 1\0"), Frame(b"S", b""),
        ]  # fmt: skip


def test_what_is_no_message_is_refused() -> None:
    for noise in (b"\xff\0\0\0\x04", b"Q\0\0\0\x03", b" \0\0\0\x09"):
        with pytest.raises(FrameError):
            list(Frames(FROM_CLIENT).feed(noise))


def test_ten_thousand_broken_messages() -> None:
    """Each conversation hears valid types with bodies that are cut, swapped and made up, from both sides."""
    chance = random.Random(7)
    bodies = [
        b"",
        b"\0",
        b"SELECT 1\0",
        b"s\0SELECT $1\0\0\x01\0\0\0\x17",
        b"p\0s\0\0\x01\0\x01\0\x01\0\0\0\x04\0\0\0\x05\0\0",
        b"Sx\0",
    ]
    heard: list[object] = []
    for _ in range(100):
        talk = Conversation(1, heard.append)
        questions, answers = Questions(talk), Answers(talk)
        for _ in range(100):
            body = bytearray(chance.choice(bodies))
            if body and chance.random() < 0.6:
                start = chance.randrange(len(body))
                body[start : chance.randrange(start, len(body) + 1)] = chance.randbytes(2)
            if chance.random() < 0.5:
                questions.sent([Frame(chance.choice(sorted(FROM_CLIENT)), bytes(body))], 0.0)
            else:
                answers.answered([Frame(chance.choice(sorted(FROM_SERVER)), bytes(body))], 0.0)
    assert heard, "the noise was not close enough to the protocol to be heard at all"


def test_a_hostile_client_that_has_signed_in(wire: Ear) -> None:
    """A small share of ``python -m benchmarks.wire_fuzz``: the server behind is a real one."""
    tally = hostile_clients(wire.proxy, to_proxy(wire.server, wire.proxy, wire.database), 600, seed=11)
    assert tally.problems == [] and tally.served == tally.connections >= 15


def test_a_hostile_server() -> None:
    tally = hostile_servers(600, seed=11)
    assert tally.problems == [] and tally.served == tally.connections >= 15


@pytest.mark.parametrize(
    "noise",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"",
        b"\0\0\0\x08\x04\xd2\x16\x2f" * 3,
        struct.pack("!I", 2_000_000_000) + b"\0\x03\0\0",
        struct.pack("!I", len(STARTUP) + 4) + STARTUP + b"\xff" * 100,
    ],
)
def test_the_next_client_is_served(wire: Ear, noise: bytes) -> None:
    with socket.create_connection(("127.0.0.1", wire.proxy.port), timeout=10) as client:
        client.sendall(noise)
        client.shutdown(socket.SHUT_WR)
        while client.recv(1000):
            pass
    with psycopg.connect(wire.conninfo) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
