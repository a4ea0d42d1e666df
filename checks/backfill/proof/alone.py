"""What the statement itself leaves, run by itself on copies: the rows that batches have to leave, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from psycopg import sql

from checks import data
from checks.backfill.model import Backfill
from checks.backfill.proof.counting import Written, count_writes, is_own, uncounted, written
from checks.backfill.proof.failures import NotProven
from checks.backfill.proof.rows import (
    Found,
    Table,
    changed_table,
    differing_columns,
    read,
    writable_columns,
)
from checks.backfill.proof.watch import failed
from checks.backfill.proof.writers import Write, do, writes
from checks.data import DataFingerprint
from checks.model.migrations import Script, Statement, TransactionMode
from checks.replay.execute import execute
from checks.rules.wording import table_part
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.sql.parse import parse

BATCHES = 5
"""As many are made of the rows that are there."""
KILLS = 2
"""Of whole batches; behind them there has to be a row for one that is killed half-way."""

FAILS = "the statement itself fails here: {message}"
NO_ROWS = "it changes {rows} rows here, too few to see batches of."

Way = tuple[str, sql.Composed]
"""What a writer does, and how."""


@contextmanager
def standing(backfill: Backfill, ground: Database, settings: Settings) -> Iterator[Alone]:
    """``ground``: the state before the statement, which nobody is in. Raises NotProven."""
    digest = backfill.progress.rstrip('"')[-8:]
    with ground.clone(f"counted_{digest}") as counted:
        count_writes(counted, backfill, changed_table(backfill).key)
        yield Alone(backfill, counted, settings)


@dataclass(frozen=True)
class End:
    rows: list[dict[str, Any]]
    """Of the table that is changed."""
    written: Written
    all: DataFingerprint


@dataclass(frozen=True)
class Orders:
    """Writers who came before the statement, and behind it."""

    ways: Sequence[Way]
    """What they did, as far as the table took it."""
    before: Found
    after: Found


@dataclass
class Alone:
    """Each part is run when it is asked for, once."""

    backfill: Backfill
    ground: Database
    """The state before the statement, with writes counted."""
    settings: Settings

    @cached_property
    def end(self) -> End:
        return self._run_once()

    @cached_property
    def size(self) -> int:
        """Rows of a batch, so that there are some batches. Raises NotProven when there are too few rows."""
        changed = self.end.written.total()
        if changed < KILLS + 1:
            raise NotProven(NO_ROWS.format(rows=changed))
        return max(changed // BATCHES, 1)

    @cached_property
    def table(self) -> Table:
        """What is changed, without the values that are open."""
        table = changed_table(self.backfill)
        return table.without(
            differing_columns(self.end.rows, self._again.rows, table.key) | self._numbered_columns
        )

    @cached_property
    def orders(self) -> Orders:
        """PostgreSQL says what each order of writers and statement leaves."""
        ways, before = self._writers_first()
        return Orders(ways, before, self._writers_last(ways))

    def found(self, database: Database) -> Found:
        return self.table.found(read(database, self.table), written(database))

    def seen(self, database: Database) -> End:
        rows = read(database, changed_table(self.backfill))
        return End(rows, written(database), data.fingerprint(database))

    def differs(self, found: End) -> str:
        """``schema.name`` of a table that is not as the statement leaves it; ``""`` when all are."""
        if self.table.found(self.end.rows, self.end.written) != self.table.found(found.rows, found.written):
            return self.backfill.changed
        opened = set(_differ(self.end.all, self._again.all))
        numbered = {f"{self.backfill.changed}.{name}" for name in self._numbered_columns}
        differ = _differ(self.end.all.without(numbered), found.all.without(numbered))
        other = (one for one in differ if one not in opened)
        return next((relation for relation, _ in other if not self._is_own(relation)), "")

    @cached_property
    def _again(self) -> End:
        """Another run of the same: what differs then differs from run to run."""
        return self._run_once()

    @cached_property
    def _numbered_columns(self) -> frozenset[str]:
        """Columns that get the next number of a sequence: an INSERT does not name them, an UPDATE sets them to DEFAULT."""
        asked = _set_to_default(self.backfill)
        if self.backfill.verb != "INSERT" and not asked:
            return frozenset()
        with self.ground.connect() as session:
            columns = writable_columns(session, Table(self.backfill.changed))
        counting = frozenset(name for name, counts in columns.items() if counts)
        return counting if self.backfill.verb == "INSERT" else counting & asked

    def _run_once(self) -> End:
        with self.ground.clone("statement") as clone:
            self._run_statement(clone)
            return self.seen(clone)

    def _run_statement(self, database: Database) -> None:
        statement = Statement(sql=self.backfill.statement, path="", line=1, end_line=1)
        script = Script(statements=(statement,), transaction=TransactionMode.AUTOCOMMIT)
        outcome = execute(database, [script], self.settings)
        if outcome.error:
            raise NotProven(FAILS.format(message=failed(outcome.error)))

    def _writers_first(self) -> tuple[Sequence[Way], Found]:
        """The writes that the table takes, and the rows when the statement comes behind them."""
        walked = Table(self.backfill.walked, self.backfill.key)
        with self.ground.clone("first") as clone:
            with uncounted(clone) as session:
                planned = writes(session, walked, _sets(self.backfill))
                done = [(one.kind, way) for one in planned if (way := do(session, one)) is not None]
            self._run_statement(clone)
            return done, self.found(clone)

    def _writers_last(self, ways: Sequence[Way]) -> Found:
        with self.ground.clone("last") as clone:
            self._run_statement(clone)
            with uncounted(clone) as session:
                for kind, way in ways:
                    do(session, Write(kind, (way,)))
            return self.found(clone)

    def _is_own(self, relation: str) -> bool:
        """The progress table and what counts, which are not the statement's."""
        return is_own(relation) or table_part(relation) == table_part(self.backfill.progress)


def _sets(backfill: Backfill) -> list[str]:
    node: Any = parse(backfill.statement)
    return [one.res_target.name for one in node.target_list] if backfill.verb == "UPDATE" else []


def _set_to_default(backfill: Backfill) -> frozenset[str]:
    node: Any = parse(backfill.statement)
    if backfill.verb != "UPDATE":
        return frozenset()
    targets = (one.res_target for one in node.target_list)
    return frozenset(target.name for target in targets if target.val.HasField("set_to_default"))


def _differ(one: DataFingerprint, other: DataFingerprint) -> list[tuple[str, str | None]]:
    losses = (*data.compare(one, other), *data.compare(other, one))
    return list(dict.fromkeys((loss.relation, loss.column) for loss in losses))
