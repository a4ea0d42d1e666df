"""The schema as far as the files tell it: what they make, and what they take for granted.

A relation, with all that belongs to it, is one group; so is any other object. A group that a snapshot has is not changed but
copied first, so that a snapshot costs nothing but its names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from checks.catalog.schema import RELATION_TYPES, Catalog, Column, Constraint, Index, Key, index_of

Fact: TypeAlias = dict[str, Any]
Group: TypeAlias = dict[Key, tuple[Fact, Fact]]
"""Object → its properties and the other facts about it, in the shape of ``Catalog``."""


_NOTHING = Catalog({})


class TextCatalog(Catalog):
    """A Catalog that looks into the group of a relation where the other looks through all of a schema."""

    def __init__(self, groups: Mapping[str, Group], parts: dict[int, tuple[Group, Catalog]]) -> None:
        """``parts``: what snapshots of the same schema have taken apart before, by the identity of the group."""
        object.__setattr__(self, "_groups", groups)
        object.__setattr__(self, "_parts", parts)

    _groups: Mapping[str, Group]
    _parts: dict[int, tuple[Group, Catalog]]

    @cached_property
    def objects(self) -> Mapping[Key, Fact]:
        return {key: row for group in self._groups.values() for key, (row, _) in group.items()}

    @cached_property
    def facts(self) -> Mapping[Key, Fact]:
        return {key: fact for group in self._groups.values() for key, (_, fact) in group.items()}

    @cached_property
    def _relations(self) -> frozenset[str]:
        return frozenset(
            name
            for name, group in self._groups.items()
            if any((kind, name) in group for kind in RELATION_TYPES)
        )

    def relations(self) -> frozenset[str]:
        return self._relations

    def tables(self) -> frozenset[str]:
        return frozenset(name for name, group in self._groups.items() if ("table", name) in group)

    def columns(self, table: str) -> tuple[Column, ...]:
        return self._part(table).columns(table)

    def properties(self, kind: str, name: str) -> Fact | None:
        key = (kind, name)
        own = self._groups.get(name)
        if own is not None and key in own:
            return own[key][0]
        return next((group[key][0] for group in self._groups.values() if key in group), None)

    def column(self, table: str, name: str) -> Column | None:
        key = ("column", f"{table}.{name}")
        row, fact = self._groups.get(table, {}).get(key, (None, None))
        if row is None or fact is None:
            return None
        return Column(table=table, name=fact["name"], **row)

    def constraints(self, table: str) -> tuple[Constraint, ...]:
        return self._part(table).constraints(table)

    def indexes(self, table: str) -> tuple[Index, ...]:
        return self._part(table).indexes(table)

    def index(self, name: str) -> Index | None:
        """The index ``schema.name``; its schema is its table's, else no file tells of the table."""
        key, schema = ("index", name), name.partition(".")[0]
        groups = (group for table, group in self._groups.items() if table.partition(".")[0] == schema)
        found = next((group[key] for group in groups if key in group), None)
        return index_of(name, *found) if found is not None else None

    def foreign_keys(self) -> tuple[Constraint, ...]:
        return tuple(
            one for name in self._groups for one in self.constraints(name) if one.kind == "foreign key"
        )

    def _part(self, relation: str) -> Catalog:
        group = self._groups.get(relation)
        if group is None:
            return _NOTHING
        known = self._parts.get(id(group))
        if known is None:
            objects = {key: row for key, (row, _) in group.items()}
            facts = {key: fact for key, (_, fact) in group.items()}
            known = self._parts[id(group)] = group, Catalog(objects, facts)
        return known[1]


class Known:
    """What is known at one moment of reading, and what was known when the migration and the change began."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._made: set[str] = set()
        self.begin_change()

    def begin_change(self) -> None:
        """What was made so far is in use from now on."""
        self._made = set()
        self._parts: dict[int, tuple[Group, Catalog]] = {}
        self._at_start: dict[str, Group | None] = {}
        self._at_step: dict[str, Group] = {}
        self._fresh: set[str] = set()
        self.schema = "public"

    def begin_step(self) -> None:
        self._at_step = self._now()
        self._fresh = set()
        self.schema = "public"

    def base(self) -> TextCatalog:
        """Before the change, with all that it has been found to take for granted."""
        groups = {name: group for name, group in self._at_start.items() if group is not None}
        return TextCatalog(groups, self._parts)

    def before(self) -> TextCatalog:
        """Before the migration."""
        return TextCatalog(self._at_step, self._parts)

    def after(self) -> TextCatalog:
        return TextCatalog(self._now(), self._parts)

    def resolve(self, name: str) -> str:
        """``schema.name`` of a name as it is written."""
        return name if "." in name else f"{self.schema}.{name}"

    def get(self, name: str) -> Group | None:
        """The group of that name; what is looked at belongs to the snapshots."""
        group = self._groups.get(name)
        if name not in self._at_start:
            self._at_start[name] = group
            if group is not None:
                self._at_step[name] = group
        return group

    def is_live(self, name: str) -> bool:
        return self.get(name) is not None and name not in self._made

    def made(self) -> frozenset[str]:
        """The groups that this change has made."""
        return frozenset(self._made)

    def assume(self, name: str, group: Group) -> Group:
        """Something that a statement names and no file has made: it was there all along."""
        self._groups[name] = self._at_start[name] = self._at_step[name] = group
        self._fresh.discard(name)
        return group

    def recall(self, name: str, key: Key, row: Fact, fact: Fact) -> None:
        """A part of something live that a statement tells of afterwards: it was there all along, too."""
        self.put(name, key, row, fact)
        for groups in (self._at_start, self._at_step):
            groups[name] = {**(groups.get(name) or {}), key: (row, fact)}

    def make(self, name: str, group: Group) -> None:
        self.get(name)
        if self._groups.get(name) is None:
            self._made.add(name)
        self._groups[name] = group
        self._fresh.add(name)

    def put(self, name: str, key: Key, row: Fact, fact: Fact) -> None:
        """Add an object to a group, or replace it there."""
        self._own(name)[key] = row, fact

    def remove(self, name: str, key: Key) -> None:
        if key in (self.get(name) or {}):
            del self._own(name)[key]

    def _own(self, name: str) -> Group:
        """The group, once copied for this migration: no snapshot has it, so it may be changed."""
        group = self.get(name)
        if group is None or name not in self._fresh:
            group = self._groups[name] = dict(group or {})
            self._fresh.add(name)
        return group

    def drop(self, name: str) -> None:
        if self.get(name) is not None:
            del self._groups[name]
            self._made.discard(name)
            self._fresh.discard(name)

    def rename(self, old: str, new: str, group: Group) -> None:
        was_made = old in self._made
        self.drop(old)
        self.get(new)
        self._groups[new] = group
        self._fresh.add(new)
        if was_made:
            self._made.add(new)

    def find(self, key: Key) -> str | None:
        """The group that has this object."""
        return next((name for name, group in self._groups.items() if key in group), None)

    def names(self) -> Iterator[str]:
        return iter(self._groups)

    def _now(self) -> dict[str, Group]:
        return {name: self._groups[name] for name in self._at_start if name in self._groups}
