"""The rows offered to one table, as one INSERT: edges, plausible values, parents' keys, the table's conditions.

A candidate has a number ``g.n``, and ``g.e``: which edge it carries, 0 for none. Conditions are the table's
CHECK expressions as the catalogs give them, so what they would refuse is never inserted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checks.data.facts import Column, ForeignKey, literal, quoted
from checks.data.plan import Plan
from checks.data.pools import pooled

POOL = 23
"""Different values in a column that no unique key keeps apart: few, so that rows repeat them."""
PARENTS = 500
"""Parent rows from which keys are drawn."""
EDGES_AFTER = 10_000
"""Edge candidates are numbered from here, or after the plain ones when those are more."""
EDGE_TRIES = 2
"""Candidates for each edge that is put into copies of rows which conditions have let pass."""
MODELS = 30
"""Rows that are copied so."""


@dataclass(frozen=True)
class Batch:
    """Which candidates are made, and which foreign keys they can follow."""

    start: int
    candidates: int
    limit: int
    closed: frozenset[ForeignKey]
    """Foreign keys whose columns stay NULL in this batch."""
    foretold: Mapping[ForeignKey, Plan]
    """Foreign keys to tables that are filled later (or to the table itself)."""
    edged: bool = False
    copied: bool = False
    """Candidates are copies of rows that are there, but for their keys and edges."""

    @property
    def edges_after(self) -> int:
        return self.start + max(self.candidates, EDGES_AFTER) if self.edged else self.start + self.candidates


class Candidates:
    """Builds the statements for one table."""

    def __init__(self, plan: Plan, batch: Batch):
        self.plan = plan
        self.batch = batch
        self.edges = plan.edges if batch.edged else []
        self.edge_rows = len(self.edges) * (EDGE_TRIES if batch.copied else 1)
        self.sources: list[str] = []
        self.required: list[str] = []
        """Conditions that foreign keys add."""
        self.given: dict[str, str] = {}
        """Column → value, for columns that a foreign key decides."""
        if batch.copied:
            self._copy()
        for position, key in enumerate(sorted(plan.foreign_keys, key=self._rank)):
            self._follow(key, f"p{position}", 1_000_003 + position * 17)

    @property
    def last_number(self) -> int:
        return self.batch.edges_after + self.edge_rows

    def insert(self) -> str:
        """One statement for all candidates. It fails as a whole if one raises where no condition foresaw it."""
        rows = f"{self._numbers()} AS g"
        where = " AND ".join(self._conditions()) or "true"
        return (
            f"INSERT INTO {self._target()} SELECT {self._names('c.')} FROM {self._computed(self._selected(rows))} "
            f"WHERE {where} LIMIT {self.batch.limit + self.edge_rows}{self._on_conflict()}"
        )

    def insert_one_by_one(self) -> str:
        """A DO block that offers the candidates singly and lets the table itself refuse."""
        rows = "(SELECT migration_candidate.n, migration_candidate.e) AS g"
        body = f"""
            #variable_conflict use_column
            DECLARE migration_candidate record; migration_done int := 0; migration_got int; migration_error text := '';
            BEGIN
                SET CONSTRAINTS ALL IMMEDIATE;
                FOR migration_candidate IN SELECT * FROM {self._numbers()} AS numbers LOOP
                    BEGIN
                        INSERT INTO {self._target()}
                        SELECT {self._names("c.")} FROM {self._selected(rows)}{self._on_conflict()};
                        GET DIAGNOSTICS migration_got = ROW_COUNT;
                        migration_done := migration_done + migration_got;
                    EXCEPTION WHEN OTHERS THEN migration_error := SQLERRM;
                    END;
                    EXIT WHEN migration_done >= {self.batch.limit + self.edge_rows};
                END LOOP;
                PERFORM set_config('migration.inserted', migration_done::text, false);
                PERFORM set_config('migration.refused', migration_error, false);
            END"""
        return f"DO {literal(body)}"

    def _numbers(self) -> str:
        first, after = self.batch.start + 1, self.batch.edges_after
        return (
            f"(SELECT {after} + k AS n, 1 + (k - 1) % {len(self.edges) or 1} AS e "
            f"FROM generate_series(1, {self.edge_rows}) AS k UNION ALL "
            f"SELECT n, 0 FROM generate_series({first}, {self.batch.start + self.batch.candidates}) AS n)"
        )

    def _target(self) -> str:
        return f"{self.plan.table.sql} ({self._names('')}) OVERRIDING SYSTEM VALUE"

    def _names(self, prefix: str) -> str:
        return ", ".join(prefix + quoted(column.name) for column in self.plan.columns)

    def _selected(self, rows: str) -> str:
        values = ", ".join(
            f"{self._value(column, k)} AS {quoted(column.name)}" for k, column in enumerate(self.plan.columns)
        )
        where = f" WHERE {' AND '.join(self.required)}" if self.required else ""
        return f"(SELECT {values} FROM {' '.join([rows, *self.sources])}{where}) AS c"

    def _computed(self, selected: str) -> str:
        """With the generated columns, which conditions may read."""
        generated = [
            f"({column.expression}) AS {quoted(column.name)}"
            for column in self.plan.table.columns
            if column.generated
        ]
        return f"(SELECT c.*, {', '.join(generated)} FROM {selected}) AS c" if generated else selected

    def _conditions(self) -> list[str]:
        found = [f"({condition}) IS NOT FALSE" for condition in self.plan.conditions]
        found += [
            f"c.{quoted(column.name)} IS NOT NULL"
            for column in self.plan.columns
            if self.plan.never_null(column)
        ]
        return found

    def _on_conflict(self) -> str:
        """PostgreSQL refuses ON CONFLICT on a table with a deferrable unique constraint."""
        return " ON CONFLICT DO NOTHING" if all(key.immediate for key in self.plan.table.unique_keys) else ""

    def _value(self, column: Column, position: int) -> str:
        """The column's value: its edge where this candidate carries it, its key, or a plausible one."""
        value = self.given.get(column.name) or self._plausible(column, position)
        edges = [(number, edge) for number, edge in enumerate(self.edges, 1) if edge.column == column.name]
        if not edges:
            return value
        return f"CASE g.e {' '.join(f'WHEN {n} THEN {edge.value}' for n, edge in edges)} ELSE {value} END"

    def _plausible(self, column: Column, position: int) -> str:
        salt = position * 7
        constrained = self.plan.is_constrained(column)
        number = self._number(column, salt, constrained)
        options = [self.plan.plain(column, number)]
        if constrained:
            near = pooled(
                self.plan.values,
                self.plan.slot(column),
                self.plan.literals(column),
                number,
                _random(salt + 3),
            )
            options = near + options * max(1, len(near) // 6)
        value = options[0] if len(options) == 1 else _one_of(options, salt + 1)
        if self.plan.never_null(column):
            return value
        return f"CASE WHEN {_sometimes(salt + 2)} THEN NULL ELSE {value} END"

    def _number(self, column: Column, salt: int, constrained: bool) -> str:
        """Its own for each candidate where a unique key wants that, else one of a few.

        A column that has company in its key and a condition to meet strays a little: ``CHECK (starts < ends)``.
        """
        if column.name not in self.plan.unique_columns:
            return f"({_random(salt)} % {POOL})::int"
        if constrained and column.name not in self.plan.alone_unique:
            return f"(g.n + ({_random(salt)} % 5)::int)"
        return "g.n"

    def _copy(self) -> None:
        """Decide all columns but those of unique keys, and of foreign keys that have a column in one."""
        renewed = set(self.plan.unique_columns)
        entangled = [set(key.columns) for key in self.plan.foreign_keys]
        while any(renewed & columns and not columns <= renewed for columns in entangled):
            renewed = renewed.union(*(columns for columns in entangled if renewed & columns))
        table = self.plan.table.sql
        self.sources.append(
            f"JOIN (SELECT r.*, row_number() OVER () AS migration_nth, count(*) OVER () AS migration_rows "
            f"FROM (SELECT * FROM ONLY {table} LIMIT {MODELS}) AS r) AS b "
            f"ON b.migration_nth = 1 + g.n * 7 % b.migration_rows"
        )
        for column in self.plan.columns:
            if column.name not in renewed:
                self.given[column.name] = f"b.{quoted(column.name)}"

    # ── foreign keys ────────────────────────────────────────────────────────────────────────────────

    def _rank(self, key: ForeignKey) -> tuple[bool, bool, int]:
        """Keys that share columns: the one with most columns chooses, the table's own keys copy."""
        return key in self.batch.foretold, not key.required, -len(key.columns)

    def _follow(self, key: ForeignKey, alias: str, salt: int) -> None:
        if self.batch.copied and self.given.keys() >= set(key.columns):
            return
        if key in self.batch.closed:
            nullable = [c for c in self.plan.columns if c.name in key.columns and not self.plan.never_null(c)]
            self.given.update(
                {column.name: f"NULL::{column.sql}" for column in nullable if column.name not in self.given}
            )
        elif key in self.batch.foretold:
            self._foretell(key)
        else:
            self._draw(key, alias, salt)

    def _foretell(self, key: ForeignKey) -> None:
        """The values that the parent's own candidates will have, which depend on their numbers only."""
        parent = self.batch.foretold[key]
        number = "g.n"
        if parent.table is not self.plan.table:
            number = f"({parent.first + 1} + (g.n - {self.batch.start + 1}) % {max(self.batch.limit, 1)})"
        for name, theirs in zip(key.columns, key.parent_columns, strict=True):
            column = next(column for column in parent.columns if column.name == theirs)
            itself = self.given.get(theirs) if parent.table is self.plan.table else None
            self.given.setdefault(name, itself or parent.plain(column, number))

    def _draw(self, key: ForeignKey, alias: str, salt: int) -> None:
        """Keys of rows that the parent has. Columns that an earlier key has decided narrow the choice."""
        parent = self.plan.schema.tables[key.parent]
        pairs = list(zip(key.columns, key.parent_columns, key.operators, strict=True))
        decided = [
            f"r.{quoted(theirs)} {operator} {self.given[ours]}"
            for ours, theirs, operator in pairs
            if ours in self.given
        ]
        if len(decided) == len(pairs):
            unset = " OR ".join(f"{self.given[ours]} IS NULL" for ours in key.columns)
            self.required.append(f"({alias}.rows > 0 OR {unset})")
        where = f" WHERE {' AND '.join(decided)}" if decided else ""
        arrays = ", ".join(f"array_agg(s.{quoted(theirs)}) AS k{k}" for k, (_, theirs, _) in enumerate(pairs))
        columns = ", ".join(f"r.{quoted(theirs)}" for theirs in dict.fromkeys(key.parent_columns))
        one_to_one = len(key.columns) == 1 and key.columns[0] in self.plan.alone_unique
        most = max(PARENTS, self.batch.limit) if one_to_one else PARENTS
        self.sources.append(
            f"CROSS JOIN LATERAL (SELECT {arrays}, count(*) AS rows FROM (SELECT {columns} "
            f"FROM {parent.rows_sql} AS r{where} LIMIT {most}) AS s) AS {alias}"
        )
        number = "g.n" if one_to_one else _random(salt)
        index = f"(1 + {number} % nullif({alias}.rows, 0))::int"
        for k, (ours, _, _) in enumerate(pairs):
            if ours not in self.given:
                self.given[ours] = self._sometimes_null(key, f"{alias}.k{k}[{index}]", salt)

    def _sometimes_null(self, key: ForeignKey, value: str, salt: int) -> str:
        """All nullable columns of a key are NULL together."""
        columns = [column for column in self.plan.columns if column.name in key.columns]
        nullable = [column for column in columns if not self.plan.never_null(column)]
        if not nullable or (key.full and len(nullable) < len(columns)):
            return value
        return f"CASE WHEN {_sometimes(salt + 5)} THEN NULL ELSE {value} END"


def _random(salt: int) -> str:
    """A non-negative bigint that looks random and is the same in every run."""
    return f"(hashint8(g.n::int8 * 2111 + {salt}) & 2147483647)"


def _sometimes(salt: int) -> str:
    """True for one candidate in five, and for most columns of every third one."""
    return f"{_random(salt)} % 10 < CASE WHEN g.n % 3 = 0 THEN 7 ELSE 2 END"


def _one_of(options: list[str], salt: int) -> str:
    branches = " ".join(f"WHEN {k} THEN {option}" for k, option in enumerate(options))
    return f"CASE {_random(salt)} % {len(options)} {branches} END"
