"""What a user's export says of production: sizes and traffic of its tables, and no data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

FORMAT = "migration-stats/1"

Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TableStats(_Part):
    """One line of the export: PostgreSQL's own counters, as pg_class and pg_stat_user_tables have them."""

    table: str = Field(max_length=200)
    """``schema.name``"""
    kind: Literal["r", "p", "m"]
    """``pg_class.relkind``: table, partitioned table, materialized view."""
    partition_of: str | None = None
    reltuples: float
    """-1, and 0 before version 14, when the table was never analysed."""
    n_live_tup: Count | None = None
    heap_bytes: Count | None = None
    """None when the table was dropped while the query ran."""
    total_bytes: Count | None = None
    """With indexes and TOAST."""
    index_bytes: dict[str, Count] = {}
    n_tup_ins: Count | None = None
    n_tup_upd: Count | None = None
    n_tup_del: Count | None = None
    seq_scan: Count | None = None
    idx_scan: Count | None = None

    @property
    def rows(self) -> int | None:
        """An estimate; None when the server has none, though the table has pages."""
        most = max(int(self.reltuples), self.n_live_tup or 0)
        return most if most > 0 or self.heap_bytes == 0 else None

    @property
    def writes(self) -> int:
        return (self.n_tup_ins or 0) + (self.n_tup_upd or 0) + (self.n_tup_del or 0)

    @property
    def scans(self) -> int:
        return (self.seq_scan or 0) + (self.idx_scan or 0)


class OpenTransactions(_Part):
    """Those that were open at the moment of the export."""

    count: Count = 0
    median_seconds: float | None = None
    p95_seconds: float | None = None
    longest_seconds: float | None = None


class Size(_Part):
    """How large and how busy a table is; a partitioned one with all of its partitions."""

    rows: int | None
    heap_bytes: int
    total_bytes: int
    writes_per_second: float | None
    """On average since the counters were reset; None when that is not known."""
    scans_per_second: float | None
    """Sequential and index scans that readers and writers began."""


class Statistics(_Part):
    format: Literal["migration-stats/1"]
    taken_at: AwareDatetime
    counted_since: AwareDatetime | None = None
    """Of the counters; ``pg_stat_database.stats_reset``."""
    server_version: str = Field(max_length=100)
    settings: dict[str, str] = {}
    open_transactions: OpenTransactions = OpenTransactions()
    left_out: tuple[str, ...] = ()
    """What the role that took them was not allowed to see."""
    tables: tuple[TableStats, ...] = Field(max_length=200_000)
    source: str = ""
    """Where they were read from, for people."""

    def size(self, relation: str) -> Size | None:
        """Of ``schema.name``; None for a relation that production did not have."""
        parts = [*self._leaves(relation, frozenset())]
        if not parts:
            return None
        rows = [part.rows for part in parts]
        return Size(
            rows=None if None in rows else sum(count for count in rows if count is not None),
            heap_bytes=sum(part.heap_bytes or 0 for part in parts),
            total_bytes=sum(part.total_bytes or 0 for part in parts),
            writes_per_second=self._rate(sum(part.writes for part in parts)),
            scans_per_second=self._rate(sum(part.scans for part in parts)),
        )

    @property
    def largest(self) -> tuple[TableStats, ...]:
        """At most ten tables that hold rows themselves."""
        return tuple(sorted(self.tables, key=lambda table: -(table.total_bytes or 0))[:10])

    @property
    def has_rates(self) -> bool:
        return self._rate(0) is not None

    @cached_property
    def _by_name(self) -> Mapping[str, TableStats]:
        return {table.table: table for table in self.tables}

    @cached_property
    def _partitions(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for table in self.tables:
            if table.partition_of:
                found[table.partition_of] = (*found.get(table.partition_of, ()), table.table)
        return found

    def _leaves(self, relation: str, above: frozenset[str]) -> Iterator[TableStats]:
        """``above`` ends a circle, which no server has but a file may."""
        table = self._by_name.get(relation)
        if table is None or relation in above:
            return
        if table.kind != "p":
            yield table
        for partition in self._partitions.get(relation, ()):
            yield from self._leaves(partition, above | {relation})

    def _rate(self, count: int) -> float | None:
        if self.counted_since is None:
            return None
        seconds = (self.taken_at - self.counted_since).total_seconds()
        return count / seconds if seconds >= LEAST_SECONDS else None


LEAST_SECONDS = 3600
"""Counters that are younger than this say nothing of a day's traffic."""
