"""What cannot be done in batches, and why: one function per reason, in the order in which they are asked.

Each is given the statement and yields the sentence when its reason holds. What only shows when it runs is not here: the
proof says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres

from checks.backfill.carry import tree_of
from checks.backfill.model import Refused
from checks.backfill.statement import NOT_A_TABLE, RowChange
from checks.model.tables import Batching
from checks.rules.wording import listed, short
from checks.sql.parse import find, name_parts

ANEW_FOR_EACH_ROW = frozenset(
    {"random", "random_normal", "gen_random_uuid", "gen_random_bytes", "uuidv4", "uuidv7"}
    | {"uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "clock_timestamp", "timeofday"}
)
"""Functions that give each row a value of its own, whatever the others got: PostgreSQL's, pgcrypto's, uuid-ossp's."""
IN_ORDER = frozenset(
    {"nextval", "setval", "currval", "lastval", "setseed", "set_config", "pg_notify", "pg_sleep"}
    | {"dblink", "dblink_exec", "pg_current_xact_id", "txid_current", "lo_create", "lo_import", "lo_unlink"}
    | {"pg_advisory_lock", "pg_advisory_xact_lock", "pg_try_advisory_lock", "pg_try_advisory_xact_lock"}
)
"""Functions that leave something behind, or answer by what was called before."""
SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax"})

WITH = "What stands in its WITH would be computed anew for each batch."
RETURNING = "Its RETURNING answers all rows at once, and somebody may read them."
CONFLICT = "With ON CONFLICT it depends on the order which of two rows that meet is kept."
CURSOR = "It changes the row at which a cursor stands."
WINDOW = "`{name}` looks at all rows of its result together: a batch has only some of them."
GROUPS = "It puts rows together ({what}), and the rows of one group can be in two batches."
ORDER = "It depends on the order of all rows ({what})."
SETS_KEY = "It sets {columns}, and no other key of `{table}` is left by which to walk its rows."
NO_KEY = "`{table}` has no primary key and no unique index over columns that are NOT NULL: its rows cannot be walked."
READS_ITSELF = (
    "It reads `{table}`, which it changes: what one batch writes would change what the next one reads."
)
UNKNOWN_RELATION = (
    "It reads `{name}`, which is no table that was there before: whether that reads `{table}` is not known."
)
SEQUENCE = "`{name}` depends on what was done before, so it matters in which order rows come."
CHOOSES = "`{name}` chooses other rows each time it is asked."
FUNCTION = "Function `{name}` is not IMMUTABLE: it may read or write what the statement changes."
SYSTEM = "It names `{column}`, which is another for each version of a row."


def refuse(change: RowChange) -> None:
    """Raises Refused with the first reason that holds."""
    for reasons in REASONS:
        for sentence in reasons(change):
            raise Refused(sentence)


def no_table(change: RowChange) -> Iterator[str]:
    """The target of an INSERT may be new: nobody waits for it."""
    if change.walked_table not in change.tables:
        yield NOT_A_TABLE.format(name=short(change.walked_table))


def with_clause(change: RowChange) -> Iterator[str]:
    if change.node.HasField("with_clause") or (
        change.verb == "INSERT" and change.query.HasField("with_clause")
    ):
        yield WITH


def returning(change: RowChange) -> Iterator[str]:
    if change.node.HasField("returning_clause"):
        yield RETURNING


def on_conflict(change: RowChange) -> Iterator[str]:
    if change.verb == "INSERT" and change.node.HasField("on_conflict_clause"):
        yield CONFLICT


def at_a_cursor(change: RowChange) -> Iterator[str]:
    if any(True for _ in find(change.node, "CurrentOfExpr")):
        yield CURSOR


def windows(change: RowChange) -> Iterator[str]:
    for call in (call for part in _result(change) for call in change.calls(part)):
        if call.HasField("over"):
            yield WINDOW.format(name=name_parts(call.funcname)[-1])


