"""UPDATE, DELETE and INSERT … SELECT in batches: ``backfill`` is the door.

The rows are walked along a key, some at a time, each batch in a transaction of its own. How far it is stands in a table
of one row that changes in the same statement as the rows do, so a run that was killed goes on where the last batch
ended, and one that has ended changes nothing. The rows themselves are not asked what is left to do: ``n = n + 1`` leaves
no trace, and what others wrote behind the walk must not be overwritten by a second one.
"""

from __future__ import annotations

from hashlib import sha256

from checks.backfill.carry import change_in_batch, keys_reached
from checks.backfill.forms import (
    BATCH,
    block,
    command,
    finish,
    finished,
    in_two,
    procedure,
    psql,
)
from checks.backfill.model import Backfill, Refused
from checks.backfill.refusals import key_of, refuse
from checks.backfill.statement import RowChange, row_change
from checks.rules.wording import quoted, short, table_part

__all__ = [
    "BATCH",
    "Backfill",
    "Refused",
    "RowChange",
    "backfill",
    "block",
    "command",
    "finish",
    "finished",
    "in_two",
    "procedure",
    "psql",
    "row_change",
]

PARTS = ("place", "reached", "batch", "changed")
LONGEST = 63
"""Bytes of a name (NAMEDATALEN - 1)."""


def backfill(change: RowChange, name: str = "") -> Backfill:
    """``name``: what makes it another one than the same statement elsewhere (its migration). Raises Refused."""
    refuse(change)
    key, names = key_of(change), _names(change)
    progress = _progress(change, name)
    return Backfill(
        statement=change.sql,
        verb=change.verb,
        walked=change.walked_table,
        changed=change.changed_table,
        key=key,
        progress=progress,
        start=_start(change, key, progress),
        reached=keys_reached(change, key, names[0]),
        change=change_in_batch(change, key, names[2]),
        names=names,
    )


def _names(change: RowChange) -> tuple[str, str, str, str]:
    taken = {relation.relname for relation in (change.node.relation, *change.relations())}
    place, reached, batch, changed = (f"backfill_{part}" if part in taken else part for part in PARTS)
    return place, reached, batch, changed


def _progress(change: RowChange, name: str) -> str:
    """Beside the table that is walked; the digest tells it from that of an earlier backfill, which would be taken for its own."""
    schema, table = change.walked_table.rpartition(".")[::2]
    digest = sha256(f"{name}\n{change.sql}".encode()).hexdigest()[:8]
    plain = f"backfill_{table_part(table)}"[: LONGEST - 9].encode()[: LONGEST - 9].decode(errors="ignore")
    return quoted(short(f"{schema}.{plain}_{digest}"))


def _start(change: RowChange, key: tuple[str, ...], progress: str) -> str:
    table = quoted(short(change.walked_table))
    following = ", ".join(f"{quoted(column)} AS next_{number}" for number, column in enumerate(key, 1))
    return (
        f"CREATE TABLE IF NOT EXISTS {progress} AS\n"
        f"  SELECT {following}, 0::bigint AS rows_done, 0 AS batches_done,\n"
        f"    (SELECT reltuples::bigint FROM pg_catalog.pg_class WHERE oid = '{table.replace(chr(39), chr(39) * 2)}'::regclass) AS rows_about\n"
        f"  FROM {table} ORDER BY {', '.join(map(quoted, key))} LIMIT 1"
    )
