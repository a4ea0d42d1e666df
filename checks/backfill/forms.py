"""A backfill as what runs it: a block or procedure of PL/pgSQL, a script for psql."""

from __future__ import annotations

from checks.backfill.carry import is_laid_out
from checks.backfill.model import Backfill
from checks.rules.wording import quoted, table_part
from checks.sql.batches import PAUSE, loop, until_no_row

BATCH = 1000
"""Rows of one transaction."""
TAG = "$batch$"


def command(backfill: Backfill, size: int = BATCH) -> str:
    """One batch: changes ``size`` rows and says how far that is, or changes nothing when there is none left.

    The row of the progress table is locked, so that of two runs at a time the second one fails instead of doing a
    batch again.
    """
    place, reached, batch, changed = backfill.names
    key = ", ".join(map(quoted, backfill.key))
    following = [f"next_{number}" for number in range(1, len(backfill.key) + 1)]
    last = f"(SELECT {key} FROM {reached} ORDER BY {key} OFFSET {size} LIMIT 1)"
    target = following[0] if len(following) == 1 else f"({', '.join(following)})"
    return f"""WITH {place} AS (
      SELECT {", ".join(following)} FROM {backfill.progress} WHERE next_1 IS NOT NULL FOR UPDATE NOWAIT
    ), {reached} AS (
      {_inside(backfill.reached)}
      LIMIT {size + 1}
    ), {batch} AS (
      SELECT {key} FROM {reached} ORDER BY {key} LIMIT {size}
    ), {changed} AS (
      {_inside(backfill.change)}
    )
    UPDATE {backfill.progress}
    SET {target} = {last},
      rows_done = rows_done + (SELECT count(*) FROM {changed}),
      batches_done = batches_done + 1
    WHERE next_1 IS NOT NULL"""


def _inside(sql: str) -> str:
    """Moved to the right, unless a line break may be one of a string's own."""
    return sql.replace("\n", "\n      ") if is_laid_out(sql) else sql


def block(backfill: Backfill, size: int = BATCH, pause: float = PAUSE) -> str:
    """All of it as one statement, which has to run outside of a transaction (PostgreSQL 11)."""
    return until_no_row(command(backfill, size), first=backfill.start, pause=pause)


def in_two(backfill: Backfill, size: int = BATCH) -> tuple[str, str]:
    """What is sent once, and the block of what is sent until it finds no row: for tools with a language of their own."""
    return backfill.start, until_no_row(command(backfill, size))


def finish(backfill: Backfill) -> str:
    return f"DROP TABLE {backfill.progress}"


def finished(backfill: Backfill) -> str:
    """The progress table as it is at the end, to go back behind ``finish``: without a row there is nothing left to do."""
    return backfill.start.replace("LIMIT 1", "LIMIT 0")


def procedure(backfill: Backfill, size: int = BATCH) -> str:
    """To be called by hand, again after it was stopped."""
    name = f"run_{table_part(backfill.progress)}"
    body = loop(command(backfill, size), first=backfill.start)
    return (
        f"CREATE OR REPLACE PROCEDURE {name}() LANGUAGE plpgsql AS $batches$\n{body}\n$batches$;\n"
        f"-- Outside of a transaction; called again it goes on where it was stopped.\nCALL {name}();\n"
        f"-- When it has ended:\nDROP PROCEDURE {name}();\n"
    )


def psql(backfill: Backfill, size: int = BATCH) -> str:
    """Each cell of a result that ends in ``\\gexec`` is run by itself, and so committed."""
    walked = backfill.walked.removeprefix("public.")
    return f"""-- psql -f this file; run again after it was stopped, it goes on where it was.
\\set ON_ERROR_STOP on
{backfill.start};
SELECT command, 'SELECT rows_done, rows_about, pg_sleep({PAUSE}) FROM {backfill.progress}'
FROM generate_series(1, (SELECT count(*) / {size} + 1 FROM {quoted(walked)})) AS batches,
  (VALUES ({TAG}
{command(backfill, size)}
{TAG})) AS written (command)
WHERE EXISTS (SELECT FROM {backfill.progress} WHERE next_1 IS NOT NULL) \\gexec
-- No row: all is done.
SELECT * FROM {backfill.progress} WHERE next_1 IS NOT NULL;
"""
