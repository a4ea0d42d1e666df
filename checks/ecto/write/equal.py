"""Whether statements do the same: equal trees, whatever their spelling, and ALTER TABLE command by command."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import postgast
from postgast import PgQueryError, deparse, pg_query_pb2

from checks.sql.parse import parse
from checks.sql.spelling import statement_text

_KEPT_AS_TEXT = frozenset({"DoStmt", "CreateFunctionStmt"})
"""Their bodies are strings, whose line breaks the printer would lose or keep as it likes."""


def commands_in(statements: Iterable[str]) -> list[str]:
    """Each command as PostgreSQL's own printer spells it."""
    return [text for sql in statements for text in _commands(sql)]


def undone_by(statements: Iterable[str]) -> list[str]:
    """The same of a way back: there what is dropped is known to exist."""
    return [text.replace(" IF EXISTS ", " ", 1) for text in commands_in(statements)]


def _commands(sql: str) -> list[str]:
    """What is empty does nothing; what is not SQL is compared as it stands."""
    node: Any = parse(sql)
    if node is None or type(node).__name__ in _KEPT_AS_TEXT:
        return [" ".join(sql.split())] if sql.strip() else []
    if type(node).__name__ == "AlterTableStmt":
        return [alone(node, command) for command in node.cmds]
    try:
        return [str(deparse(postgast.parse(sql)))]
    except PgQueryError:
        return [" ".join(sql.split())]


def alone(statement: Any, command: Any) -> str:
    """One command of an ALTER TABLE as a statement."""
    alter = pg_query_pb2.AlterTableStmt()
    alter.CopyFrom(statement)
    del alter.cmds[:]
    alter.cmds.append(command)
    definition = getattr(alter.cmds[0].alter_table_cmd, "def")
    if definition.HasField("column_def"):
        _in_one_order(definition.column_def.constraints)
    return statement_text(pg_query_pb2.Node(alter_table_stmt=alter))


def _in_one_order(constraints: Any) -> None:
    """NOT NULL DEFAULT 1 is DEFAULT 1 NOT NULL."""
    in_order = sorted(constraints, key=lambda one: int(one.constraint.contype))
    del constraints[:]
    constraints.extend(in_order)
