"""A column gets another type through a second column that a trigger keeps in step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checks.plan.model import Deploy, Phase, Step
from checks.plan.pieces import converted, named, new_type
from checks.plan.recipes import Stages
from checks.plan.recipes.batched import batches, in_batches
from checks.plan.statement import Part
from checks.rules.actions import ChangeType
from checks.rules.wording import quoted, short, table_part

RULES = ("column-type-rewrite", "column-type-narrowing", "table-rewrite", "column-type-index-rebuild")
NOTE = (
    "What belongs to `{column}` (default, NOT NULL, indexes, constraints, views) is not carried over: make it on `{new}` "
    "before the switch, indexes CONCURRENTLY and constraints NOT VALID. A report does not tell whether `{column}` is in a "
    "primary key or referred to by foreign keys: if it is, the switch refuses, and the key has to be moved first."
)


@dataclass(frozen=True)
class _Names:
    table: str
    column: str
    new: str
    old: str
    sync: str


def recipe(part: Part) -> Stages | None:
    """Raises Refused when its rows cannot be filled in batches."""
    action = part.the(ChangeType)
    if action is None:
        return None
    bare = table_part(part.locate(action.relation))
    schema = part.locate(action.relation).partition(".")[0]
    names = _Names(
        table=part.name(action.relation),
        column=quoted(action.column),
        new=quoted(named(action.column, "new")),
        old=quoted(named(action.column, "old")),
        sync=quoted(short(f"{schema}.{named(bare, action.column, 'sync')}")),
    )
    return [*_stages(part, action, names)]


def _stages(part: Part, action: ChangeType, names: _Names) -> Iterator[Step | Deploy]:
    table, column, new, old = names.table, names.column, names.new, names.old
    relation, type_name = short(part.locate(action.relation)), new_type(part.node)
    value = converted(part.node, action.column)
    missing = f"{new} IS NULL AND ({value}) IS NOT NULL"
    yield part.step(
        Phase.EXPAND,
        f"`{relation}` gets a second column of type {type_name}, and a trigger that fills it.",
        f"ALTER TABLE {table} ADD COLUMN {new} {type_name}",
        *_sync(part, action, names),
        transaction=True,
        undo=(*_no_sync(names), f"ALTER TABLE {table} DROP COLUMN {new}"),
        note=NOTE.format(column=action.column, new=new.strip('"')),
    )
    found = batches(part, f"UPDATE {table} SET {new} = {value} WHERE {missing}")
    yield from in_batches(part, found, f"Old rows of `{relation}` get their value in the new type")
    yield Deploy(before=Phase.SWITCH, needs=f"Code that copes with `{action.column}` in both types.")
    yield part.step(
        Phase.SWITCH,
        f"The new column takes the name `{action.column}`.",
        *_no_sync(names),
        f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL",
        f"ALTER TABLE {table} RENAME COLUMN {column} TO {old}",
        f"ALTER TABLE {table} RENAME COLUMN {new} TO {column}",
        transaction=True,
        undo=(
            f"ALTER TABLE {table} RENAME COLUMN {column} TO {new}",
            f"ALTER TABLE {table} RENAME COLUMN {old} TO {column}",
            *_sync(part, action, names),
        ),
        note="What is written between the switch and its way back is in the new column only.",
    )
    yield part.step(
        Phase.CONTRACT,
        "Drop the column of the old type.",
        f"ALTER TABLE {table} DROP COLUMN {old}",
        no_undo="The values in the old type are gone.",
    )


def _sync(part: Part, action: ChangeType, names: _Names) -> tuple[str, ...]:
    value = converted(part.node, action.column, row="new")
    return (
        f"CREATE FUNCTION {names.sync}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$batches$ BEGIN NEW.{names.new} := {value}; RETURN NEW; END $batches$",
        f"CREATE TRIGGER {_trigger(names)} BEFORE INSERT OR UPDATE ON {names.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {names.sync}()",
    )


def _no_sync(names: _Names) -> tuple[str, ...]:
    return (f"DROP TRIGGER {_trigger(names)} ON {names.table}", f"DROP FUNCTION {names.sync}()")


def _trigger(names: _Names) -> str:
    return table_part(names.sync)
