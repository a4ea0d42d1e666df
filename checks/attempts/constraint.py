"""A constraint that the rows violate: what the rest of the migration does once they do not.

A foreign key or a check is added NOT VALID; NOT NULL, uniqueness and exclusion are left out, for PostgreSQL knows no
unchecked form of them that the migration's own down would take back. No row is changed, so each of these is a way to
see the schema, and the data has to be repaired by somebody who knows what is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import postgast
from google.protobuf.message import Message
from postgast import pg_query_pb2 as pg

from checks.attempts.failure import Failure, Proposal
from checks.attempts.places import Place, removed, replaced
from checks.model import Script, Statement
from checks.rules.wording import table_part
from checks.sql.parse import find, name_parts, parse, unwrapped

NAME = "constraint"
NOT_VALID = "The constraint added NOT VALID"
NOT_VALID_MEANS = (
    "It counts for new and changed rows only. The rows that violate it are still there: repair them first, and then "
    "`VALIDATE CONSTRAINT`."
)
WITHOUT = "Without {what}"
WITHOUT_MEANS = "It shows the rest of the migration. The rows that violate it are still there: repair them first, and then add it."

_VIOLATED = frozenset({"23502", "23503", "23505", "23514", "23P01"})
"""Not null, foreign key, unique, check and exclusion violation (PostgreSQL docs, appendix A)."""
_UNCHECKED = (pg.CONSTR_CHECK, pg.CONSTR_FOREIGN)
_LEFT_OUT = (pg.CONSTR_UNIQUE, pg.CONSTR_PRIMARY, pg.CONSTR_EXCLUSION)
_NOT_NULL = re.compile(r"\s*\bNOT\s+NULL\b", re.IGNORECASE)


def proposals(failure: Failure) -> Iterator[Proposal]:
    tree = parse(failure.statement.sql)
    if failure.place is None or failure.error.sqlstate not in _VIOLATED:
        return
    if isinstance(tree, pg.IndexStmt) and tree.unique and tree.idxname:
        yield _left_out(failure, f"the unique index `{tree.idxname}`", tree.idxname)
    elif isinstance(tree, pg.AlterTableStmt):
        yield from _of_table(failure, tree)


def _of_table(failure: Failure, tree: pg.AlterTableStmt) -> Iterator[Proposal]:
    commands = unwrapped(tree.cmds)
    if failure.error.sqlstate in ("23503", "23514"):
        if any(_adds(command, _UNCHECKED) for command in commands):
            yield _in_place(failure, NOT_VALID, _not_valid(failure.statement.sql), NOT_VALID_MEANS)
    elif failure.error.sqlstate == "23502":
        yield from _nullable(failure, tree)
    elif named := [name for command in commands if (name := _adds(command, _LEFT_OUT))]:
        yield from _without(
            failure, f"the constraint `{named[0]}`", lambda one: bool(_adds(one, _LEFT_OUT)), named[0]
        )


def _adds(command: Message, kinds: tuple[int, ...]) -> str:
    """The name of the constraint that a command of ALTER TABLE adds, when it is of one of these kinds."""
    added = unwrapped([getattr(command, "def")]) if command.HasField("def") else []
    if added and isinstance(added[0], pg.Constraint) and added[0].contype in kinds:
        return added[0].conname or "unnamed"
    return ""


def _not_valid(sql: str) -> str:
    """Behind the constraint where it is the only command, else in PostgreSQL's own spelling of the whole statement."""
    result = postgast.parse(sql)
    constraints = [one for one in find(result, "Constraint") if one.contype in _UNCHECKED]  # type: ignore[attr-defined]
    if len(result.stmts[0].stmt.alter_table_stmt.cmds) == 1:
        return f"{sql} NOT VALID"
    for constraint in constraints:
        constraint.skip_validation, constraint.initially_valid = True, False  # type: ignore[attr-defined]
    return str(postgast.deparse(result))


