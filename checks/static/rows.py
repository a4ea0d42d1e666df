"""Objects in the shape of ``Catalog``: the properties and facts that the rules ask for, as far as text tells them."""

from __future__ import annotations

from collections.abc import Sequence

from checks.static.known import Fact, Group

_TABLE: Fact = {
    "partition_key": None,
    "partition_of": None,
    "bound": None,
    "inherits": None,
    "row_security": False,
    "force_row_security": False,
}


def parts(name: str) -> tuple[str, str]:
    """Schema and name."""
    schema, _, last = name.partition(".")
    return schema, last


def relation(kind: str, name: str, **properties: object) -> Group:
    schema, last = parts(name)
    return {(kind, name): ({**_TABLE, **properties}, {"schema": schema, "name": last})}


def other(kind: str, name: str, **properties: object) -> Group:
    """Anything that is no relation: a function (without its arguments), a type, a sequence."""
    schema, last = parts(name) if "." in name else ("", name)
    return {(kind, name): ({"partition_of": None, **properties}, {"schema": schema, "name": last})}


def column(
    table: str,
    name: str,
    position: int,
    type: str,
    *,
    not_null: bool = False,
    default: str | None = None,
    identity: str | None = None,
    generated: str | None = None,
) -> tuple[tuple[str, str], Fact, Fact]:
    schema, last = parts(table)
    row: Fact = {
        "type": type,
        "not_null": not_null,
        "default": default,
        "position": position,
        "identity": identity,
        "generated": generated,
    }
    return ("column", f"{table}.{name}"), row, {"schema": schema, "table": last, "name": name}


def constraint(
    table: str,
    name: str,
    kind: str,
    columns: Sequence[str],
    *,
    valid: bool = True,
    enforced: bool = True,
    references: str | None = None,
    referenced: Sequence[str] = (),
    node: object = None,
) -> tuple[tuple[str, str], Fact, Fact]:
    schema, last = parts(table)
    fact: Fact = {
        "schema": schema,
        "table": last,
        "name": name,
        "domain": False,
        "definition": "",
        "columns": list(columns),
        "references": references,
        "referenced_columns": list(referenced),
        "node": node,
    }
    row: Fact = {"kind": kind, "valid": valid, "deferrable": "no", "enforced": enforced}
    return ("constraint", f"{table}.{name}"), row, fact


def index(
    table: str,
    name: str,
    columns: Sequence[str | None],
    *,
    includes: Sequence[str] = (),
    unique: bool = False,
    primary: bool = False,
    method: str = "btree",
    predicate: str | None = None,
    constraint: str | None = None,
    key: str = "",
) -> tuple[tuple[str, str], Fact, Fact]:
    """``name`` without its schema, which is the table's."""
    schema, last = parts(table)
    fact: Fact = {
        "schema": schema,
        "name": name,
        "table_schema": schema,
        "table": last,
        "columns": list(columns),
        "includes": list(includes),
        "unique": unique,
        "primary": primary,
        "method": method,
        "predicate": predicate,
        "constraint": constraint,
    }
    row: Fact = {"definition": f"CREATE INDEX {name} ON {table} USING {method} ({key})", "valid": True}
    return ("index", f"{schema}.{name}"), row, fact


def of_table(kind: str, table: str, name: str, **properties: object) -> tuple[tuple[str, str], Fact, Fact]:
    """A trigger, a policy or a rule."""
    schema, last = parts(table)
    return (kind, f"{table}.{name}"), dict(properties), {"schema": schema, "table": last, "name": name}
