"""A unique constraint or a primary key takes over an index that was built while writers went on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checks.plan.model import Phase, Step
from checks.plan.pieces import named
from checks.plan.recipes import Stages
from checks.plan.recipes.create_index import invalid
from checks.plan.recipes.required import require
from checks.plan.statement import Part
from checks.rules.actions import AddConstraint, CreateIndex
from checks.rules.wording import columns, quoted, short

RULES = (
    "unique-without-using-index",
    "unique-fails-on-rows",
    "primary-key-without-using-index",
    "primary-key-not-null-scan",
)
_KEY = re.compile(r"PRIMARY KEY \((.+?)\)(?: INCLUDE|$)")
TO_MEND = (
    "It fails on equal rows and leaves an invalid index: take the way back, mend the rows, run it again."
)


def recipe(part: Part) -> Stages | None:
    index = part.the(CreateIndex)
    if index is not None and index.unique and index.online and index.name:
        return [_index(part, index.relation, index.name, index.online, index.columns)]
    constraint = part.the(AddConstraint)
    if constraint is None or constraint.kind not in ("unique", "primary key"):
        return None
    if constraint.index:
        return [*_of_nullable(part, constraint, constraint.name or constraint.index)]
    name = constraint.name or _given_name(part)
    if (
        not name
        or constraint.new_column
        or len(constraint.node.including)
        or constraint.node.nulls_not_distinct
    ):
        return None
    return [*_stages(part, constraint, name)]


def _stages(part: Part, constraint: AddConstraint, name: str) -> Iterator[Step]:
    table, sql_name = part.name(constraint.relation), quoted(name)
    if constraint.kind == "primary key":
        yield from _required(part, constraint.relation, constraint.columns)
    online = f"CREATE UNIQUE INDEX CONCURRENTLY {sql_name} ON {table} ({columns(constraint.columns)})"
    yield _index(part, constraint.relation, name, online, constraint.columns)
    word = "PRIMARY KEY" if constraint.kind == "primary key" else "UNIQUE"
    yield _takes_over(
        part,
        constraint,
        (name, name, columns(constraint.columns)),
        f"ALTER TABLE {table} ADD CONSTRAINT {sql_name} {word} USING INDEX {sql_name}{_deferred(constraint)}",
    )


def _of_nullable(part: Part, constraint: AddConstraint, name: str) -> Iterator[Step]:
    """The index is there; that its columns are required comes first, so that nothing is read for it."""
    new = part.new("constraint", f"{part.locate(constraint.relation)}.{name}")
    found = _KEY.match(new.after or "") if new else None
    if found:
        names = [name.strip('"').replace('""', '"') for name in found[1].split(", ")]
        yield from _required(part, constraint.relation, names)
        yield _takes_over(part, constraint, (name, constraint.index or name, found[1]), part.sql)


def _required(part: Part, relation: str, names: Sequence[str]) -> Iterator[Step]:
    for column in names:
        if part.became_not_null(part.locate(relation), column):
            yield from require(part, relation, column)


def _takes_over(part: Part, constraint: AddConstraint, of: tuple[str, str, str], sql: str) -> Step:
    """``of``: the name of the constraint, that of the index before, and its columns."""
    name, index, key = of
    table, spare = part.name(constraint.relation), named(index, "spare")
    schema = part.locate(constraint.relation).partition(".")[0]
    return part.step(
        Phase.SWITCH,
        f"`{name}` becomes the {constraint.kind} constraint, in an instant.",
        sql,
        undo=(
            f"CREATE UNIQUE INDEX CONCURRENTLY {quoted(spare)} ON {table} ({key})",
            f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}",
            f"ALTER INDEX {quoted(short(f'{schema}.{spare}'))} RENAME TO {quoted(index)}",
        ),
        note="The way back drops the index with the constraint, so it builds another one first.",
    )


def _index(part: Part, relation: str, name: str, online: str, key: tuple[str, ...]) -> Step:
    table = part.name(relation)
    schema = part.locate(relation).partition(".")[0]
    index = quoted(short(f"{schema}.{name}"))
    return part.step(
        Phase.BACKFILL,
        f"Build the unique index `{name}` of `{short(part.locate(relation))}` while writers go on.",
        online,
        check=_equal_rows(table, key) if key else invalid(index),
        undo=(f"DROP INDEX CONCURRENTLY IF EXISTS {index}",),
        note=TO_MEND,
    )


def _equal_rows(table: str, key: tuple[str, ...]) -> str:
    names = columns(key)
    there = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in key)
    return (
        f"SELECT {names}, count(*) FROM {table} WHERE {there} GROUP BY {names} HAVING count(*) > 1 LIMIT 10"
    )


def _given_name(part: Part) -> str:
    """The name that PostgreSQL chose."""
    built = part.observation.indexes_built
    return built[0].partition(".")[2] if len(built) == 1 else ""


def _deferred(constraint: AddConstraint) -> str:
    if constraint.node.initdeferred:
        return " INITIALLY DEFERRED"
    return " DEFERRABLE" if constraint.node.deferrable else ""
