"""Many rows out of the few that are there: copies, made on the server, that keep unique and foreign keys valid.

Copy *k* of a row has its own values where the type lets one be told from another, and a foreign key leads to copy *k*
of the parent's row. The numbers of copies are powers of two, so that keys over several columns, which lead to tables with
different numbers of copies, still meet: ``(k mod 64) mod 16`` is ``k mod 16``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg

from checks.data.facts import Column, Connection, ForeignKey, Schema, Table, quoted, read_details, read_tables
from checks.data.order import needed
from checks.data.plan import Plan
from checks.data.repair import remove_orphans
from checks.data.session import filling_session, past_row_security
from checks.data.values import Slot, Values, numeric_digits, text_limit
from checks.sandbox.server import Database, Role
from checks.settings import Settings

MOST_COPIES = 1 << 15
MODELS = 256
"""Rows of each table that are copied."""
WIDEST = 2_000
"""Bytes of a row; a wider one is an edge, and its copies would fill the memory."""
TEXTS = frozenset({"text", "varchar", "bpchar", "citext"})
WHOLE = frozenset({"int4", "int8", "numeric"})
_RANGES = {"int4": 2**31 - 1, "int8": 2**62}
_PREFIX = "upper(lpad(to_hex(({k} * 40503) % 65536), 4, '0'))"
"""Four characters, other ones for each k below 65,536, and not in the order of k (an odd factor, modulo a power of two)."""
PREFIX_LENGTH = 4


@dataclass(frozen=True)
class Multiplied:
    rows: dict[str, int]
    """``schema.table`` → how many it has now; of a partitioned table, those of its partitions."""
    refused: dict[str, str]
    """Tables whose copies the server refused, with what it said."""


def multiply(
    database: Database,
    wanted: Mapping[str, int],
    settings: Settings,
    seconds: float,
    *,
    follows: Sequence[Follow] = (),
    fixed: Collection[str] = (),
) -> Multiplied:
    """Grow tables (``schema.table``) to about so many rows; keys to tables that are not named keep leading to the old rows.

    Columns with the names in ``fixed`` have the same values in all copies, unless they are keys. Runs as ``app``; no
    trigger fires. ``seconds`` bounds each INSERT. Raises SandboxLost when the server is gone.
    """
    with database.connect(Role.APP, options={"search_path": "pg_catalog", "jit": "off"}) as reader:
        schema = read_tables(reader)
        named = [table for table in schema.tables.values() if table.key in wanted]
        read_details(reader, schema, needed(schema, named))
        role = reader.info.user
    with ExitStack() as stack:
        if any(table.guarded for table in schema.tables.values()):
            stack.enter_context(past_row_security(database, role))
        session = stack.enter_context(filling_session(database, role, settings.search_path))
        session.execute(f"SET statement_timeout = {int(seconds * 1000)}".encode())
        for follow in follows:
            _add_key(schema, follow)
        copier = _Copier(session, schema, frozenset(fixed))
        copier.plan(named, wanted)
        return copier.run(named)


@dataclass(frozen=True)
class Follow:
    """A foreign key that will be made: copies of the child's rows lead to copies of the parent's already."""

    child: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True)
class _Window:
    """The values of a column that are copied, and how far apart the copies are."""

    low: int
    high: int

    @property
    def stride(self) -> int:
        return self.high - self.low + 1


class _Copier:
    def __init__(self, session: Connection, schema: Schema, fixed: frozenset[str]) -> None:
        self._session = session
        self._schema = schema
        self._fixed = fixed
        self._values = Values(schema.types, {})
        self._copies: dict[int, int] = {}
        """Table → how many copies of each row there will be, the row itself among them."""
        self._rows: dict[int, int] = {}
        self._windows: dict[tuple[int, str], _Window | None] = {}

    def plan(self, named: list[Table], wanted: Mapping[str, int]) -> None:
        for table in named:
            leaves = self._schema.leaves(table)
            for leaf in leaves:
                self._rows[leaf.oid] = self._count(leaf)
            there = sum(self._rows[leaf.oid] for leaf in leaves)
            for leaf in leaves:
                self._copies[leaf.oid] = _power_of_two(wanted[table.key] / there) if there else 1

    def run(self, named: list[Table]) -> Multiplied:
        rows: dict[str, int] = {}
        refused: dict[str, str] = {}
        for table in named:
            leaves = self._schema.leaves(table)
            for leaf in leaves:
                try:
                    self._copy(leaf)
                except psycopg.Error as error:
                    if self._session.broken:
                        raise
                    refused[table.key] = error.diag.message_primary or str(error)
        self._remove_orphans(named)
        for table in named:
            rows[table.key] = sum(self._count(leaf) for leaf in self._schema.leaves(table))
        return Multiplied(rows, refused)

    def _remove_orphans(self, named: list[Table]) -> None:
        """Of a parent's row that is no model there are no copies."""
        leaves = {leaf.oid: leaf for table in named for leaf in self._schema.leaves(table)}
        doubtful = [(leaf, key) for leaf in leaves.values() for key in self._schema.foreign_keys(leaf)]
        remove_orphans(self._session, self._schema, doubtful, [*leaves])

    def _copy(self, table: Table) -> None:
        copies = self._copies[table.oid]
        if copies > 1 and table.oid in self._rows:
            self._session.execute(self._insert(table, copies).encode())
            self._rows.pop(table.oid)

    def _insert(self, table: Table, copies: int) -> str:
        plan = Plan(self._schema, self._values, table, 0, edged=False)
        names = ", ".join(quoted(column.name) for column in plan.columns)
        values = ", ".join(
            f"{self._value(table, column, plan) or 'r.' + quoted(column.name)} AS {quoted(column.name)}"
            for column in plan.columns
        )
        models = " AND ".join([f"pg_column_size(r.*) <= {WIDEST}", *self._filters(table, plan)])
        has_generated = len(plan.columns) < len(table.columns)
        conditions = [] if has_generated else [f"({one}) IS NOT FALSE" for one in plan.conditions]
        immediate = all(key.immediate for key in table.unique_keys)
        return (
            f"INSERT INTO {table.sql} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM (SELECT {values} "
            f"FROM (SELECT * FROM ONLY {table.sql} AS r WHERE {models} LIMIT {MODELS}) AS r "
            f"CROSS JOIN generate_series(1, {copies - 1}) AS g(k) ORDER BY g.k) AS c "
            f"WHERE {' AND '.join(conditions) or 'true'}{' ON CONFLICT DO NOTHING' if immediate else ''}"
        )

    # ── one column ──────────────────────────────────────────────────────────────────────────────────

    def _value(self, table: Table, column: Column, plan: Plan) -> str | None:
        """The value of copy k; None: as it is in the row."""
        key = next((key for key in plan.foreign_keys if column.name in key.columns), None)
        if key is None:
            must = column.name in plan.unique_columns and not _is_held(table, column, plan)
            if (plan.is_constrained(column) or column.name in self._fixed) and not must:
                return None
            return self._shifted(table, column, f"r.{quoted(column.name)}", "g.k", must=must)
        place = self._origin(table, column.name)
        if place is None:
            return None
        parent, theirs = place
        copies = self._copies.get(parent.oid, 1)
        number = f"(g.k & {copies - 1})"
        shifted = self._shifted(parent, theirs, f"r.{quoted(column.name)}", number, must=True)
        return f"({shifted})::{column.sql}" if shifted and copies > 1 else None

    def _origin(self, table: Table, name: str) -> tuple[Table, Column] | None:
        """The column in which the values of a foreign key's column are made; None when that cannot be followed."""
        seen = {(table.oid, name)}
        while key := next((key for key in self._schema.foreign_keys(table) if name in key.columns), None):
            name = key.parent_columns[key.columns.index(name)]
            table = self._schema.tables[key.parent]
            if table.partitioned:
                return None
            if (table.oid, name) in seen:
                break
            seen.add((table.oid, name))
        column = next((column for column in table.columns if column.name == name), None)
        return (table, column) if column else None

    def _filters(self, table: Table, plan: Plan) -> Iterator[str]:
        """What a row must be like so that its copies fit into the types."""
        for column in plan.columns:
            if any(column.name in key.columns for key in plan.foreign_keys):
                continue
            slot = self._slot(column)
            window = self._window(table, column)
            name = f"r.{quoted(column.name)}"
            if window and column.name in plan.unique_columns:
                yield f"({name} IS NULL OR {name} BETWEEN {window.low} AND {window.high})"
            limit = text_limit(slot)
            if column.name in plan.unique_columns and slot.type.name in TEXTS and limit is not None:
                yield f"({name} IS NULL OR length({name}) <= {limit - PREFIX_LENGTH})"

    def _shifted(self, table: Table, column: Column, value: str, k: str, *, must: bool) -> str | None:
        """``must``: the column belongs to a unique key. Without that, a date or a limited text stays as it is."""
        slot, prefix = self._slot(column), _PREFIX.format(k=k)
        name, limit = slot.type.name, text_limit(slot)
        if slot.type.element:
            element = self._values.resolve(self._values.element(slot)).type.name
            if element in TEXTS:
                return f"coalesce((SELECT array_agg({prefix} || e) FROM unnest({value}) AS e)::{column.sql}, {value})"
            return None
        if name in WHOLE:
            return self._number(table, column, slot, value, k)
        if name in TEXTS and (limit is None or must or limit > 40):
            return f"left({prefix} || {value}, {limit or WIDEST})::{slot.sql}"
        if name in ("timestamp", "timestamptz") and not table.is_partition:
            return f"{value} + {k} * interval '1 second'"
        simple = {
            "uuid": "md5({value}::text || {k})::uuid",
            "jsonb": "CASE jsonb_typeof({value}) WHEN 'object' THEN {value} || jsonb_build_object('copy', md5({value}::text || {k}), 'nth', hashtext({value}::text || {k})) ELSE {value} END",
            "bytea": "{value} || int4send({k})",
            "tsvector": "{value} || {prefix}::tsvector",
            "float8": "{value} + {k}",
        }.get(name)
        if name == "date" and must and not table.is_partition:
            simple = "{value} + {k}"
        return simple.format(value=value, k=k, prefix=prefix) if simple else None

    def _number(self, table: Table, column: Column, slot: Slot, value: str, k: str) -> str | None:
        window = self._window(table, column)
        copies = self._copies.get(table.oid, 1)
        if window is None or window.high + window.stride * copies > _most(slot):
            return None
        moved = f"{value} + ({k} * {window.stride}::bigint)"
        return f"CASE WHEN {value} BETWEEN {window.low} AND {window.high} THEN ({moved})::{slot.sql} ELSE {value} END"

    def _window(self, table: Table, column: Column) -> _Window | None:
        """The span of its values but for the edges, of which there are few and which lie far out."""
        place = table.oid, column.name
        if place not in self._windows:
            self._windows[place] = self._measured(table, column) if self._is_whole(column) else None
        return self._windows[place]

    def _measured(self, table: Table, column: Column) -> _Window | None:
        name = quoted(column.name)
        row = self._session.execute(
            f"SELECT min({name})::bigint, max({name})::bigint FROM ONLY {table.sql} "
            f"WHERE {name} BETWEEN 0 AND 1000000 AND {name} = trunc({name}::numeric)".encode()
        ).fetchone()
        return _Window(int(str(row[0])), int(str(row[1]))) if row and row[0] is not None else None

    def _is_whole(self, column: Column) -> bool:
        return self._slot(column).type.name in WHOLE

    def _slot(self, column: Column) -> Slot:
        slot = Slot(self._schema.types[column.type], column.modifier, column.sql, column.name)
        return self._values.resolve(slot)

    def _count(self, table: Table) -> int:
        row = self._session.execute(f"SELECT count(*) FROM ONLY {table.sql}".encode()).fetchone()
        return int(str(row[0])) if row else 0


