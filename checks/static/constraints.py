"""Constraints: what adding, validating and dropping them costs."""

from __future__ import annotations

import re
from typing import Any

from checks.model.observations import LockMode
from checks.rules.actions import (
    AddConstraint,
    DropConstraint,
    ValidateConstraint,
)
from checks.rules.constraints import SUFFIXES, default_name
from checks.sql.parse import find, name_parts
from checks.static import rows
from checks.static.facts import THE_TARGET
from checks.static.indexes import columns_of_index
from checks.static.moment import Moment
from checks.static.not_null import cannot_be_null

_ON_DELETE = {"c": " ON DELETE CASCADE", "n": " ON DELETE SET NULL", "d": " ON DELETE SET DEFAULT"}


_ENDINGS = {f"_{ending}": kind for kind, ending in SUFFIXES.items() if kind != "not null"}


_NAME_OF_KEY = re.compile(r"_fkey\d*$|_fk$|^fk_|_fk_|_foreign$")
"""PostgreSQL, and what Rails, Django, Alembic, Knex and most people call a foreign key."""


_BY_INDEX = ("unique", "primary key", "exclusion")


def add_constraint(now: Moment, action: AddConstraint) -> None:
    is_key = action.kind == "foreign key"
    strength = LockMode.SHARE_ROW_EXCLUSIVE if is_key else LockMode.ACCESS_EXCLUSIVE
    table = now.lock(action.relation, strength)
    name = action.name or default_name(table, action)
    if is_key and action.references:
        now.lock(action.references, LockMode.SHARE_ROW_EXCLUSIVE)
    if now.is_live(table) and not action.new_table:
        _check_rows(now, table, name, action)
    _put_constraint(now, table, name, action)


def _check_rows(now: Moment, table: str, name: str, action: AddConstraint) -> None:
    if action.kind in _BY_INDEX:
        _build(now, table, name, action)
    elif not action.not_valid and not _is_empty_key(now, table, action):
        now.facts.scans.append(table)
        now.facts.validated.append(f"{table}.{name}")
        now.wait_open(f"all rows of `{rows.parts(table)[1]}` keep to `{name}`")


def _build(now: Moment, table: str, name: str, action: AddConstraint) -> None:
    if action.index is None:
        schema, _ = rows.parts(table)
        now.facts.built.append(f"{schema}.{name}")
        now.wait_open(f"no two rows of `{rows.parts(table)[1]}` break `{name}`")
    elif action.kind == "primary key":
        columns = columns_of_index(now, table, action.index)
        proven = [cannot_be_null(now, table, column) for column in columns]
        if not columns or None in proven:
            now.wait_open(f"the columns of `{action.index}` are NOT NULL already, or all rows are read")
        elif not all(proven):
            now.facts.scans.append(table)


def _is_empty_key(now: Moment, table: str, action: AddConstraint) -> bool:
    """A foreign key of a new column without a default: all its values are NULL, and PostgreSQL looks at none."""
    is_filled = any((table, column) in now.filled for column in action.columns)
    return action.kind == "foreign key" and action.new_column and not is_filled


def _put_constraint(now: Moment, table: str, name: str, action: AddConstraint) -> None:
    columns = action.columns or _columns_in(action) or columns_of_index(now, table, action.index or "")
    enforced = action.node is None or action.kind not in ("check", "foreign key") or action.node.is_enforced
    references, referenced = None, []
    if action.references and action.node is not None:
        references = now.known.resolve(action.references)
        referenced = name_parts(action.node.pk_attrs) or _primary_key(now, references)
    key, row, fact = rows.constraint(
        table,
        name,
        action.kind,
        columns,
        valid=not action.not_valid,
        enforced=enforced,
        references=references,
        referenced=referenced,
        node=action.node,
    )
    fact["definition"] = _ON_DELETE.get(getattr(action.node, "fk_del_action", ""), "")
    now.known.put(table, key, row, fact)
    if action.kind in _BY_INDEX:
        _put_index_of(now, table, name, action)
    if action.kind in ("primary key", "not null"):
        _put_not_null(now, table, columns)


def _put_index_of(now: Moment, table: str, name: str, action: AddConstraint) -> None:
    if action.index is not None:
        return
    primary = action.kind == "primary key"
    unique = action.kind != "exclusion"
    key = ", ".join(action.columns)
    now.known.put(
        table,
        *rows.index(table, name, action.columns, unique=unique, primary=primary, constraint=name, key=key),
    )


def _put_not_null(now: Moment, table: str, columns: tuple[str, ...]) -> None:
    for column in columns:
        key = ("column", f"{table}.{column}")
        if key in now.group(table):
            row, fact = now.group(table)[key]
            now.known.put(table, key, {**row, "not_null": True}, fact)


def validate_constraint(now: Moment, action: ValidateConstraint) -> None:
    table = now.lock(action.relation, LockMode.SHARE_UPDATE_EXCLUSIVE)
    key = ("constraint", f"{table}.{action.name}")
    if now.is_live(table):
        now.facts.scans.append(table)
        now.facts.validated.append(f"{table}.{action.name}")
        now.wait_open(f"all rows of `{rows.parts(table)[1]}` keep to `{action.name}`")
    if key in now.group(table):
        row, fact = now.group(table)[key]
        if fact["references"]:
            now.lock(fact["references"], LockMode.ROW_SHARE)
        now.known.put(table, key, {**row, "valid": True}, fact)
    else:
        now.known.put(table, *rows.constraint(table, action.name, "unknown", ()))


def drop_constraint(now: Moment, action: DropConstraint) -> None:
    table = now.lock(action.relation, LockMode.ACCESS_EXCLUSIVE)
    key = ("constraint", f"{table}.{action.name}")
    if key not in now.group(table):
        _assume_constraint(now, table, action.name)
    _, fact = now.group(table).get(key, ({}, {}))
    if fact.get("references"):
        now.lock(fact["references"], LockMode.ACCESS_EXCLUSIVE)
    now.known.remove(table, key)
    now.known.remove(table, ("index", f"{rows.parts(table)[0]}.{action.name}"))


def _assume_constraint(now: Moment, table: str, name: str) -> None:
    """Of the kind that its name has where PostgreSQL or a framework chooses it (``users_pkey``)."""
    kind = next((kind for ending, kind in _ENDINGS.items() if name.endswith(ending)), None)
    if _NAME_OF_KEY.search(name):
        kind = "foreign key"
    if kind is not None and now.is_live(table):
        target = now.relation(THE_TARGET) if kind == "foreign key" else None
        now.known.recall(table, *rows.constraint(table, name, kind, (), references=target))


def _primary_key(now: Moment, table: str) -> list[str]:
    keys = [
        fact
        for (kind, _), (row, fact) in now.group(table).items()
        if kind == "constraint" and row["kind"] == "primary key"
    ]
    return list(keys[0]["columns"]) if keys else []


def _columns_in(action: AddConstraint) -> tuple[str, ...]:
    """The columns that a CHECK or an EXCLUDE names."""
    if action.node is None:
        return ()
    if action.kind == "exclusion":
        elements = [item.list.items[0].index_elem.name for item in action.node.exclusions]
        return tuple(name for name in elements if name)
    if not action.node.HasField("raw_expr"):
        return ()
    names: Any = find(action.node.raw_expr, "ColumnRef")
    return tuple(
        dict.fromkeys(one.fields[-1].string.sval for one in names if one.fields[-1].HasField("string"))
    )