def aggregates(change: RowChange) -> Iterator[str]:
    """PostgreSQL's parser does not know which functions are aggregates; sqlglot does."""
    if change.verb != "INSERT":
        return
    for word in ("group_clause", "having_clause", "distinct_clause"):
        value = getattr(change.query, word)
        if value.ByteSize() if word == "having_clause" else len(value):
            yield GROUPS.format(what=word.removesuffix("_clause").upper().replace("GROUP", "GROUP BY"))
    for found in _outside_subqueries(change.sql):
        yield GROUPS.format(what=found.sql_name().lower())


def order(change: RowChange) -> Iterator[str]:
    if change.verb != "INSERT":
        return
    for word, said in (
        ("sort_clause", "ORDER BY"),
        ("limit_count", "LIMIT"),
        ("limit_offset", "OFFSET"),
        ("locking_clause", "FOR UPDATE"),
    ):
        value = getattr(change.query, word)
        if len(value) if word in ("sort_clause", "locking_clause") else change.query.HasField(word):
            yield ORDER.format(what=said)


def reads_itself(change: RowChange) -> Iterator[str]:
    for relation in change.relations():
        if change.place(relation) == change.changed_table:
            yield READS_ITSELF.format(table=short(change.changed_table))


def reads_the_unknown(change: RowChange) -> Iterator[str]:
    for relation in change.relations():
        if change.place(relation) not in change.tables:
            name, table = short(change.place(relation)), short(change.changed_table)
            yield UNKNOWN_RELATION.format(name=name, table=table)


def functions(change: RowChange) -> Iterator[str]:
    for call in change.calls():
        name = name_parts(call.funcname)[-1]
        if name in change.unstable:
            yield FUNCTION.format(name=name)
        elif name in IN_ORDER:
            yield SEQUENCE.format(name=name)


def choice(change: RowChange) -> Iterator[str]:
    for call in (call for part in _choosing(change) for call in change.calls(part)):
        if (name := name_parts(call.funcname)[-1]) in ANEW_FOR_EACH_ROW:
            yield CHOOSES.format(name=name)


def system_columns(change: RowChange) -> Iterator[str]:
    for reference in find(change.node, "ColumnRef"):
        fields: Sequence[Any] = reference.fields  # type: ignore[attr-defined]
        if (name := fields[-1].string.sval) in SYSTEM_COLUMNS:
            yield SYSTEM.format(column=name)


def no_key(change: RowChange) -> Iterator[str]:
    keys = change.tables[change.walked_table].keys
    if not keys:
        yield NO_KEY.format(table=short(change.walked_table))
    elif key_of(change) == ():
        columns = listed(name for key in keys for name in key if name in change.sets)
        yield SETS_KEY.format(columns=columns, table=short(change.walked_table))


def catalogs(change: RowChange) -> Iterator[str]:
    """Triggers that see statements, foreign keys that follow, rules, children."""
    for obstacle in change.tables.get(change.changed_table, Batching()).obstacles:
        if change.verb in obstacle.verbs and (
            not obstacle.columns or set(obstacle.columns) & set(change.sets)
        ):
            yield obstacle.reason


def key_of(change: RowChange) -> tuple[str, ...]:
    """The best key that the statement leaves alone; empty when there is none."""
    keys = change.tables[change.walked_table].keys
    return next((key for key in keys if not set(key) & set(change.sets)), ())


REASONS: tuple[Callable[[RowChange], Iterator[str]], ...] = (
    no_table,
    with_clause,
    returning,
    on_conflict,
    at_a_cursor,
    windows,
    aggregates,
    order,
    reads_itself,
    reads_the_unknown,
    functions,
    choice,
    system_columns,
    no_key,
    catalogs,
)


def _result(change: RowChange) -> Sequence[Any]:
    """What makes up the rows: subqueries, which have a result of their own, are in it only where they stand in FROM."""
    return [*change.query.target_list] if change.verb == "INSERT" else []


def _choosing(change: RowChange) -> Iterator[Any]:
    """The conditions that decide which rows are meant."""
    if change.reading.HasField("where_clause"):
        yield change.reading.where_clause
    yield from find(change.reading, "JoinExpr")


def _outside_subqueries(sql: str) -> Iterator[exp.AggFunc]:
    tree = tree_of(sql, Postgres)
    select = tree.expression
    for found in tree.find_all(exp.AggFunc):
        if found.find_ancestor(exp.Select, exp.Subquery) is select:
            yield found
