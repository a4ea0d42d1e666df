"""Take the tables in their order and offer each its candidates until it has enough rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import psycopg

from checks.data.candidates import Batch, Candidates
from checks.data.facts import Connection, ForeignKey, Schema, Table
from checks.data.order import Turn, order
from checks.data.plan import Plan
from checks.data.repair import remove_duplicates, remove_orphans
from checks.data.values import INTEGER_KEYS_FROM, SMALLINT_KEYS_TO, Values

PARTITION_ROWS = 5
"""At least so many rows in each partition."""
EDGED_PARTITIONS = 4
"""Partitions of one table that get the edge pass."""
MOST_CANDIDATES = 200_000
ATTEMPTS = (2, 30)
"""Candidates per row that is wanted: few at first, many when most were refused."""


class Filler:
    """Fills the tables of one schema through one session."""

    def __init__(self, session: Connection, schema: Schema, values: Values, rows: int):
        self.session = session
        self.schema = schema
        self.rows = rows
        self.counts: dict[int, int] = {}
        """Rows of each table that holds rows itself."""
        self._values = values
        self._plans: dict[int, Plan] = {}
        self._last_number: dict[int, int] = {}
        """The highest number that a candidate of the table had."""
        self._refusals: dict[int, str] = {}
        """What the server said last against a table's rows."""
        self._given_up: set[int] = set()
        """Tables whose own code took too long."""

    def fill(self, tables: Collection[Table]) -> None:
        for table in self.schema.tables.values():
            if table.has_rows:
                self.counts[table.oid] = self._count(table)
        self._plans = {table.oid: self._plan(table) for table in tables}
        turns = order(self.schema, tables)
        for turn in turns:
            self._take(turn)
        for turn in turns:
            if turn.later:
                self._batch(turn.table, self._share(turn.table) // 2)
        self._repair(turns)
        self._advance_sequences(tables)

    def reason(self, table: Table) -> str:
        """Why a table is empty."""
        for key in self.schema.foreign_keys(table):
            parent = self.schema.tables[key.parent]
            if key.required and self._is_empty(parent) and parent is not table:
                return f"its parent {parent.key} has no rows"
        return self._refusals.get(table.oid) or "no candidate row met all of its constraints"

    def _count(self, table: Table) -> int:
        try:
            row = self.session.execute(f"SELECT count(*) FROM ONLY {table.sql}".encode()).fetchone()
        except psycopg.errors.InsufficientPrivilege:
            return 0
        return int(str(row[0])) if row else 0

    def _plan(self, table: Table) -> Plan:
        siblings = self.schema.leaves(self.schema.root(table))
        position = siblings.index(table)
        first = self.counts.get(table.oid, 0) + position * self.rows
        return Plan(self.schema, self._values, table, first, edged=position < EDGED_PARTITIONS)

    def _share(self, table: Table) -> int:
        """How many plausible rows a table gets: a partition its part of them."""
        siblings = len(self.schema.leaves(self.schema.root(table)))
        return self.rows if siblings == 1 else max(self.rows // siblings, min(PARTITION_ROWS, self.rows))

    def _take(self, turn: Turn) -> None:
        """A table's turn. Keys to itself are NULL or its own row's at first, and drawn in a second batch."""
        table, rows = turn.table, self._share(turn.table)
        plan = self._plans[table.oid]
        own = {key for key in plan.foreign_keys if self._is_own(key, table)}
        ahead = {key: self._some_plan(key.parent) for key in turn.ahead}
        closed = turn.later | {key for key in own if not key.required}
        itself = {key: self._plans[table.oid] for key in own if key.required}
        self._batch(
            table, rows - rows // 2 if own else rows, closed, ahead | itself, edged=not plan.conditions
        )
        if own and rows > 1:
            self._batch(table, rows // 2, turn.later, ahead)
        if plan.conditions and plan.edges and self.counts.get(table.oid):
            start = self._last_number[table.oid]
            self._offer(
                table, Candidates(plan, Batch(start, 0, 0, turn.later, ahead, edged=True, copied=True))
            )

    def _is_own(self, key: ForeignKey, table: Table) -> bool:
        return table in self.schema.leaves(self.schema.tables[key.parent])

    def _some_plan(self, parent: int) -> Plan:
        return self._plans[self.schema.leaves(self.schema.tables[parent])[0].oid]

    def _is_empty(self, table: Table) -> bool:
        return not any(self.counts.get(leaf.oid) for leaf in self.schema.leaves(table))

    def _batch(
        self,
        table: Table,
        rows: int,
        closed: Collection[ForeignKey] = (),
        foretold: Mapping[ForeignKey, Plan] | None = None,
        *,
        edged: bool = False,
    ) -> None:
        """Offer candidates until about ``rows`` were taken: a few, then many, and one by one if none was."""
        plan, foretold = self._plans[table.oid], foretold or {}
        if not plan.columns:
            self._default_values(table, rows)
            return
        open_keys = [key for key in plan.foreign_keys if key not in closed and key not in foretold]
        if any(key.required and self._is_empty(self.schema.tables[key.parent]) for key in open_keys):
            return
        rows = 1 if plan.single_row else rows
        taken = 0
        for factor in ATTEMPTS:
            start = self._last_number.get(table.oid, plan.first)
            batch = Batch(
                start,
                min(rows * factor, MOST_CANDIDATES),
                rows,
                frozenset(closed),
                foretold,
                edged and not taken,
            )
            taken += self._offer(table, Candidates(plan, batch))
            if (taken >= rows // 2 and taken) or table.oid in self._given_up:
                return
        if not self.counts.get(table.oid):
            self._offer(table, Candidates(plan, batch), one_by_one=True)

    def _offer(self, table: Table, candidates: Candidates, *, one_by_one: bool = False) -> int:
        """How many the table took. A statement that fails as a whole is tried again row by row."""
        self._last_number[table.oid] = candidates.last_number
        try:
            taken = self._one_by_one(table, candidates) if one_by_one else self._at_once(candidates)
        except psycopg.errors.QueryCanceled as error:
            self._refusals[table.oid] = str(error.diag.message_primary)
            self._given_up.add(table.oid)
            return 0
        except psycopg.Error as error:
            if self.session.broken:
                raise
            self._refusals[table.oid] = error.diag.message_primary or str(error)
            return 0 if one_by_one else self._offer(table, candidates, one_by_one=True)
        self.counts[table.oid] = self.counts.get(table.oid, 0) + taken
        return taken

    def _at_once(self, candidates: Candidates) -> int:
        return self.session.execute(candidates.insert().encode()).rowcount

    def _default_values(self, table: Table, rows: int) -> None:
        """Rows of a table with no column that takes a value."""
        for _ in range(rows):
            self.session.execute(f"INSERT INTO {table.sql} DEFAULT VALUES".encode())
        self.counts[table.oid] = self.counts.get(table.oid, 0) + rows

    def _one_by_one(self, table: Table, candidates: Candidates) -> int:
        self.session.execute(candidates.insert_one_by_one().encode())
        row = self.session.execute(
            "SELECT current_setting('migration.inserted'), current_setting('migration.refused')"
        ).fetchone()
        inserted, refused = row if row else ("0", "")
        if refused:
            self._refusals[table.oid] = str(refused)
        return int(str(inserted))

    # ── afterwards ──────────────────────────────────────────────────────────────────────────────────

    def _repair(self, turns: Iterable[Turn]) -> None:
        tables = [turn.table for turn in turns]
        self._subtract(remove_duplicates(self.session, tables))
        doubtful = [(turn.table, key) for turn in turns for key in self._doubtful(turn)]
        self._subtract(remove_orphans(self.session, self.schema, doubtful, [table.oid for table in tables]))

    def _doubtful(self, turn: Turn) -> list[ForeignKey]:
        """Keys that were foretold, are their own row's, lead to a table from which rows were taken, or share a column."""
        keys = self._plans[turn.table.oid].foreign_keys
        columns = [name for key in keys for name in key.columns]
        return [
            key
            for key in keys
            if key in turn.ahead
            or self._is_own(key, turn.table)
            or any(columns.count(name) > 1 for name in key.columns)
            or any(not unique.immediate for unique in self.schema.tables[key.parent].unique_keys)
        ]

    def _subtract(self, removed: Mapping[int, int]) -> None:
        for oid, count in removed.items():
            self.counts[oid] = self.counts.get(oid, 0) - count

    def _advance_sequences(self, tables: Iterable[Table]) -> None:
        """A script's own INSERT must not meet a key that was given to a row here."""
        wanted: dict[int, int] = {}
        for table in tables:
            for sequence in table.sequences:
                value = INTEGER_KEYS_FROM + self._last_number.get(table.oid, 0)
                if self._is_small(table, sequence.column):
                    value = SMALLINT_KEYS_TO
                if sequence.increment > 0 and sequence.minimum <= value < sequence.maximum:
                    wanted[sequence.oid] = max(value, wanted.get(sequence.oid, 0))
        if wanted:
            self.session.execute(
                "SELECT setval(sequence::oid::regclass, greatest(pg_sequence_last_value(sequence::oid::regclass), value)) "
                "FROM unnest(%s::int8[], %s::int8[]) AS wanted(sequence, value) "
                "WHERE has_sequence_privilege(sequence::oid, 'UPDATE')",
                [list(wanted), list(wanted.values())],
            )

    def _is_small(self, table: Table, name: str) -> bool:
        column = next(column for column in table.columns if column.name == name)
        return self._values.resolve(self._plans[table.oid].slot(column)).type.name == "int2"
