"""From what was seen before, during and after one statement to the facts of its Observation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypedDict

from checks.model.observations import Lock
from checks.trace.observer import STRENGTH, Held, Relation

_DYNAMIC = frozenset({"DO", "CALL", "SELECT", "EXECUTE"})
"""Commands that do not say what they run."""


class Facts(TypedDict, total=False):
    """The fields of an Observation that are about relations."""

    locks: tuple[Lock, ...]
    rewrites: tuple[str, ...]
    scans: tuple[str, ...]
    indexes_built: tuple[str, ...]
    indexes_reused: tuple[str, ...]


@dataclass(frozen=True)
class Scan:
    """How often a table was read in sequence, and how many rows came of it."""

    times: int = 0
    tuples: int = 0

    def since(self, earlier: Scan) -> Scan:
        return Scan(self.times - earlier.times, self.tuples - earlier.tuples)


@dataclass(frozen=True)
class Evidence:
    """What was seen of one statement."""

    kind: str
    held: Mapping[int, Held]
    """Its locks, by oid; with the relations as they were before it."""
    after: Mapping[int, Relation]
    """The relations that it made or locked strongly, as they are after it; missing ones are gone."""
    live: frozenset[int]
    """The relations that existed before the change."""
    remarks: tuple[str, ...] = ()
    scans: Mapping[int, Scan] = field(default_factory=dict)

    def facts(self) -> Facts:
        return Facts(
            locks=self._locks(),
            rewrites=self._names(self._new_storage - self._emptied),
            scans=self._names(
                oid for oid, scan in self.scans.items() if scan.times and oid not in self._emptied
            ),
            indexes_built=self._indexes(old_storage=False),
            indexes_reused=self._indexes(old_storage=True),
        )

    def _locks(self) -> tuple[Lock, ...]:
        known = [(held, held.relation or self.after.get(oid)) for oid, held in self.held.items()]
        locks = [
            Lock(
                relation=relation.name,
                mode=held.mode,
                existed_before=held.oid in self.live,
                held_until="statement",
                relation_kind=relation.kind,
            )
            for held, relation in known
            if relation is not None
        ]
        return tuple(sorted(locks, key=lambda lock: (-STRENGTH[lock.mode], lock.relation)))

    @cached_property
    def _before(self) -> dict[int, Relation]:
        return {oid: held.relation for oid, held in self.held.items() if held.relation}

    @cached_property
    def _new_storage(self) -> frozenset[int]:
        """Tables whose rows are in another file than before. (ALTER SEQUENCE changes the file of a sequence.)"""
        return frozenset(
            oid
            for oid, before in self._before.items()
            if before.kind in ("table", "materialized view")
            and oid in self.after
            and self.after[oid].storage != before.storage
        )

    @cached_property
    def _emptied(self) -> frozenset[int]:
        """Tables that were truncated: that gives them a new file and new indexes too, but writes nothing."""
        if self.kind == "TRUNCATE TABLE":
            return self._new_storage
        if self.kind not in _DYNAMIC:
            return frozenset()
        said = {remark.split('"')[1] for remark in self.remarks if remark.startswith('rewriting table "')}
        return frozenset(
            oid
            for oid in self._new_storage
            if self.scans.get(oid, Scan()).tuples == 0
            and self._before[oid].name.partition(".")[2] not in said
        )

    def _indexes(self, *, old_storage: bool) -> tuple[str, ...]:
        """Indexes that were built; or (``old_storage``) new ones that took over the file of an old one."""
        old = {relation.storage for relation in self._before.values() if relation.kind == "index"}
        unchanged = {oid for oid, before in self._before.items() if self._storage(oid) == before.storage}
        return tuple(
            sorted(
                index.name
                for oid, index in self.after.items()
                if index.kind == "index"
                and index.storage is not None
                and oid not in unchanged
                and index.table not in self._emptied
                and (index.storage in old) is old_storage
            )
        )

    def _storage(self, oid: int) -> int | None:
        return self.after[oid].storage if oid in self.after else None

    def _names(self, oids: Iterable[int]) -> tuple[str, ...]:
        return tuple(sorted(self._before[oid].name for oid in oids if oid in self._before))
