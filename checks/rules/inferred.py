"""What a DO block or a function did although its text does not show it: dynamic SQL, read off the catalogs.

Only for statements whose SQL is not in the file: what changed on the tables that they locked, and that no other
statement of the migration asks for, was done by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from checks.catalog import Catalog, Column, Constraint, Index
from checks.model.observations import Lock, LockMode, Observation
from checks.rules.actions import (
    Action,
    AddColumn,
    AddConstraint,
    ChangeRows,
    ChangeType,
    ConstraintKind,
    CreateIndex,
    DropColumn,
    DropSchema,
    DropTable,
    RenameColumn,
    SetLockTimeout,
    SetNotNull,
)
from checks.rules.objects import DropObject, RenameObject
from checks.rules.schema import column_of

Part = TypeVar("Part", Column, Constraint, Index)

_WRITES = LockMode.ROW_EXCLUSIVE
_HIDING = {"DO", "CALL", "SELECT", "EXECUTE"}
_BODIES = {"DO", "CALL", "SELECT"}
_COMMITS = re.compile(r"\bCOMMIT\b", re.IGNORECASE)
_SEEN_IN_THE_CATALOGS = (SetLockTimeout, DropSchema, DropObject, RenameObject)
"""Actions that lock no table; the rules about them look whether the object is still there."""
_KINDS: dict[str, ConstraintKind] = {
    "check": "check",
    "foreign key": "foreign key",
    "unique": "unique",
    "primary key": "primary key",
    "exclusion": "exclusion",
}


def with_hidden(
    observations: Sequence[Observation],
    written: Sequence[tuple[Action, ...]],
    before: Catalog,
    after: Catalog,
) -> list[tuple[Action, ...]]:
    """For each observation the actions of its text, and those that only the catalogs show."""
    real = [
        tuple(action for action in actions if _happened(action, observation, after))
        for observation, actions in zip(observations, written, strict=True)
    ]
    known = {_claim(action) for actions in real for action in actions}
    complete = []
    for observation, actions in zip(observations, real, strict=True):
        hidden: list[Action] = []
        if observation.kind in _HIDING and observation.error is None:
            hidden = [
                action for action in _changes(observation, before, after) if _claim(action) not in known
            ]
            known.update(map(_claim, hidden))
        complete.append((*actions, *hidden))
    return complete


def _happened(action: Action, observation: Observation, after: Catalog) -> bool:
    """Whether a command that stands in a body was reached: the branch around it may not have run."""
    if observation.kind not in _BODIES or observation.error is not None:
        return True
    if isinstance(action, ChangeRows) and _COMMITS.search(observation.sql):
        return True  # its locks went with each commit, and can be no witness
    tables = [lock.relation for lock in observation.locks if lock.mode.strength >= _WRITES.strength]
    table = next((name for name in tables if action.relation in (name, name.partition(".")[2])), None)
    if table is None:
        return isinstance(action, _SEEN_IN_THE_CATALOGS)
    if isinstance(action, DropTable):
        return table not in after.relations()
    return not isinstance(action, DropColumn) or column_of(after, table, action.column) is None


def _claim(action: Action) -> tuple[str, str, str | None]:
    """What an action changes, by the last parts of the names, so that the same change is not told twice."""
    table = action.relation.rpartition(".")[2]
    if isinstance(action, CreateIndex | AddConstraint):
        return "index or constraint", table, action.name
    return type(action).__name__, table, getattr(action, "column", None)


def _changes(observation: Observation, before: Catalog, after: Catalog) -> Iterator[Action]:
    for lock in observation.locks:
        table = lock.relation
        if not lock.existed_before or not lock.mode.blocks_writes or table not in before.relations():
            continue
        if table not in after.relations():
            if lock.mode.blocks_reads:
                yield _gone(lock)
            continue
        yield from _new_indexes(observation, table, before, after)
        if lock.relation_kind == "table":
            yield from _changed_table(lock, before, after)


def _gone(lock: Lock) -> Action:
    if lock.relation_kind in ("view", "materialized view"):
        return DropObject(lock.relation, (lock.relation_kind,))
    return DropTable(lock.relation)


def _changed_table(lock: Lock, before: Catalog, after: Catalog) -> Iterator[Action]:
    table = lock.relation
    yield from (_constraint(new) for new in _new(before.constraints(table), after.constraints(table)))
    if not lock.mode.blocks_reads:
        return
    gone = _new(after.columns(table), before.columns(table))
    come = _new(before.columns(table), after.columns(table))
    renamed = {
        old.name: new for old in gone for new in come if (old.position, old.type) == (new.position, new.type)
    }
    for old in gone:
        yield (
            RenameColumn(table, old.name, renamed[old.name].name)
            if old.name in renamed
            else DropColumn(table, old.name)
        )
    for new in come:
        if new not in renamed.values():
            yield _added(new)
    for column in after.columns(table):
        yield from _altered(column_of(before, table, column.name), column)


def _new_indexes(observation: Observation, table: str, before: Catalog, after: Catalog) -> Iterator[Action]:
    for index in _new(before.indexes(table), after.indexes(table)):
        if index.name in observation.indexes_built and index.constraint is None:
            yield CreateIndex(table, index.name, index.unique, concurrently=False, if_not_exists=False)


def _new(old: Sequence[Part], new: Sequence[Part]) -> list[Part]:
    names = {part.name for part in old}
    return [part for part in new if part.name not in names]


def _constraint(new: Constraint) -> Action:
    return AddConstraint(
        relation=new.table,
        kind=_KINDS.get(new.kind, "not null"),
        name=new.name,
        columns=new.columns,
        not_valid=not new.valid,
        index=None,
        references=new.references,
    )


def _added(column: Column) -> Action:
    return AddColumn(
        relation=column.table,
        column=column.name,
        type=column.type,
        not_null=column.not_null,
        expression=None if column.generated else column.default,
        serial=column.identity is not None or "nextval(" in (column.default or ""),
        stored=column.generated == "stored",
        virtual=column.generated == "virtual",
    )


def _altered(old: Column | None, new: Column) -> Iterator[Action]:
    if old is None:
        return
    if old.type != new.type:
        yield ChangeType(new.table, new.name, new.type, using=False)
    if new.not_null and not old.not_null:
        yield SetNotNull(new.table, new.name)
