"""One statement as PostgreSQL's own syntax tree (libpg_query, the grammar of PostgreSQL 18).

Nodes are protobuf messages with the names and fields of PostgreSQL's ``parsenodes.h``
(``AlterTableStmt.cmds``); children come wrapped in ``Node`` and are unwrapped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import postgast
from google._upb import _message as protobuf_core
from google.protobuf.message import Message
from postgast import pg_query_pb2 as pg

from checks.sql.tags import tag_from_words, tag_of

protobuf_core.SetAllowOversizeProtos(True)  # the default refuses trees deeper than 100 nodes: 50 times "||"

MAX_DEPTH = 10_000
"""Of nesting that is given to the parser, in tokens. libpg_query writes the tree recursively and ends the
process when its stack is used up (beyond 40,000); PostgreSQL refuses such a statement from about 4,000 on."""

_WORD = re.compile(r"[A-Za-z_]\w*")


@lru_cache(maxsize=4096)
def parse(sql: str) -> Message | None:
    """The statement's node (``AlterTableStmt``, ``IndexStmt`` …); None when it is not one statement that parses."""
    if "\0" in sql or is_too_deep(sql):
        return None
    try:
        statements = postgast.parse(sql).stmts
    except postgast.PgQueryError:
        return None
    return unwrap(statements[0].stmt) if len(statements) == 1 else None


def is_too_deep(sql: str) -> bool:
    """Whether it may be nested so deeply that libpg_query would end the process: such text is never given to it."""
    return len(sql) > MAX_DEPTH and _nesting(sql) > MAX_DEPTH


def command_tag(sql: str) -> str:
    """PostgreSQL's name for the command: ``ALTER TABLE``, ``CREATE INDEX``, ``DO``, ``UPDATE`` …

    For text that does not parse, what its first words spell; ``""`` when it does not begin with a word.
    """
    node = parse(sql)
    return tag_of(node) if node is not None else tag_from_words(_WORD.findall(sql[:200]))


def unwrap(node: Message) -> Message:
    """The concrete message inside a ``Node``; any other message as it is."""
    return postgast.unwrap_node(node)  # type: ignore[no-any-return]


def unwrapped(nodes: Iterable[Message]) -> list[Message]:
    """The concrete messages of a list field: ``unwrapped(statement.cmds)``."""
    return [unwrap(node) for node in nodes]


def find(tree: Message, *types: str) -> Iterator[Message]:
    """Every node below and including ``tree`` whose type has one of the names: ``find(tree, "RangeVar")``."""
    return (node for _, node in postgast.walk(tree) if type(node).__name__ in types)


def relation_name(range_var: Message, default_schema: str = "public") -> str:
    """``schema.name`` of a ``RangeVar``, unquoted, as Observation and Catalog spell it."""
    return f"{range_var.schemaname or default_schema}.{range_var.relname}"  # type: ignore[attr-defined]


def name_parts(names: Iterable[Message]) -> list[str]:
    """The strings of a list of ``String`` nodes: a dotted name, a list of columns."""
    return [part.string.sval for part in names]  # type: ignore[attr-defined]


def qualified_name(names: Iterable[Message], default_schema: str = "public") -> str:
    """``schema.name`` of a dotted name given as ``String`` nodes (``DropStmt.objects``, ``TypeName.names``)."""
    *schema, name = name_parts(names)
    return f"{schema[-1] if schema else default_schema}.{name}"


def _nesting(sql: str) -> int:
    """An upper bound for the depth of the syntax tree: the tokens that no comma, bracket or semicolon parts."""
    try:
        tokens = postgast.scan(sql).tokens
    except postgast.PgQueryError:
        return 0
    deepest = total = 0
    levels = [0]
    for token in tokens:
        if token.token in (pg.ASCII_40, pg.ASCII_91):
            levels.append(0)
        elif token.token in (pg.ASCII_41, pg.ASCII_93) and len(levels) > 1:
            total -= levels.pop()
        elif token.token in (pg.ASCII_44, pg.ASCII_59):
            total -= levels[-1]
            levels[-1] = 0
        total += 1
        levels[-1] += 1
        deepest = max(deepest, total)
    return deepest
