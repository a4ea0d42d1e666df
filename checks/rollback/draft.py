"""Draft the way back from one schema to the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from checks.catalog import Catalog, Key
from checks.catalog.renames import address, undo_renames
from checks.catalog.schema import EMPTY
from checks.rollback.access import changed_grants, comment, grants_of_new
from checks.rollback.alter import alter
from checks.rollback.create import create
from checks.rollback.drop import drop, rank
from checks.rollback.enums import restore_labels
from checks.rollback.rebuilds import rebuilt, replaced
from checks.rollback.renames import rename_back
from checks.rollback.tables import is_inline

VIEWS = ("view", "materialized view")


Step: TypeAlias = tuple[str, ...]
"""Statements about one object, which only make sense one after the other."""


def draft(before: Catalog, after: Catalog) -> tuple[Step, ...]:
    """The steps that take ``after`` back to ``before``; both must be of one database.

    They come in an order that is usual; the server may want another one (see ``settle``). Raises DraftError when
    the catalogs do not tell enough for one of them.
    """
    in_the_way = under_an_old_name(before, after)
    renames, current = undo_renames(before, without(in_the_way, after))
    plan = Plan(before, current)
    steps = (
        *alone(drop(in_the_way, after)),
        *alone(rename_back(renames)),
        *alone(plan.drops()),
        *plan.makes(),
        *alone(plan.owned_sequences()),
    )
    return tuple(step for step in steps if step)


def under_an_old_name(before: Catalog, after: Catalog) -> set[Key]:
    """New objects whose name belongs to one that is still there under another name."""
    known = {address(key, before) for key in before.objects}
    kept = {address(key, after) for key in after.objects}
    return {
        key
        for key in after.objects.keys() & before.objects.keys()
        if key[0] in ("table", "column", "index", "view", "materialized view")
        and address(key, after) not in known
        and address(key, before) in kept
        and not after.fact(key, "constraint")
    }


def without(keys: set[Key], catalog: Catalog) -> Catalog:
    """The catalog without the objects and what goes with them."""
    gone = parts_of(keys, catalog)
    return Catalog(
        {key: row for key, row in catalog.objects.items() if key not in gone},
        {key: known for key, known in catalog.facts.items() if key not in gone},
    )


def alone(statements: Iterable[str]) -> Iterator[Step]:
    return ((statement,) for statement in statements)


class Plan:
    """What must be dropped, made and altered on the way from ``current`` to ``target``."""

    def __init__(self, target: Catalog, current: Catalog):
        self.target = target
        self.current = current
        self.changed = {
            key: properties
            for key in target.objects.keys() & current.objects.keys()
            if (properties := different(target.objects[key], current.objects[key]))
        }
        self.gone = target.objects.keys() - current.objects.keys()
        self.new = current.objects.keys() - target.objects.keys()
        again = rebuilt(self.changed, self.new, target, current)
        self.dropped = self.new | again
        self.made = self.gone | again | parts_of(again, target)

    def drops(self) -> Iterator[str]:
        yield from drop((key for key in self.dropped if not self.goes_with_another(key)), self.current)

    def makes(self) -> Iterator[Step]:
        """Alterations and new objects, what others rest on first."""
        keys = (self.changed.keys() - self.dropped) | self.made
        for key in sorted(keys, key=lambda key: (-rank(key), self.target.facts[key]["oid"], key)):
            yield tuple(self.make(key) if key in self.made else self.change(key))

    def make(self, key: Key) -> Iterator[str]:
        facts = self.target.facts[key]
        if key[0] == "default privileges":
            yield from changed_grants(key, self.current, self.target)
        elif self.comes_with_another(key):
            yield from grants_of_new(key, self.target)
            yield from comment(key, self.target)
        elif not (facts.get("inherited") or facts["follows"] in self.made):
            yield from create(key, self.target)

    def change(self, key: Key) -> Iterator[str]:
        properties = self.changed[key] - self.told_by_parent(key)
        if key[0] == "enum" and "labels" in properties:
            yield from restore_labels(key, self.current, self.target, self.dropped)
            properties -= {"labels"}
        if key[0] == "column" and "not_null" in properties and self.named_not_null(key):
            properties -= {"not_null"}
        if replaced(key, properties):
            yield from (replacing(statement) for statement in create(key, self.target))
        elif properties:
            yield from alter(key, properties, self.current, self.target)

    def owned_sequences(self) -> Iterator[str]:
        """Only now are there the columns that own them."""
        for key in sorted(self.made):
            owner = self.target.fact(key, "owned_by")
            if key[0] == "sequence" and owner and not self.target.fact(key, "identity"):
                yield f"ALTER SEQUENCE {self.target.fact(key, 'sql')} OWNED BY {owner}"

    def goes_with_another(self, key: Key) -> bool:
        """Whether dropping something else takes it along."""
        row, facts = self.current.objects[key], self.current.facts[key]
        whole = (*facts["belongs_to"], facts["follows"])
        return (
            any(owner in self.dropped for owner in whole)
            or bool(facts.get("inherited") or facts.get("identity"))
            or self.loses_a_column(key)
            or (key[0] == "column" and any(owner[0] in VIEWS for owner in whole if owner))
            or (row.get("kind") == "not null" and self.column_changes(key, self.current))
        )

    def loses_a_column(self, key: Key) -> bool:
        """An index or constraint goes with any of its columns."""
        facts = self.current.facts[key]
        table = f"{facts.get('table_schema') or facts.get('schema')}.{facts.get('table')}"
        columns = facts.get("columns") or () if key[0] in ("index", "constraint") else ()
        return any(("column", f"{table}.{column}") in self.dropped for column in columns)

    def comes_with_another(self, key: Key) -> bool:
        """Whether making something else makes it."""
        row, facts = self.target.objects[key], self.target.facts[key]
        owners: list[Key] = list(facts["belongs_to"])
        if key[0] == "column":
            return any(owner in self.made or owner[0] in VIEWS for owner in owners)
        if key[0] == "sequence":
            return bool(facts["identity"])
        if key[0] == "attribute":
            return ("composite type", f"{facts['schema']}.{facts['table']}") in self.made
        if key[0] == "constraint":
            if row["kind"] == "not null":
                return any(owner in self.made for owner in owners) or self.usual_not_null(key)
            return is_inline(key, self.target) and any(owner in self.made for owner in owners)
        return False

    def column_changes(self, not_null: Key, catalog: Catalog) -> bool:
        """Whether the column of a not-null constraint stops or starts being not null, or goes itself."""
        column = column_of(not_null, catalog)
        return "not_null" in self.changed.get(column, ()) or column in self.dropped

    def usual_not_null(self, constraint: Key) -> bool:
        """Whether SET NOT NULL or ADD COLUMN gives the constraint that name."""
        facts = self.target.facts[constraint]
        column = column_of(constraint, self.target)
        usual = not facts["domain"] and facts["name"] == f"{facts['table']}_{facts['columns'][0]}_not_null"
        return column in self.made or (usual and "not_null" in self.changed.get(column, ()))

    def named_not_null(self, column: Key) -> bool:
        """Whether a constraint of its own name is made that says so."""
        return any(
            key[0] == "constraint"
            and self.target.objects[key]["kind"] == "not null"
            and column_of(key, self.target) == column
            and not self.usual_not_null(key)
            for key in self.gone
        )

    def told_by_parent(self, key: Key) -> set[str]:
        """What an ALTER of its parent or its table's attachment sets with it."""
        told = {"position", "detach_pending"} | ({"partition_of"} if key[0] == "index" else set())
        leader = self.target.facts[key]["follows"]
        if leader is not None:
            told |= self.changed.get(leader, set())
        owners: list[Key] = list(self.target.facts[key]["belongs_to"])
        if key[0] == "sequence" and owners and "owner" in self.changed.get(owners[0], ()):
            told.add("owner")
        return told


def replacing(statement: str) -> str:
    return (
        statement.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
        if statement.startswith("CREATE VIEW")
        else statement
    )


def different(target: object, current: object) -> set[str]:
    """Names of the properties that differ."""
    left = target if isinstance(target, dict) else EMPTY
    right = current if isinstance(current, dict) else EMPTY
    return {name for name in left.keys() | right.keys() if left.get(name) != right.get(name)} - {"position"}


def parts_of(keys: Iterable[Key], catalog: Catalog) -> set[Key]:
    """What belongs to the objects, and to that in turn."""
    found = set(keys)
    while more := {
        key
        for key, facts in catalog.facts.items()
        if key not in found and found.intersection(facts["belongs_to"])
    }:
        found |= more
    return found


def column_of(constraint: Key, catalog: Catalog) -> Key:
    facts = catalog.facts[constraint]
    return ("column", ".".join((facts["schema"], facts["table"], *(facts["columns"][:1]))))
