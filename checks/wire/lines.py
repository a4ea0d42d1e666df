"""The line of a migration's file that a statement comes from: the one that names what the statement names.

A framework does not say which of its calls sent a statement. But the call names the index, the column or the table,
so the line with the rarest words in common is shown; it is a place to look, not evidence.
"""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d]\w+")
_SAID_BY_ALL = frozenset(
    [
        "add",
        "all",
        "alter",
        "and",
        "as",
        "by",
        "cascade",
        "column",
        "concurrently",
        "constraint",
        "create",
        "default",
        "delete",
        "drop",
        "false",
        "from",
        "if",
        "in",
        "index",
        "insert",
        "into",
        "is",
        "key",
        "not",
        "null",
        "of",
        "on",
        "or",
        "primary",
        "references",
        "select",
        "set",
        "table",
        "true",
        "type",
        "unique",
        "update",
        "using",
        "values",
        "where",
        "with",
        "bigint",
        "integer",
        "text",
        "varchar",
        "boolean",
        "timestamp",
        "numeric",
        "public",
    ]
)


def line_of(sql: str, text: str) -> int:
    """From 1; the first line when no other has a word of the statement's own."""
    wanted = {word.lower() for word in _WORD.findall(sql)} - _SAID_BY_ALL
    lines = [wanted & {word.lower() for word in _WORD.findall(line)} for line in text.splitlines()]
    common = Counter(word for words in lines for word in words)
    worth = [sum(1 / common[word] for word in words) for words in lines]
    best = max(worth, default=0.0)
    return worth.index(best) + 1 if best else 1
