"""The catalog queries, which live beside the code in files of named blocks."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_BLOCK = re.compile(r"^-- name: (\w+)\n(.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)


@cache
def queries(file: str) -> dict[str, bytes]:
    """Name → text of each query in a file of this package."""
    text = (Path(__file__).parent / file).read_text(encoding="utf-8")
    return {name: body.strip().rstrip(";").encode() for name, body in _BLOCK.findall(text)}
