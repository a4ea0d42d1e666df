"""Which rows were written, how often and by which transaction: counted by a trigger on the copies that a proof works on.

Values cannot say it where they differ from run to run (``SET a = a || random()``): there a row that was written twice, or
that should have been left alone, looks like any other. The trigger writes in the transaction of the row, so what was
rolled back is not counted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from checks.backfill.model import Backfill
from checks.backfill.proof.failures import NotProven
from checks.sandbox.server import Database

SCHEMA = "backfill_proof"
SPELLING = {"timezone": "UTC", "bytea_output": "hex", "intervalstyle": "postgres", "extra_float_digits": "1"}
"""Settings under which a key is spelled the same, whatever the settings of the session that writes its row."""
UNCOUNTABLE = "what it writes cannot be counted here: {message}"

WRITTEN = f"""
CREATE SCHEMA {SCHEMA};
CREATE TABLE {SCHEMA}.written (key jsonb NOT NULL, xact xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id());
CREATE SEQUENCE {SCHEMA}.passed;
CREATE FUNCTION {SCHEMA}.count() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog
{" ".join(f"SET {name} = '{value}'" for name, value in SPELLING.items())} AS $count$
BEGIN
  INSERT INTO {SCHEMA}.written (key)
    SELECT coalesce(jsonb_agg(to_jsonb(OLD) -> name ORDER BY place), '[]') FROM unnest(TG_ARGV) WITH ORDINALITY AS key (name, place);
  RETURN NULL;
END $count$;
CREATE FUNCTION {SCHEMA}.end_session() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $end$
BEGIN
  IF nextval('{SCHEMA}.passed') = TG_ARGV[0]::bigint THEN
    PERFORM pg_terminate_backend(pg_backend_pid());
  END IF;
  RETURN coalesce(NEW, OLD);
END $end$;
"""
COUNT = f"""
CREATE TRIGGER {SCHEMA}_count AFTER {{events}} ON {{table}} FOR EACH ROW
WHEN (pg_catalog.current_setting('{SCHEMA}.writer', true) IS DISTINCT FROM 'yes') EXECUTE FUNCTION {SCHEMA}.count({{key}})
"""
END = f"""
ALTER SEQUENCE {SCHEMA}.passed RESTART;
CREATE TRIGGER {SCHEMA}_end BEFORE INSERT OR UPDATE OR DELETE ON {{table}} FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.end_session({{rows}})
"""
UNEND = f"DROP TRIGGER {SCHEMA}_end ON {{table}}"
SIZES = f"SELECT count(*) FROM {SCHEMA}.written GROUP BY xact"

Written = Counter[str]
"""Key, as JSON → how often its row was written; of an INSERT all rows under one."""

Sizes = Counter[int]
"""Rows of a transaction → how many transactions have as many."""


def count_writes(database: Database, backfill: Backfill, key: Sequence[str]) -> None:
    """From now on, in this database and its copies. A row that moves to another partition is one row. Raises NotProven."""
    events = "INSERT" if backfill.verb == "INSERT" else "UPDATE OR DELETE"
    with database.connect() as session:
        count = sql.SQL(COUNT).format(
            events=sql.SQL(events),
            table=_identifier(backfill.changed),
            key=sql.SQL(", ").join(map(sql.Literal, key)),
        )
        try:
            session.execute(WRITTEN.encode())
            session.execute(count)
        except psycopg.Error as error:
            if session.broken:
                raise
            raise NotProven(UNCOUNTABLE.format(message=error.diag.message_primary or str(error))) from error


def uncounted(database: Database) -> psycopg.Connection[Any]:
    """A session of others: what they write is not the statement's."""
    return database.connect(options={**SPELLING, f"{SCHEMA}.writer": "yes"})


def written(database: Database) -> Written:
    with database.connect() as session:
        rows: list[tuple[Any, ...]] = session.execute(f"SELECT key FROM {SCHEMA}.written".encode()).fetchall()
    return Counter(json.dumps(key) for (key,) in rows)


def transactions(database: Database) -> Sizes:
    with database.connect() as session:
        rows: list[tuple[Any, ...]] = session.execute(SIZES.encode()).fetchall()
    return Counter(size for (size,) in rows)


def end_at(session: psycopg.Connection[Any], table: str, rows: int) -> None:
    """The session that writes so many rows of the table from now on is ended at the last of them."""
    session.execute(sql.SQL(END).format(table=sql.SQL(table), rows=sql.Literal(str(rows))))


def end_no_more(session: psycopg.Connection[Any], table: str) -> None:
    session.execute(sql.SQL(UNEND).format(table=sql.SQL(table)))


def is_own(relation: str) -> bool:
    return relation.startswith(f"{SCHEMA}.")


def _identifier(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split(".", 1))
