"""Fill tables of a live schema with rows that it allows, before any code of the change has run.

What the rows prove is "this fails on rows that today's schema allows", not how production looks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from checks.data.facts import Schema, Table, read_details, read_tables
from checks.data.filler import Filler
from checks.data.order import needed
from checks.data.probe import probe
from checks.data.session import filling_session, past_row_security, run_seed
from checks.data.values import Values
from checks.model.observations import SqlError
from checks.sandbox.server import Database, Role
from checks.settings import Settings


@dataclass(frozen=True)
class Filled:
    """What is in the tables now."""

    rows: dict[str, int]
    """``schema.table`` → rows, of each table that has any; of a partitioned table, those of its partitions."""
    unfilled: tuple[tuple[str, str], ...] = ()
    """Tables that were to be filled and are empty, each with the reason."""
    seed_error: SqlError | None = None
    """Why the user's own rows could not be inserted; none of them is there then."""


def fill(
    database: Database,
    rows: int,
    *,
    tables: Collection[str] | None = None,
    seed: str | None = None,
    settings: Settings | None = None,
) -> Filled:
    """Insert the user's ``seed``, then about ``rows`` plausible rows per table and an edge pass.

    ``tables`` (``schema.name``; None: all of the user's) are filled together with the parents that their foreign
    keys need. Everything runs as ``app``, with the ``search_path`` of the settings. Nobody else may write to the
    database meanwhile. Raises SandboxLost when the server is gone.
    """
    settings = settings or Settings()
    seed_error = run_seed(database, seed, settings) if seed else None
    with database.connect(Role.APP, options={"search_path": "pg_catalog", "jit": "off"}) as reader:
        schema = read_tables(reader)
        chosen = _chosen(schema, tables) if rows else []
        read_details(reader, schema, chosen)
        values = Values(schema.types, probe(reader, schema.types.values()))
        role = reader.info.user
    with ExitStack() as stack:
        if any(table.guarded for table in schema.tables.values()):
            stack.enter_context(past_row_security(database, role))
        session = stack.enter_context(filling_session(database, role, settings.search_path))
        filler = Filler(session, schema, values, rows)
        filler.fill(chosen)
    return Filled(
        _by_name(schema, filler.counts), tuple(_unfilled(schema, filler, chosen, tables)), seed_error
    )


def _chosen(schema: Schema, names: Collection[str] | None) -> list[Table]:
    wanted = [table for table in schema.tables.values() if names is None or table.key in names]
    return needed(schema, wanted)


def _by_name(schema: Schema, counts: dict[int, int]) -> dict[str, int]:
    """With the sums of partitioned tables."""
    found: dict[str, int] = {}
    for table in schema.tables.values():
        count = sum(counts.get(leaf.oid, 0) for leaf in schema.leaves(table))
        if count:
            found[table.key] = count
    return found


def _unfilled(
    schema: Schema, filler: Filler, chosen: Collection[Table], names: Collection[str] | None
) -> Iterator[tuple[str, str]]:
    for table in chosen:
        if not filler.counts.get(table.oid):
            yield table.key, filler.reason(table)
    known = {table.key: table for table in schema.tables.values()}
    for name in sorted(names or ()):
        if name not in known:
            yield name, "there is no such table"
    for table in schema.tables.values():
        if table.partitioned and not schema.leaves(table) and (names is None or table.key in names):
            yield table.key, "it has no partition that could hold a row"
