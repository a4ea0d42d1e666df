"""Text without values and secrets."""

from __future__ import annotations

import re

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_KEY = re.compile(r"\)=\(.*?\)")


def masked(text: str) -> str:
    return _KEY.sub(")=(…)", text)


def masked_sql(sql: str) -> str:
    return _LITERAL.sub("'…'", sql)