def _nullable(failure: Failure, tree: pg.AlterTableStmt) -> Iterator[Proposal]:
    """NOT NULL on the column that the error is about: on a new one the words, on an old one the command."""
    found = re.match(r'column "(?P<name>.+?)" of relation', failure.error.message)
    if not found:
        return
    column = found["name"]
    what = f"NOT NULL on `{tree.relation.relname}.{column}`"
    for command in unwrapped(tree.cmds):
        added = unwrapped([getattr(command, "def")]) if command.HasField("def") else []
        if command.subtype == pg.AT_SetNotNull and command.name == column:  # type: ignore[attr-defined]
            yield from _without(
                failure,
                what,
                lambda one: one.subtype == pg.AT_SetNotNull and one.name == column,  # type: ignore[attr-defined]
            )
        elif added and isinstance(added[0], pg.ColumnDef) and added[0].colname == column:
            sql = _words_left_out(failure.statement.sql, added[0])
            if sql:
                yield _in_place(failure, WITHOUT.format(what=what), sql, WITHOUT_MEANS)


def _words_left_out(sql: str, column: pg.ColumnDef) -> str:
    source = sql.encode()
    for constraint in unwrapped(column.constraints):
        if constraint.contype == pg.CONSTR_NOTNULL:  # type: ignore[attr-defined]
            start = len(source[: constraint.location].decode())  # type: ignore[attr-defined]
            before = len(sql[:start].rstrip())
            found = _NOT_NULL.match(sql, before)
            return replaced(sql, [(Place(*found.span()), "")]) if found else ""
    return ""


def _without(
    failure: Failure, what: str, is_it: Callable[[Message], bool], made: str = ""
) -> Iterator[Proposal]:
    """The statement without one of its commands; the whole of it when there is no other."""
    result = postgast.parse(failure.statement.sql)
    commands = result.stmts[0].stmt.alter_table_stmt.cmds
    kept = [command for command in commands if not is_it(unwrapped([command])[0])]
    if not kept:
        yield _left_out(failure, what, made)
        return
    del commands[:]
    commands.extend(kept)
    yield _in_place(failure, WITHOUT.format(what=what), postgast.deparse(result), WITHOUT_MEANS)


def _in_place(failure: Failure, title: str, sql: str, means: str) -> Proposal:
    assert failure.place is not None
    return Proposal(title, failure.with_text(replaced(failure.text, [(failure.place, sql)])), means=means)


def _left_out(failure: Failure, what: str, made: str) -> Proposal:
    """Without the statement, and without the one of the down that takes ``made`` away."""
    assert failure.place is not None
    places = [failure.place]
    files = {}
    for statement in _taking_away(failure.migration.down, made):
        if statement.path == failure.path:
            places += [place for one, place in failure.places(failure.migration.down) if one == statement]
        else:
            text = failure.text_of(statement.path)
            found = text.find(statement.sql)
            files[statement.path] = (
                removed(text, Place(found, found + len(statement.sql))) if found >= 0 else text
            )
    text = failure.text
    for place in sorted(places, key=lambda one: one.start, reverse=True):
        text = removed(text, place)
    return Proposal(WITHOUT.format(what=what), {**failure.with_text(text), **files}, means=WITHOUT_MEANS)


def _taking_away(down: Script | None, name: str) -> Iterator[Statement]:
    """The statement that drops this index or constraint and nothing else."""
    for statement in down.statements if down and name else ():
        tree = parse(statement.sql)
        if isinstance(tree, pg.DropStmt) and len(tree.objects) == 1:
            (dropped,) = unwrapped(tree.objects)
            if isinstance(dropped, pg.List) and name_parts(dropped.items)[-1] == table_part(name):
                yield statement
        elif isinstance(tree, pg.AlterTableStmt) and len(tree.cmds) == 1:
            (command,) = unwrapped(tree.cmds)
            if command.subtype == pg.AT_DropConstraint and command.name == name:  # type: ignore[attr-defined]
                yield statement
