"""Whether SQL files are written for another database, as the words in them tell.

For folders of which neither a name nor a configuration says it: dbmate, goose and golang-migrate serve many
databases with the same files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.errors import FileError
from checks.frameworks.view import View

_SAMPLE = 12
_COMMENT = re.compile(rb"--[^\n]*")
_FOREIGN = re.compile(
    rb"\bENGINE\s*=\s*\w|\bAUTO_?INCREMENT\b|\bWITHOUT\s+ROWID\b|^\s*PRAGMA\s+\w|\bON\s+CLUSTER\b"
    rb"|\bIDENTITY\s*\(\s*1\s*,\s*1\s*\)|\bLowCardinality\s*\(|\bVARCHAR2\b|\bINT(?:EGER)?(?:\(\d+\))?\s+UNSIGNED\b",
    re.IGNORECASE | re.MULTILINE,
)
_POSTGRESQL = re.compile(
    rb"\b(?:big|small)?serial\b|\btimestamptz\b|\bjsonb\b|\bplpgsql\b|\bbytea\b|\bCREATE\s+EXTENSION\b"
    rb"|\bGENERATED\s+(?:ALWAYS|BY\s+DEFAULT)\s+AS\s+IDENTITY\b|\w::[a-z]|\bCONCURRENTLY\b",
    re.IGNORECASE,
)


def is_for_another_database(view: View, paths: Sequence[str]) -> bool:
    """Whether in a sample of the files the words of other databases outweigh those of PostgreSQL."""
    step = max(1, len(paths) // _SAMPLE)
    bodies = [_body(view, path) for path in paths[::step]]
    foreign = sum(bool(_FOREIGN.search(body)) for body in bodies)
    ours = sum(bool(_POSTGRESQL.search(body)) for body in bodies)
    return foreign > ours and foreign * 4 >= len(bodies)


def _body(view: View, path: str) -> bytes:
    """The beginning of a file without comments; nothing when it cannot be read, which its framework reports."""
    try:
        return _COMMENT.sub(b"", view.read(path)[:20_000])
    except FileError:
        return b""
