"""The name of an index that has none: table, columns and ``index``, joined, with a ``_`` for all that is no letter.

Ecto replaces byte by byte, by a table of Latin-1 letters, so that most names beyond ASCII are cut to pieces that are
no text any more: it then raises (``default_index_name`` of ecto_sql's ``lib/ecto/migration.ex``).
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.ecto.objects import Index
from checks.elixir.show import as_text, inspect
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.values import Value

_WORD = frozenset(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\xaa\xb5\xba"
    + bytes(code for code in range(0xC0, 0x100) if code not in (0xD7, 0xF7))
)


def default_index_name(index: Index, line: int) -> str:
    pieces = [index.table, *_flat(index.columns), "index"]
    return "_".join(_letters(piece, line) for piece in pieces)


def _flat(columns: Value) -> Iterator[Value]:
    for column in columns:
        if isinstance(column, list):
            yield from _flat(column)
        else:
            yield column


def _letters(column: Value, line: int) -> str:
    if isinstance(column, tuple) and len(column) == 2:
        return _letters(column[1], line)
    text = as_text(column)
    if text is None:
        raise DynamicError(f"an index on {inspect(column)[:60]}", line)
    try:
        return bytes(code if code in _WORD else ord("_") for code in text.encode()).decode().rstrip("_")
    except UnicodeDecodeError as error:
        message = "errors were found at the given arguments:"
        raise RaisedError("ArgumentError", message, line) from error
