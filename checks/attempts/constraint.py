"""A constraint that the rows violate: what the rest of the migration does once they do not.

A foreign key or a check is added NOT VALID, NOT NULL as a check that is NOT VALID; uniqueness and exclusion are left out,
for PostgreSQL knows no unchecked form of them. No row is changed, so each of these is a way to see the schema, and the
data has to be repaired by somebody who knows what is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import postgast
from google.protobuf.message import Message
from postgast import pg_query_pb2 as pg

from checks.attempts.failure import Failure, Proposal
from checks.attempts.places import Place, removed, replaced
from checks.model.migrations import Script, Statement
from checks.rules.wording import check_for_not_null, quoted, table_part
from checks.sql.parse import find, name_parts, parse, unwrapped

NAME = "constraint"
NOT_VALID = "The constraint added NOT VALID"
NOT_VALID_MEANS = (
    "It counts for new and changed rows only. The rows that violate it are still there: repair them first, and then "
    "`VALIDATE CONSTRAINT`."
)
AS_CHECK = "NOT NULL on `{column}` as a check that is NOT VALID"
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
        yield from _left_out(failure, f"the unique index `{tree.idxname}`", tree.idxname)
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
        is_set = command.subtype == pg.AT_SetNotNull and command.name == column  # type: ignore[attr-defined]
        if is_set and len(tree.cmds) == 1:
            yield _as_check(failure, tree, column)
        elif is_set:
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
        yield from _left_out(failure, what, made)
        return
    del commands[:]
    commands.extend(kept)
    yield _in_place(failure, WITHOUT.format(what=what), postgast.deparse(result), WITHOUT_MEANS)


def _in_place(failure: Failure, title: str, sql: str, means: str) -> Proposal:
    assert failure.place is not None
    return Proposal(title, failure.with_text(replaced(failure.text, [(failure.place, sql)])), means=means)


def _left_out(failure: Failure, what: str, made: str) -> Iterator[Proposal]:
    """Without the statement, and without the one of the down that takes ``made`` away; not when nothing is left."""
    assert failure.place is not None and failure.migration.up is not None
    if len(failure.migration.up.statements) > 1:
        changes = {failure.path: [(failure.place, "")]}
        for statement in taking_away(failure.migration.down, made):
            _add_change(changes, failure, statement, "")
        yield _changed(failure, WITHOUT.format(what=what), changes, WITHOUT_MEANS)


def _as_check(failure: Failure, tree: pg.AlterTableStmt, column: str) -> Proposal:
    """The constraint that a later VALIDATE and SET NOT NULL build on, taken back where the down drops NOT NULL."""
    assert failure.place is not None
    table = quoted(f"{tree.relation.schemaname}.{tree.relation.relname}".lstrip("."))
    name = quoted(check_for_not_null(tree.relation.relname, column))
    check = f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({quoted(column)} IS NOT NULL) NOT VALID"
    changes = {failure.path: [(failure.place, check)]}
    for statement in _dropping_not_null(failure.migration.down, tree.relation.relname, column):
        _add_change(changes, failure, statement, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    title = AS_CHECK.format(column=f"{tree.relation.relname}.{column}")
    return _changed(failure, title, changes, NOT_VALID_MEANS)


Changes = dict[str, list[tuple[Place, str]]]
"""Path → what stands there instead; an empty text takes the statement away."""


def _add_change(changes: Changes, failure: Failure, statement: Statement, sql: str) -> None:
    place = failure.place_of(statement)
    if place is not None:
        changes.setdefault(statement.path, []).append((place, sql))


def _changed(failure: Failure, title: str, changes: Changes, means: str) -> Proposal:
    files = {}
    for path, of_file in changes.items():
        text = failure.text_of(path)
        for place, sql in sorted(of_file, key=lambda one: one[0].start, reverse=True):
            text = replaced(text, [(place, sql)]) if sql else removed(text, place)
        files[path] = text
    return Proposal(title, files, means=means)


def taking_away(down: Script | None, name: str) -> Iterator[Statement]:
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


def _dropping_not_null(down: Script | None, table: str, column: str) -> Iterator[Statement]:
    """The statement that drops NOT NULL of this column and does nothing else."""
    for statement in down.statements if down else ():
        tree = parse(statement.sql)
        if isinstance(tree, pg.AlterTableStmt) and len(tree.cmds) == 1 and tree.relation.relname == table:
            (command,) = unwrapped(tree.cmds)
            if command.subtype == pg.AT_DropNotNull and command.name == column:  # type: ignore[attr-defined]
                yield statement
