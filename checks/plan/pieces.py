"""Parts of the author's statements as SQL of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pg

from checks.sql.batches import TAG
from checks.sql.spelling import expression_text, statement_text, type_text


def cut_apart(node: Any) -> list[str]:
    """Each command of an ALTER TABLE as a statement of its own; nothing for other statements."""
    if type(node).__name__ != "AlterTableStmt":
        return []
    return [text for command in node.cmds if (text := _alone(node, command))]


def bare_column(node: Any) -> str:
    """``ALTER TABLE t ADD COLUMN c type`` without NOT NULL and DEFAULT, all else kept."""
    alter = pg.AlterTableStmt()
    alter.CopyFrom(node)
    column = getattr(alter.cmds[0].alter_table_cmd, "def").column_def
    kept = [
        one
        for one in column.constraints
        if one.constraint.contype not in (pg.CONSTR_NOTNULL, pg.CONSTR_DEFAULT)
    ]
    del column.constraints[:]
    column.constraints.extend(kept)
    return statement_text(pg.Node(alter_table_stmt=alter))


def new_type(node: Any) -> str:
    """The type of ALTER COLUMN … TYPE, as SQL."""
    return type_text(_definition(node).type_name)


def converted(node: Any, column: str, row: str = "") -> str:
    """The expression that ALTER COLUMN … TYPE fills the column with; its columns are those of ``row``."""
    definition = _definition(node)
    if definition.HasField("raw_default"):
        expression = pg.Node()
        expression.CopyFrom(definition.raw_default)
    else:
        cast = pg.TypeCast(arg=_column(column))
        cast.type_name.CopyFrom(definition.type_name)
        expression = pg.Node(type_cast=cast)
    for reference in _references(expression) if row else ():
        if len(reference.fields) == 1:
            reference.fields.insert(0, pg.Node(string=pg.String(sval=row)))
    return expression_text(expression)


def can_be_batched(*texts: str) -> bool:
    """Whether the texts can stand inside the block."""
    return not any(TAG in text for text in texts)


def named(*parts: str) -> str:
    """A name of our own from others, short enough for PostgreSQL (63 bytes)."""
    return re.sub(r"\W", "_", "_".join(parts), flags=re.ASCII)[:63]


def _alone(statement: Any, command: Any) -> str:
    alter = pg.AlterTableStmt()
    alter.CopyFrom(statement)
    del alter.cmds[:]
    alter.cmds.append(command)
    return statement_text(pg.Node(alter_table_stmt=alter))


def _definition(node: Any) -> Any:
    return getattr(node.cmds[0].alter_table_cmd, "def").column_def


def _column(name: str) -> Any:
    return pg.Node(column_ref=pg.ColumnRef(fields=[pg.Node(string=pg.String(sval=name))]))


def _references(node: Message) -> Iterator[Any]:
    return (message for message in _messages(node) if isinstance(message, pg.ColumnRef))


def _messages(node: Message) -> Iterator[Message]:
    """The message and all below it."""
    open_ones = [node]
    while open_ones:
        message = open_ones.pop()
        yield message
        for field, value in message.ListFields():
            if field.message_type is not None:
                # A repeated field is no Message itself.
                open_ones += [value] if isinstance(value, Message) else list(value)
