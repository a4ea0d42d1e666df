"""Two runs side by side: on which tables that are in use a lock is weaker, or is held for a shorter time.

Time is not measured: the rows are few. A lock is long when rows of a table that is in use are read or written while it is
held (a scan, a rewrite, an index that is built), for that takes the longer, the more rows there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from checks.model.observations import LockMode, Observation
from checks.rules.wording import short

_KINDS = ("table", "materialized view")


@dataclass(frozen=True)
class Held:
    """The locks on one relation."""

    long: tuple[LockMode, ...] = ()
    """Of each that is held while rows are read or written, the strongest first."""
    moment: LockMode | None = None
    """The strongest of all."""

    @property
    def closing(self) -> tuple[int, ...]:
        """How strong each long one is behind which writers wait."""
        return tuple(mode.strength for mode in self.long if mode.blocks_writes)

    def with_lock(self, mode: LockMode, *, is_long: bool) -> Held:
        long = (*self.long, mode) if is_long else self.long
        moment = max(self.moment or mode, mode, key=lambda one: one.strength)
        return Held(tuple(sorted(long, key=lambda one: -one.strength)), moment)

    def __str__(self) -> str:
        said = [f"{mode} while rows are read" for mode in self.long[:1]]
        if self.moment and self.moment not in self.long[:1]:
            said.append(f"{self.moment} for a moment")
        return ", ".join(said) or "none"


def held(migrations: Sequence[Sequence[Observation]], live: Collection[str]) -> dict[str, Held]:
    """Per live relation, over all migrations; what one transaction locks twice counts once."""
    found: dict[str, Held] = {}
    for observations in migrations:
        for together in _transactions(observations):
            for relation, (mode, is_long) in _strongest(together, live).items():
                found[relation] = found.get(relation, Held()).with_lock(mode, is_long=is_long)
    return found


def _transactions(observations: Sequence[Observation]) -> list[list[Observation]]:
    """What committed together, in order."""
    groups: list[list[Observation]] = []
    for seen in observations:
        if groups and seen.transaction is not None and groups[-1][-1].transaction == seen.transaction:
            groups[-1].append(seen)
        else:
            groups.append([seen])
    return groups


def _strongest(together: Sequence[Observation], live: Collection[str]) -> dict[str, tuple[LockMode, bool]]:
    """Relation → its strongest lock, a long one before a stronger one for a moment, and whether it is long."""
    found: dict[str, tuple[LockMode, bool]] = {}
    for place, seen in enumerate(together):
        is_long = any(_works(one, live) for one in together[place:])
        for lock in seen.locks:
            if lock.relation in live and lock.relation_kind in _KINDS:
                known = found.get(lock.relation, (lock.mode, False))
                found[lock.relation] = max(
                    known, (lock.mode, is_long), key=lambda one: (one[1], one[0].strength)
                )
    return found


def improvements(before: Mapping[str, Held], after: Mapping[str, Held]) -> Iterator[tuple[str, str]]:
    """Each relation on which others wait less, with a sentence."""
    for relation, was in sorted(before.items()):
        now = after.get(relation, Held())
        weaker = not (was.closing or now.closing) and _blocks(was.moment) and not _blocks(now.moment)
        if now.closing < was.closing or weaker:
            yield relation, f"Locks on `{short(relation)}`: {was} -> {now}."


def is_worse(before: Mapping[str, Held], after: Mapping[str, Held]) -> str:
    """A relation on which others wait longer than they did; ``""`` when there is none."""
    worse = (
        relation
        for relation, now in sorted(after.items())
        if now.closing[:1] > before.get(relation, Held()).closing[:1]
    )
    return next(worse, "")


def _works(seen: Observation, live: Collection[str]) -> bool:
    touched = {*seen.scans, *seen.rewrites} & set(live)
    builds = seen.indexes_built and any(lock.relation in live for lock in seen.locks)
    return bool(touched or builds)


def _blocks(mode: LockMode | None) -> bool:
    return mode is not None and mode.blocks_writes
