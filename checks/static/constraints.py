"""Constraints and indexes: what adding, validating and dropping them costs, and what they prove."""

from __future__ import annotations

import re
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.model import LockMode
from checks.rules.actions import AddConstraint, CreateIndex, DropConstraint, ValidateConstraint
from checks.rules.constraints import SUFFIXES, default_name
from checks.sql.parse import find, name_parts, unwrap
from checks.static import rows
from checks.static.facts import THE_TARGET
from checks.static.moment import Moment

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
        columns = _of_index(now, table, action.index)
        proven = [_cannot_be_null(now, table, column) for column in columns]
        if not columns or None in proven:
            now.wait_open(f"the columns of `{action.index}` are NOT NULL already, or all rows are read")
        elif not all(proven):
            now.facts.scans.append(table)


def _is_empty_key(now: Moment, table: str, action: AddConstraint) -> bool:
    """A foreign key of a new column without a default: all its values are NULL, and PostgreSQL looks at none."""
    is_filled = any((table, column) in now.filled for column in action.columns)
    return action.kind == "foreign key" and action.new_column and not is_filled


def _put_constraint(now: Moment, table: str, name: str, action: AddConstraint) -> None:
    columns = action.columns or _columns_in(action) or _of_index(now, table, action.index or "")
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


def create_index(now: Moment, action: CreateIndex) -> None:
    table = now.lock(
        action.relation, LockMode.SHARE_UPDATE_EXCLUSIVE if action.concurrently else LockMode.SHARE
    )
    schema, last = rows.parts(table)
    name = action.name or _default_index_name(last, action)
    if action.if_not_exists and ("index", f"{schema}.{name}") in now.group(table):
        return
    now.facts.built.append(f"{schema}.{name}")
    if now.is_live(table):
        now.facts.scans.append(table)
        if action.unique:
            now.wait_open(f"no two rows of `{last}` break `{name}`")
    stmt = action.node
    if stmt is not None:
        now.known.put(table, *_index_row(table, name, stmt))


def _index_row(table: str, name: str, stmt: Any) -> Any:
    elements = [param.index_elem for param in stmt.index_params]
    return rows.index(
        table,
        name,
        [element.name or None for element in elements],
        includes=[param.index_elem.name for param in stmt.index_including_params],
        unique=stmt.unique,
        method=stmt.access_method or "btree",
        predicate="WHERE" if stmt.HasField("where_clause") else None,
        key=", ".join(map(_key_part, elements)),
    )


def _key_part(element: Any) -> str:
    if not element.name:
        return "expression"
    words = [element.name, *name_parts(element.collation), *name_parts(element.opclass)]
    if element.ordering == pg.SORTBY_DESC:
        words.append("DESC")
    if element.nulls_ordering not in (pg.SORTBY_NULLS_DEFAULT, 0):
        words.append(pg.SortByNulls.Name(element.nulls_ordering))
    return " ".join(words)


def _default_index_name(table: str, action: CreateIndex) -> str:
    names = [param.index_elem.name or "expr" for param in action.node.index_params] if action.node else []
    return "_".join([table, *names, "idx"])[:63]


def not_null_is_proven(now: Moment, table: str, column: str) -> bool | None:
    """Whether a valid CHECK says that the column is never NULL; None when there is one whose text nobody knows."""
    found: bool | None = False
    for (kind, _), (row, fact) in now.group(table).items():
        if kind != "constraint" or not row["valid"]:
            continue
        if row["kind"] == "unknown":
            found = None
        elif (
            row["kind"] == "check"
            and fact["node"] is not None
            and _says_not_null(fact["node"].raw_expr, column)
        ):
            return True
    return found


def _says_not_null(expression: Any, column: str) -> bool:
    node: Any = unwrap(expression)
    if type(node).__name__ == "NullTest":
        fields = node.arg.column_ref.fields
        return node.nulltesttype == pg.IS_NOT_NULL and bool(fields) and fields[-1].string.sval == column
    if type(node).__name__ == "BoolExpr" and node.boolop == pg.AND_EXPR:
        return any(_says_not_null(part, column) for part in node.args)
    return False


def _cannot_be_null(now: Moment, table: str, column: str) -> bool | None:
    """By its own NOT NULL or by a CHECK; None when the files do not tell of the column."""
    declared, proven = _is_not_null(now, table, column), not_null_is_proven(now, table, column)
    return True if declared or proven else declared


def _is_not_null(now: Moment, table: str, column: str) -> bool | None:
    """None for a column that no file tells of."""
    row, _ = now.group(table).get(("column", f"{table}.{column}"), (None, None))
    return None if row is None else bool(row["not_null"])


def _of_index(now: Moment, table: str, name: str) -> tuple[str, ...]:
    for (kind, full), (_, fact) in now.group(table).items():
        if kind == "index" and rows.parts(full)[1] == name:
            return tuple(column for column in fact["columns"] if column)
    return ()


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
