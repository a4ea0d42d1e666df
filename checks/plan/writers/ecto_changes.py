"""A step as a change of an Ecto migration: its way back, and the author's own words where they say it as it is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.ecto.reverse import reverse
from checks.ecto.write import Change
from checks.ecto.write.commands import commands_of, sent_by
from checks.ecto.write.equal import commands_in
from checks.elixir.stops import RaisedError
from checks.model.migrations import Migration, Statement
from checks.plan.model import AS_WRITTEN, Section, Step
from checks.sql.parse import parse

NO_WAY_BACK = "What this migration does has no way back that is known."
_SAME_KIND = {"AT_AlterColumnType": "AT_AlterColumnType", "AT_ColumnDefault": "AT_ColumnDefault"}
_BACK = {**_SAME_KIND, "AT_SetNotNull": "AT_DropNotNull", "AT_DropNotNull": "AT_SetNotNull"}


def changes_of(steps: Sequence[Step], migration: Migration, lines: Sequence[str]) -> list[Change]:
    """``lines``: those of the author's file."""
    found: list[Change] = []
    for line, group in groupby(steps, key=lambda step: step.line):
        of_line = list(group)
        call = _Call(migration, line)
        if call.is_all_of(of_line):
            found.append(Change(tuple(call.up_sql), tuple(call.down_sql), source=_source(lines, call.up[0])))
        else:
            found += [_change(step, migration, call) for step in of_line]
    return found


class _Call:
    """The author's call on a line of ``change``: what it sends, forward and backward."""

    def __init__(self, migration: Migration, line: int) -> None:
        self.up = _on(line, migration.up.statements if migration.up else ())
        self.down = _on(line, migration.down.statements if migration.down else ())
        self.takes_nothing_back = not self.down and _is_change(migration)

    @property
    def up_sql(self) -> list[str]:
        return [statement.sql for statement in self.up]

    @property
    def down_sql(self) -> list[str]:
        return [statement.sql for statement in self.down]

    def is_all_of(self, steps: Sequence[Step]) -> bool:
        """Whether the steps do what the call does, no more and no less, and the call leads back by itself."""
        leads_back = bool(self.down) or self.takes_nothing_back
        return leads_back and commands_in(sql for step in steps for sql in step.sql) == commands_in(
            self.up_sql
        )

    def says(self, statements: Sequence[str]) -> bool:
        return set(commands_in(statements)) <= set(commands_in(self.up_sql))

    def back_from(self, sql: str) -> list[str]:
        """The command that takes one command of the call back."""
        forward, backward = commands_in(self.up_sql), commands_in(self.down_sql)
        (wanted,) = commands_in([sql]) if len(commands_in([sql])) == 1 else ("",)
        if wanted not in forward:
            return []
        own = [other for other in backward if _takes_back(other, wanted)]
        if own or len(forward) != len(backward):
            return own[:1]
        return [backward[len(forward) - 1 - forward.index(wanted)]]


def _is_change(migration: Migration) -> bool:
    """Whether each call says its own way back, so that one that is missing is meant to be."""
    if migration.up is None or migration.down is None:
        return False
    return {one.line for one in migration.down.statements} <= {one.line for one in migration.up.statements}


def _on(line: int, statements: Sequence[Statement]) -> list[Statement]:
    return [statement for statement in statements if statement.line == line]


def _takes_back(other: str, command: str) -> bool:
    """Of the same column, where commands of one ALTER TABLE are not simply turned around."""
    one, two = _altered(command), _altered(other)
    if one is None or two is None or one.name != two.name:
        return False
    return bool(pg.AlterTableType.Name(two.subtype) == _BACK.get(pg.AlterTableType.Name(one.subtype)))


def _altered(sql: str) -> Any:
    node: Any = parse(sql)
    return node.cmds[0].alter_table_cmd if type(node).__name__ == "AlterTableStmt" else None


def _change(step: Step, migration: Migration, call: _Call) -> Change:
    if step.backfill:
        return Change(step.sql, (*step.undo, *_back_from_rows(migration, call)))
    if step.undo:
        return Change(step.sql, step.undo)
    if step.section is Section.DATA or all(map(_only_looks, step.sql)):
        return Change(step.sql)
    down = _authors_way_back(step, migration, call)
    if down or (call.takes_nothing_back and call.says(step.sql)):
        return Change(step.sql, tuple(down))
    as_written = step.no_undo == AS_WRITTEN.format(path=step.path)
    return Change(step.sql, no_way_back=NO_WAY_BACK if as_written else step.no_undo)


def _back_from_rows(migration: Migration, call: _Call) -> list[str]:
    """What the author's down has for the rows that a call changes."""
    alone = migration.up is not None and len(migration.up.statements) == 1 and migration.down is not None
    return [one.sql for one in migration.down.statements] if alone and migration.down else call.down_sql


def _only_looks(sql: str) -> bool:
    command = _altered(sql)
    return command is not None and command.subtype == pg.AT_ValidateConstraint


def _authors_way_back(step: Step, migration: Migration, call: _Call) -> list[str]:
    """What the author's down has for these statements; else what Ecto itself would turn them into."""
    if len(step.sql) == 1 and (own := call.back_from(step.sql[0])):
        return own
    theirs = [statement.sql for statement in migration.down.statements] if migration.down else []
    back: list[str] = []
    for sql in reversed(step.sql):
        commands = commands_of(sql, commands_in(theirs))
        if commands is None:
            return []
        try:
            back += sent_by([reverse(command, step.line) for command in reversed(commands)])
        except RaisedError:
            return []
    return back


def _source(lines: Sequence[str], statement: Statement) -> tuple[str, ...]:
    """The call as it stands in the file, with the comment above it."""
    first, last = statement.line - 1, statement.end_line
    margin = len(lines[first]) - len(lines[first].lstrip())
    while first > 0 and lines[first - 1][:margin].isspace() and lines[first - 1][margin:].startswith("#"):
        first -= 1
    return tuple(line[margin:] for line in lines[first:last])