def _is_held(table: Table, column: Column, plan: Plan) -> bool:
    """Whether a bound holds its rows in this partition, and each of its keys has another column to tell copies apart."""
    free = {one.name for one in table.columns if not plan.is_constrained(one)}
    keys = (key.columns for key in table.unique_keys if column.name in key.columns)
    return table.is_partition and column.name not in free and all(key & free for key in keys)


def _add_key(schema: Schema, follow: Follow) -> None:
    """Into what is known of the schema; nothing when a table is not known."""
    by_name = {table.key: table for table in schema.tables.values()}
    child, parent = by_name.get(follow.child), by_name.get(follow.parent)
    if child and parent:
        operators = ("=",) * len(follow.columns)
        key = ForeignKey(
            child.oid, parent.oid, "", follow.columns, follow.parent_columns, operators, False, True, False
        )
        child.foreign_keys.append(key)


def _most(slot: Slot) -> int:
    """The largest value of the type."""
    digits = numeric_digits(slot) if slot.type.name == "numeric" else None
    return 10 ** max(digits[0], 0) - 1 if digits else _RANGES.get(slot.type.name, 2**62)


def _power_of_two(ratio: float) -> int:
    """The smallest that is at least ``ratio``."""
    copies = 1
    while copies < ratio and copies < MOST_COPIES:
        copies *= 2
    return copies
