"""What the server's own log says that it was asked to run (``log_statement = all``), session by session."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher
from itertools import zip_longest

from checks.sandbox.cluster import Cluster
from checks.sql.split import split
from checks.wire.recorded import Recorded

SETTINGS = ("log_statement = 'all'", "log_min_messages = 'log'", "log_min_error_statement = 'panic'")
_ENTRY = re.compile(
    r"^\S+ \S+ UTC \[(?P<pid>\d+)\] LOG:  (?:statement|execute [^:]*): (?P<text>.*?)\n(?=\d{4}-\d\d-\d\d |\Z)",
    re.MULTILINE | re.DOTALL,
)

Sessions = list[list[str]]
"""The statements of each session, white space folded, in the order in which the sessions began to speak."""


@contextmanager
def everything_logged(server: Cluster, database: str) -> Iterator[int]:
    """Of the sessions of the migrations' role that begin within the block; gives where in the log that is."""
    role = f"ALTER ROLE app IN DATABASE {database}"
    for setting in SETTINGS:
        server.admin().execute(f"{role} SET {setting}".encode())
    yield server._cage.log.stat().st_size
    server.admin().execute(f"{role} RESET ALL".encode())


def logged(server: Cluster, log_from: int) -> Sessions:
    text = server._cage.log.read_bytes()[log_from:].decode(errors="replace")
    return _by_session((match["pid"], match["text"].replace("\n\t", "\n")) for match in _ENTRY.finditer(text))


def heard(recorded: Iterable[Recorded]) -> Sessions:
    """What the door has heard, in the same form."""
    ordered = sorted(recorded, key=lambda one: one.started)
    return _by_session((str(one.connection), one.sent) for one in ordered if one.sent)


def differences(one: Sessions, other: Sessions) -> list[tuple[str, str]]:
    """Statements of a session that the other side's has not at that place; ``""`` stands for none."""
    sessions = zip_longest(one, other, fillvalue=[])
    return [pair for mine, theirs in sessions for pair in _unlike(mine, theirs)]


def _unlike(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[str, str]]:
    for tag, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from zip_longest(mine[a:b], theirs[c:d], fillvalue="")


def _by_session(said: Iterable[tuple[str, str]]) -> Sessions:
    sessions: dict[str, list[str]] = {}
    for session, text in said:
        statements = [" ".join(one.sql.split()) for one in split(text, "", 1)]
        sessions.setdefault(session, []).extend(statements)
    return [*sessions.values()]
