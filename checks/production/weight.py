"""How much a statement weighs on production: which tables it works on, how large they are, and how many wait meanwhile.

The one place where numbers of production meet what was observed. The thresholds are about what a person would notice: on
a small table the longest work (every row updated, a rewrite with its indexes) is over within half a second; on a large one
the shortest (one scan) takes minutes from a disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from checks.model.observations import Lock, LockMode, Observation

if TYPE_CHECKING:
    from checks.production.statistics import Size, Statistics

SMALL_ROWS, SMALL_BYTES = 50_000, 32 << 20
LARGE_ROWS, LARGE_BYTES = 10_000_000, 10 << 30
QUIET_WRITES, QUIET_SCANS = 1.0, 10.0
"""Per second, on average: at most so many wait for a lock that is held for a second."""
_CHANGES = frozenset({"UPDATE", "DELETE", "MERGE"})
"""Commands that look for rows of the table that they write to."""
_TABLES = ("table", "materialized view")


class Weight(StrEnum):
    SMALL = "small"
    ORDINARY = "ordinary"
    LARGE = "large"


class Load(NamedTuple):
    """One statement on production."""

    works_on: Mapping[str, Size | None]
    """The live tables whose rows it goes through; None for one that production's statistics do not know."""
    blocks: Mapping[str, Size | None]
    """The live tables whose writers wait meanwhile, for it or for an earlier statement of its transaction."""
    blocks_reads: bool

    @property
    def weight(self) -> Weight:
        weights = {_weight(size) for size in self.works_on.values()}
        if Weight.LARGE in weights:
            return Weight.LARGE
        return Weight.SMALL if self.works_on and weights == {Weight.SMALL} else Weight.ORDINARY

    @property
    def is_quiet(self) -> bool:
        """Whether hardly anybody can be waiting; no rate, no answer."""
        return self.busy is None

    @property
    def busy(self) -> str | None:
        """A table for which somebody can be waiting, as far as is known."""
        return next((name for name, size in self.blocks.items() if not (size and self._is_quiet(size))), None)

    @property
    def decisive(self) -> tuple[str, Size] | None:
        """The largest of the tables that it works on."""
        known = [(name, size) for name, size in self.works_on.items() if size is not None]
        return max(known, key=lambda one: (one[1].rows or 0, one[1].total_bytes), default=None)

    def _is_quiet(self, size: Size) -> bool:
        writes, scans = size.writes_per_second, size.scans_per_second
        if writes is None or scans is None:
            return False
        return writes <= QUIET_WRITES and (scans <= QUIET_SCANS or not self.blocks_reads)


def load_of(statements: Sequence[Observation], place: int, statistics: Statistics) -> Load:
    """Of ``statements[place]``, which the others of its script surround."""
    seen = statements[place]
    held = [*_blocking(seen), *(lock for one in _ahead(statements, place) for lock in _blocking(one))]
    return Load(
        works_on={name: statistics.size(name) for name in sorted(set(works_on(seen)))},
        blocks={name: statistics.size(name) for name in (*(lock.relation for lock in held), *_changed(seen))},
        blocks_reads=any(lock.mode.blocks_reads for lock in held),
    )


def works_on(seen: Observation) -> Iterator[str]:
    """The tables whose rows it goes through, of those that were there before the change."""
    live = {lock.relation: lock for lock in seen.locks if lock.existed_before}
    yield from (name for name in (*seen.scans, *seen.rewrites) if name in live)
    yield from _changed(seen)


def _changed(seen: Observation) -> list[str]:
    """The tables of which it changes rows: who writes to one of those waits for its commit."""
    locks = [lock for lock in seen.locks if lock.existed_before and _is_table(lock)]
    return [lock.relation for lock in locks if seen.kind in _CHANGES and lock.mode is LockMode.ROW_EXCLUSIVE]


def _blocking(seen: Observation) -> Iterator[Lock]:
    return (
        lock for lock in seen.locks if lock.existed_before and lock.mode.blocks_writes and _is_table(lock)
    )


def _ahead(statements: Sequence[Observation], place: int) -> Sequence[Observation]:
    """The statements before it whose locks are still held."""
    transaction = statements[place].transaction
    return [one for one in statements[:place] if transaction is not None and one.transaction == transaction]


def _weight(size: Size | None) -> Weight:
    if size is None or size.rows is None:
        return Weight.LARGE if size and size.total_bytes >= LARGE_BYTES else Weight.ORDINARY
    if size.rows >= LARGE_ROWS or size.total_bytes >= LARGE_BYTES:
        return Weight.LARGE
    return Weight.SMALL if size.rows <= SMALL_ROWS and size.total_bytes <= SMALL_BYTES else Weight.ORDINARY


def _is_table(lock: Lock) -> bool:
    return lock.relation_kind in _TABLES
