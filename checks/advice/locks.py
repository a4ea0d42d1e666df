"""Two runs side by side: on which tables that are in use a lock is weaker, or is held for a shorter time.

Time is not measured: the rows are few. A lock is long when rows of a table that is in use are read or written while it is
held (a scan, a rewrite, an index that is built), for that takes the longer, the more rows there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from checks.model import Lock, LockMode, Observation
from checks.rules.wording import short

NEVER = -1
_KINDS = ("table", "materialized view")


@dataclass(frozen=True)
class Held:
    """The strongest locks on one relation."""

    long: LockMode | None = None
    moment: LockMode | None = None

    @property
    def closes(self) -> bool:
        """Whether writers wait, and the longer, the more rows there are."""
        return self.long is not None and self.long.blocks_writes

    def __str__(self) -> str:
        said = [f"{self.long} while rows are read" if self.long else ""]
        if self.moment and _strength(self.moment) > _strength(self.long):
            said.append(f"{self.moment} for a moment")
        return ", ".join(one for one in said if one) or "none"


def held(migrations: Sequence[Sequence[Observation]], live: Collection[str]) -> dict[str, Held]:
    """Per live relation, over all migrations."""
    found: dict[str, Held] = {}
    for observations in migrations:
        for place, seen in enumerate(observations):
            for lock in seen.locks:
                if lock.relation in live and lock.relation_kind in _KINDS:
                    is_long = any(_works(one, live) for one in _while_held(observations, place))
                    found[lock.relation] = _stronger(found.get(lock.relation, Held()), lock, is_long)
    return found


def improvements(before: Mapping[str, Held], after: Mapping[str, Held]) -> Iterator[tuple[str, str]]:
    """Each relation on which others wait less, with a sentence."""
    for relation, was in sorted(before.items()):
        now = after.get(relation, Held())
        shorter = was.closes and _strength(now.long) < _strength(was.long)
        weaker = not was.closes and _blocks(was.moment) and not (now.closes or _blocks(now.moment))
        if shorter or weaker:
            yield relation, f"Locks on `{short(relation)}`: {was} -> {now}."


def is_worse(before: Mapping[str, Held], after: Mapping[str, Held]) -> str:
    """A relation on which others wait longer than they did; ``""`` when there is none."""
    worse = (
        relation
        for relation, now in sorted(after.items())
        if now.long
        and now.long.blocks_writes
        and _strength(now.long) > _strength(before.get(relation, Held()).long)
    )
    return next(worse, "")


def _while_held(observations: Sequence[Observation], place: int) -> Sequence[Observation]:
    seen = observations[place]
    if seen.transaction is None:
        return [seen]
    return [one for one in observations[place:] if one.transaction == seen.transaction]


def _works(seen: Observation, live: Collection[str]) -> bool:
    touched = {*seen.scans, *seen.rewrites} & set(live)
    builds = seen.indexes_built and any(lock.relation in live for lock in seen.locks)
    return bool(touched or builds)


def _stronger(known: Held, lock: Lock, is_long: bool) -> Held:
    moment = max(known.moment, lock.mode, key=_strength)
    return Held(max(known.long, lock.mode if is_long else None, key=_strength), moment)


def _blocks(mode: LockMode | None) -> bool:
    return mode is not None and mode.blocks_writes


def _strength(mode: LockMode | None) -> int:
    return NEVER if mode is None else mode.strength
