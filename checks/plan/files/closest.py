"""The author's own words with as little changed as a step asks for."""

from __future__ import annotations

from collections.abc import Iterator

from postgast import PgQueryError, deparse, pg_query_pb2, scan
from postgast import parse as parse_all


def closest(own: str, wanted: str) -> str:
    """``wanted`` as the author would have written it, where one word makes the difference; else as it is."""
    meant = _plain(wanted)
    return next((text for text in _candidates(own) if meant and _plain(text) == meant), wanted)


def _candidates(own: str) -> Iterator[str]:
    for token in _tokens(own):
        if token.token == pg_query_pb2.INDEX:
            end = len(own.encode()[: token.end].decode())
            yield f"{own[:end]}{' CONCURRENTLY' if own[end - 1].isupper() else ' concurrently'}{own[end:]}"
            break
    yield f"{own}{' not valid' if own.islower() else ' NOT VALID'}"


def _plain(sql: str) -> str:
    """One spelling for all that means the same."""
    try:
        return str(deparse(parse_all(sql))).replace(" IF EXISTS", "")
    except PgQueryError:
        return ""


def _tokens(sql: str) -> list[pg_query_pb2.ScanToken]:
    try:
        return list(scan(sql).tokens)
    except PgQueryError:
        return []
