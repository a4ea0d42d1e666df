"""What the catalogs say of a table whose rows are to be changed in batches: by which key, and what stands against it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.catalog import Catalog, Constraint, Index
from checks.model.tables import Batching, Obstacle
from checks.rules.wording import short, table_part

EACH = ("UPDATE", "DELETE", "INSERT")
_ON_DELETE = re.compile(r" ON DELETE (CASCADE|SET NULL|SET DEFAULT)")
_EVENTS = re.compile(
    r"^CREATE (?:CONSTRAINT )?TRIGGER .+? (?:BEFORE|AFTER|INSTEAD OF) (?P<events>.+?) ON ", re.DOTALL
)

STATEMENT_TRIGGER = (
    "Trigger `{name}` of `{table}` sees a statement as a whole, and would see each batch instead."
)
RULE = "Rule `{name}` of `{table}` rewrites the statement."
CHILDREN = "`{table}` has tables that inherit from it, whose rows its key does not tell apart."
FOLLOWED = (
    "Foreign key `{name}` of `{table}` follows with {action}, so nobody knows how many rows a batch changes."
)
ITSELF = "Foreign key `{name}` refers to the table itself: a batch could delete a row before the one that refers to it."
REFERENCED = "Foreign key `{name}` of `{table}` refers to a column that it sets."
DEFERRED = (
    "Constraint `{name}` is checked at the end of a transaction, and so would be at the end of each batch."
)


def batching(catalog: Catalog, table: str) -> Batching:
    """``table``: ``schema.name`` of an ordinary or partitioned table."""
    return Batching(keys=keys(catalog, table), obstacles=tuple(_obstacles(catalog, table)))


def keys(catalog: Catalog, table: str) -> tuple[tuple[str, ...], ...]:
    required = {column.name for column in catalog.columns(table) if column.not_null}
    deferrable = {one.name for one in catalog.constraints(table) if one.deferrable}
    found = [index for index in catalog.indexes(table) if _tells_apart(index, required, deferrable)]
    found.sort(key=lambda index: (not index.primary, len(index.columns), index.name))
    return tuple(dict.fromkeys(tuple(str(column) for column in index.columns) for index in found))


def unstable_functions(catalog: Catalog, named: frozenset[str]) -> tuple[str, ...]:
    """Those among the names whose answer may depend on rows, or change what they are called on."""
    found = {
        str(catalog.fact(key, "name"))
        for key, row in catalog.objects.items()
        if key[0] == "function" and row.get("volatility") != "immutable"
    }
    return tuple(sorted(found & named))


def _tells_apart(index: Index, required: set[str], deferrable: set[str]) -> bool:
    whole = index.unique and index.valid and index.predicate is None
    plain = not any(mark in str(name) for name in index.columns for mark in ".,")
    return whole and plain and index.constraint not in deferrable and required.issuperset(index.columns)


def _obstacles(catalog: Catalog, table: str) -> Iterator[Obstacle]:
    yield from _triggers(catalog, table)
    yield from _rules(catalog, table)
    if any(table in str(row.get("inherits") or "").split(", ") for row in catalog.objects.values()):
        yield Obstacle(verbs=EACH, reason=CHILDREN.format(table=short(table)))
    for key in catalog.foreign_keys():
        if key.references == table:
            yield from _references(key, table)
    for one in catalog.constraints(table):
        if one.deferrable and one.kind in ("unique", "primary key", "exclusion"):
            yield Obstacle(verbs=("UPDATE",), columns=one.columns, reason=DEFERRED.format(name=one.name))


def _triggers(catalog: Catalog, table: str) -> Iterator[Obstacle]:
    for key, row in catalog.objects.items():
        if key[0] == "trigger" and _is_of(catalog, key, table) and row["enabled"] in ("yes", "always"):
            definition = str(row["definition"])
            events = _EVENTS.match(definition)
            verbs = tuple(verb for verb in EACH if events and verb in events["events"])
            if verbs and ("FOR EACH STATEMENT" in definition or "REFERENCING" in definition):
                reason = STATEMENT_TRIGGER.format(name=catalog.fact(key, "name"), table=short(table))
                yield Obstacle(verbs=verbs, reason=reason)


def _rules(catalog: Catalog, table: str) -> Iterator[Obstacle]:
    for key, row in catalog.objects.items():
        if key[0] == "rule" and _is_of(catalog, key, table) and row["enabled"] in ("yes", "always"):
            yield Obstacle(verbs=EACH, reason=RULE.format(name=catalog.fact(key, "name"), table=short(table)))


def _references(key: Constraint, table: str) -> Iterator[Obstacle]:
    other = short(key.table)
    yield Obstacle(
        verbs=("UPDATE",),
        columns=key.referenced_columns,
        reason=REFERENCED.format(name=key.name, table=other),
    )
    if action := _ON_DELETE.search(key.definition):
        reason = FOLLOWED.format(name=key.name, table=other, action=action[0].strip())
        yield Obstacle(verbs=("DELETE",), reason=reason)
    elif key.table == table:
        yield Obstacle(verbs=("DELETE",), reason=ITSELF.format(name=table_part(key.name)))


def _is_of(catalog: Catalog, key: tuple[str, str], table: str) -> bool:
    return f"{catalog.fact(key, 'schema')}.{catalog.fact(key, 'table')}" == table
