"""A statement that needs what comes later: the other way round.

Within a file the one statement is moved; where another new migration has what is missing, the two change places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pg

from checks.attempts.failure import Failure, Proposal
from checks.attempts.numbers import number_of, renumbered
from checks.attempts.places import Place, removed, replaced, with_semicolon
from checks.model.migrations import Migration, Statement
from checks.sql.parse import name_parts, parse, unwrapped

NAME = "order"
WITHIN = "Line {line}, which makes `{name}`, moved before line {needs}, which needs it"
BETWEEN = "{later}, which makes `{name}`, before {earlier}, which needs it: the two change their versions"

_MISSING = frozenset({"42P01", "42703", "42704", "42883", "3F000"})
"""undefined table, column, object and function, invalid schema name."""
_NAMED = re.compile(
    r'(?:relation|column|type|schema|function|constraint|index|sequence|collation|text search configuration) "?(?P<name>[^"(\s]+)"?'
)


def proposals(failure: Failure) -> Iterator[Proposal]:
    name = _missing(failure)
    if name is None:
        return
    found = next((one for one in _later_statements(failure) if makes(one.sql, name)), None)
    if found is not None:
        yield from _moved(failure, found, name)
        return
    for changed in failure.later:
        up = changed.migration.up
        if up and any(makes(statement.sql, name) for statement in up.statements):
            yield from _swapped(failure, changed.migration, name)
            return


def _missing(failure: Failure) -> str | None:
    """The last part of the name that the server does not know."""
    if failure.error.sqlstate not in _MISSING:
        return None
    found = _NAMED.search(failure.error.message)
    return found["name"].rpartition(".")[2] if found else None


def makes(sql: str, name: str) -> bool:
    """Whether a statement makes an object of this name (without its schema)."""
    tree = parse(sql)
    return tree is not None and name in _made(tree)


def _made(tree: Message) -> Iterator[str]:
    match tree:
        case pg.CreateStmt():
            yield tree.relation.relname
        case pg.CreateSeqStmt():
            yield tree.sequence.relname
        case pg.CreateTableAsStmt():
            yield tree.into.rel.relname
        case pg.ViewStmt():
            yield tree.view.relname
        case pg.IndexStmt():
            yield tree.idxname
        case pg.CreateSchemaStmt():
            yield tree.schemaname
        case pg.CreateEnumStmt() | pg.CreateRangeStmt():
            yield name_parts(tree.type_name)[-1]
        case pg.CompositeTypeStmt():
            yield tree.typevar.relname
        case pg.CreateDomainStmt():
            yield name_parts(tree.domainname)[-1]
        case pg.CreateFunctionStmt():
            yield name_parts(tree.funcname)[-1]
        case pg.AlterTableStmt():
            yield from (name for command in unwrapped(tree.cmds) for name in _added(command))


def _added(command: Message) -> Iterator[str]:
    """``def`` is what a command of ALTER TABLE adds; the word is Python's, too."""
    (added,) = unwrapped([getattr(command, "def")]) if command.HasField("def") else (None,)
    if isinstance(added, pg.ColumnDef):
        yield added.colname
    elif isinstance(added, pg.Constraint):
        yield added.conname


def _later_statements(failure: Failure) -> list[Statement]:
    up = failure.migration.up
    assert up is not None  # it ran, and failed
    return [one for one in up.statements if one.line > failure.statement.line]


def _moved(failure: Failure, maker: Statement, name: str) -> Iterator[Proposal]:
    needs, makes = failure.place, failure.place_of(maker)
    if needs is None or makes is None or maker.path != failure.path:
        return
    whole = with_semicolon(makes, failure.text).of(failure.text)
    text = removed(failure.text, makes)
    title = WITHIN.format(line=maker.line, name=name, needs=failure.statement.line)
    yield Proposal(
        title, failure.with_text(replaced(text, [(Place(needs.start, needs.start), f"{whole}\n")]))
    )


def _swapped(failure: Failure, later: Migration, name: str) -> Iterator[Proposal]:
    earlier = failure.migration
    numbers = number_of(earlier.path), number_of(later.path)
    renamed = {
        **{path: renumbered(path, *numbers) for path in earlier.files},
        **{path: renumbered(path, *reversed(numbers)) for path in later.files},
    }
    if all(numbers) and all(new != path for path, new in renamed.items()):
        title = BETWEEN.format(name=name, later=later.path, earlier=earlier.path)
        files = {new: failure.text_of(path) for path, new in renamed.items()}
        yield Proposal(title, files, gone=tuple(renamed))
