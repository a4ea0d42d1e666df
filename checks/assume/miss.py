"""A statement that PostgreSQL refused, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from checks.model.observations import SqlError
from checks.sql.parse import find as find_messages
from checks.sql.parse import parse, relation_name

_CODE = ("DoStmt", "CreateFunctionStmt", "NoneType")
_AFTER_A_WORD = re.compile(r"\b(?:FROM|UPDATE|INTO|JOIN|TABLE|ON)\s+(?:ONLY\s+)?\"?(\w+)", re.IGNORECASE)
"""Where a relation can be named in text that is not parsed: the body of a DO block."""
INDEX_KINDS = frozenset({"DROP INDEX", "ALTER INDEX", "REINDEX"})


@dataclass(frozen=True)
class Miss:
    """A statement that PostgreSQL refused, or passed over something in it that is not there."""

    sql: str
    kind: str
    """Its command tag."""
    error: SqlError
    position: int | None = None
    """Where in ``sql`` PostgreSQL points at, in characters from 1."""
    skipped: bool = False
    """``IF EXISTS``: it went on without."""

    @cached_property
    def node(self) -> Any:
        return parse(self.sql)

    @cached_property
    def relations(self) -> list[tuple[str, str]]:
        """Alias (or name) and ``schema.name`` of each relation that the statement names, in its order."""
        if type(self.node).__name__ in _CODE:
            return [(name, f"public.{name}") for name in _AFTER_A_WORD.findall(self.sql)]
        return [
            (one.alias.aliasname if one.HasField("alias") else one.relname, relation_name(one))
            for one in find(self.node, "RangeVar")
        ]

    def named(self, bare: str) -> str:
        """``schema.name`` of a relation that a message names as the statement does, or without its schema."""
        if "." in bare:
            return bare.replace('"', "")
        full = (name for alias, name in self.relations if bare in (alias, name.partition(".")[2]))
        return next(full, f"public.{bare}")

    def says(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, self.error.message)


def find(node: Any, kind: str) -> Iterator[Any]:
    """Nodes of one type below a statement's; nothing for text that does not parse."""
    return iter(()) if node is None else find_messages(node, kind)


def once(names: list[str], name: str) -> bool:
    if name in names:
        return False
    names.append(name)
    return True
