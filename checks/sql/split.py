"""Cut the text of a file into statements, with the lines they came from.

PostgreSQL's own parser says where a statement ends. Text that it rejects is cut at the semicolons that
PostgreSQL's scanner finds, so that the statements before a mistake still run and the server itself
reports the mistake.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from google.protobuf.message import Message
from postgast import PgQueryError, pg_query_pb2, scan
from postgast import parse as parse_text
from postgast.native import lib

from checks.errors import FileError
from checks.model.migrations import Statement
from checks.sql.parse import MAX_DEPTH, parse, unwrap

_COMMENTS = (pg_query_pb2.SQL_COMMENT, pg_query_pb2.C_COMMENT)
_SEMICOLON = pg_query_pb2.ASCII_59
_BRACKETS = {
    pg_query_pb2.ASCII_40: 1,
    pg_query_pb2.ASCII_41: -1,
}
_BEFORE = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z))*+")
"""What stands before a statement without being a part of it."""
_Span = tuple[int, int]
"""Start and end, in bytes; the end is not included."""


def split(text: str, path: str, first_line: int = 1) -> tuple[Statement, ...]:
    """The statements of ``text`` in order; ``first_line`` is the line of ``path`` on which it begins.

    Comments and empty statements are left out. Raises FileError for a NUL byte, behind which
    the parser would see nothing.
    """
    if "\0" in text:
        line = first_line + text[: text.index("\0")].count("\n")
        raise FileError("holds a NUL byte, which PostgreSQL does not accept", path=path, line=line)
    source = text.removeprefix("\ufeff").encode()
    line_ends = list(accumulate(len(line) + 1 for line in source.split(b"\n")))
    return tuple(
        Statement(
            sql=source[start:end].decode(),
            path=path,
            line=first_line + bisect_right(line_ends, start),
            end_line=first_line + bisect_right(line_ends, end - 1),
        )
        for start, end in _statement_spans(source)
    )


def split_parsed(text: str, path: str, first_line: int = 1) -> list[tuple[Statement, Message | None]]:
    """The statements with their nodes, as ``parse`` gives them. Text without comments among its statements is
    parsed only once. Raises FileError as ``split`` does."""
    parsed = None if len(text) > MAX_DEPTH or "\0" in text else _parsed_at_once(text)
    if parsed is None:
        return [(statement, parse(statement.sql)) for statement in split(text, path, first_line)]
    found: list[tuple[Statement, Message | None]] = []
    source = text.removeprefix("\ufeff")
    at, line = 0, first_line
    for start, end, node in parsed:
        line += source.count("\n", at, start)
        at = start
        last = line + source.count("\n", start, end)
        found.append((Statement(sql=source[start:end], path=path, line=line, end_line=last), node))
    return found


def _parsed_at_once(text: str) -> list[tuple[int, int, Message]] | None:
    """Start, end and node of each statement; None when its bounds, or an error, have to be looked for."""
    source = text.removeprefix("\ufeff")
    if not source.isascii():
        return None
    try:
        statements = parse_text(source).stmts
    except PgQueryError:
        return None
    found = []
    for one in statements:
        stop = one.stmt_location + one.stmt_len if one.stmt_len else len(source)
        start = _BEFORE.match(source, one.stmt_location, stop).end()  # type: ignore[union-attr]
        sql = source[start:stop].rstrip()
        if "--" in sql or "/*" in sql:
            return None
        found.append((start, start + len(sql), unwrap(one.stmt)))
    return found


def _statement_spans(source: bytes) -> Iterator[_Span]:
    parsed = _parsed_spans(source)
    if parsed and b"--" not in source and b"/*" not in source:
        return (_without_spaces(source, start, end) for start, end in parsed)
    return _spans_of_tokens(source, parsed)


def _without_spaces(source: bytes, start: int, end: int) -> _Span:
    """All that stands around a statement where there are no comments."""
    text = source[start:end]
    return end - len(text.lstrip()), start + len(text.rstrip())


def _spans_of_tokens(source: bytes, parsed: Sequence[_Span]) -> Iterator[_Span]:
    tokens, broken_from = _tokens(source)
    starts = [token.start for token in tokens]
    for start, end in parsed or _scanned_spans(tokens, len(source)):
        inside = tokens[bisect_left(starts, start) : bisect_left(starts, end)]
        runs_into_broken = broken_from is not None and start <= broken_from < end
        if runs_into_broken:
            yield (inside[0].start if inside else broken_from or 0), len(source.rstrip())
        elif inside:
            yield inside[0].start, inside[-1].end


def _tokens(source: bytes) -> tuple[Sequence[pg_query_pb2.ScanToken], int | None]:
    """All tokens but comments, and the byte from which the scanner could not go on (an open quote)."""
    broken_from = None
    while True:
        try:
            tokens = scan(source[:broken_from].decode()).tokens
        except PgQueryError as error:
            known = source[:broken_from].decode()
            broken_from = min(len(known[: max(error.cursorpos - 1, 0)].encode()), len(known.encode()) - 1)
        else:
            return [token for token in tokens if token.token not in _COMMENTS], broken_from


def _parsed_spans(source: bytes) -> list[_Span]:
    """Where PostgreSQL's parser sees the statements; empty when it rejects the text."""
    result = lib.pg_query_split_with_parser(source)
    try:
        if result.error:
            return []
        parts = [result.stmts[number].contents for number in range(result.n_stmts)]
        return [(part.stmt_location, part.stmt_location + part.stmt_len) for part in parts]
    finally:
        lib.pg_query_free_split_result(result)


def _scanned_spans(tokens: Sequence[pg_query_pb2.ScanToken], length: int) -> Iterator[_Span]:
    """Between semicolons outside of parentheses and of ``BEGIN ATOMIC … END`` bodies."""
    start = depth = blocks = 0
    previous = None
    for token in tokens:
        if token.token == _SEMICOLON and depth <= 0 and not blocks:
            yield start, token.start
            start, depth = token.end, 0
        elif token.token == pg_query_pb2.ATOMIC and previous == pg_query_pb2.BEGIN_P:
            blocks = 1
        elif blocks and token.token == pg_query_pb2.CASE:
            blocks += 1
        elif blocks and token.token == pg_query_pb2.END_P:
            blocks -= 1
        else:
            depth += _BRACKETS.get(token.token, 0)
        previous = token.token
    yield start, length
