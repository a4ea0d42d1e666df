"""What the text of the files tells before anything has run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from postgast import pg_query_pb2 as pg

from checks.assume import types
from checks.model.migrations import Statement
from checks.sql.parse import find, name_parts, parse, relation_name


def named_relations(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        node = parse(statement.sql)
        if node is not None:
            yield from (relation_name(one) for one in find(node, "RangeVar"))


def types_before(statements: Iterable[Statement]) -> Iterator[tuple[tuple[str, str], str]]:
    """Table and column of each ALTER COLUMN … TYPE, and the type that the column probably has before it."""
    for statement in statements:
        node = parse(statement.sql)
        if type(node).__name__ == "AlterTableStmt":
            table = relation_name(node.relation)  # type: ignore[union-attr]
            for command in find(node, "AlterTableCmd"):  # type: ignore[arg-type]
                if command.subtype == pg.AT_AlterColumnType:  # type: ignore[attr-defined]
                    name = name_parts(getattr(command, "def").column_def.type_name.names)[-1]
                    yield (table, command.name), types.before(name)  # type: ignore[attr-defined]
