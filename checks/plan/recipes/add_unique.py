"""A unique constraint or a primary key takes over an index that was built while writers went on."""

from __future__ import annotations

from collections.abc import Iterator

from checks.plan.model import Phase, Step
from checks.plan.pieces import named
from checks.plan.recipes import Stages
from checks.plan.recipes.create_index import invalid
from checks.plan.recipes.required import require
from checks.plan.statement import Part
from checks.rules.actions import AddConstraint, CreateIndex
from checks.rules.wording import columns, quoted, short

RULES = ("unique-without-using-index", "unique-fails-on-rows", "primary-key-without-using-index")
TO_MEND = (
    "It fails on equal rows and leaves an invalid index: take the way back, mend the rows, run it again."
)


def recipe(part: Part) -> Stages | None:
    index = part.the(CreateIndex)
    if index is not None and index.unique and index.online and index.name:
        return [_index(part, index.relation, index.name, index.online, index.columns)]
    constraint = part.the(AddConstraint)
    if constraint is None or constraint.kind not in ("unique", "primary key") or constraint.index:
        return None
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
        for column in constraint.columns:
            if part.became_not_null(part.locate(constraint.relation), column):
                yield from require(part, constraint.relation, column)
    key = f"{sql_name} ON {table} ({columns(constraint.columns)})"
    online = f"CREATE UNIQUE INDEX CONCURRENTLY {key}"
    yield _index(part, constraint.relation, name, online, constraint.columns)
    word = "PRIMARY KEY" if constraint.kind == "primary key" else "UNIQUE"
    tail = _deferred(constraint)
    schema, spare = part.locate(constraint.relation).partition(".")[0], named(name, "spare")
    aside = quoted(spare)
    yield part.step(
        Phase.SWITCH,
        f"`{name}` becomes the {word.lower()} constraint, in an instant.",
        f"ALTER TABLE {table} ADD CONSTRAINT {sql_name} {word} USING INDEX {sql_name}{tail}",
        undo=(
            online.replace(f" {sql_name} ON ", f" {aside} ON ", 1),
            f"ALTER TABLE {table} DROP CONSTRAINT {sql_name}",
            f"ALTER INDEX {quoted(short(f'{schema}.{spare}'))} RENAME TO {sql_name}",
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
