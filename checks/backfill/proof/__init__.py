"""Proof that batches do what the statement does: run on copies of one database, killed, resumed, disturbed and repeated.

What "the same" means: *alone* (killed and resumed) every row of every table is as the statement leaves it, but for values
that no two runs of the statement agree on (``random()``, ``now()``, numbers of a sequence), of which only is compared
whether there is one. *Beside writers*, each of whom writes a row once: each row is as it would be had its writer come before
the statement, or after it; which one may differ from row to row, as rows are met at different times. A row that nobody wrote
is as the statement leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import psycopg
from psycopg import sql

from checks import data
from checks.backfill.forms import block
from checks.backfill.model import Backfill
from checks.backfill.proof.failures import NotProven
from checks.backfill.proof.rows import (
    Found,
    Table,
    changed_table,
    differing_columns,
    read,
    rows_of,
    writable_columns,
)
from checks.backfill.proof.watch import Versions, Watched, failed, versions, watch
from checks.backfill.proof.writers import Write, do, writes
from checks.data import DataFingerprint
from checks.model.migrations import Script, Statement, TransactionMode
from checks.replay.execute import execute
from checks.rules.wording import short, table_part
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.sql.parse import parse

__all__ = ["NotProven", "prove"]

BATCHES = 5
"""As many are made of the rows that are there."""
KILLS = 2
LONG, SHORT = 60.0, 0.05
"""Seconds of a pause: one that is killed in, one that others write in."""

SAME = "Killed (pg_terminate_backend) after batch 1 and after batch {killed} of {batches}, and run again: the same rows as the statement leaves."
BESIDE = (
    "With others beside it ({writes}): each row as if its writer had come before the statement or after it."
)
TWICE = "Run again at its end: no row is touched."
AT_MOST = "No transaction of it changed more than the {size} rows of its batch here."

FAILS = "the statement itself fails here: {message}"
NO_ROWS = "it changes {rows} rows here, too few to see batches of."
NOT_RESUMED = (
    "killed after batch {batch} and run again, it does not leave the rows that the statement leaves: {where}."
)
BEGAN_ANEW = "killed after batch {batch} and run again, it does not go on with the next one."
NOT_SERIAL = "with others beside it, a row of `{table}` is neither as if its writer had come before the statement nor after it."
DONE_AGAIN = "a row that one batch has changed is changed again by another one."
TOUCHED = "run again at its end, it changes rows."
TOO_MANY = "a transaction of it changes {most} rows, and not at most {size}."
NOT_KILLED = "it ends before a second batch, so it could not be killed in between."


Form = Callable[[Backfill, int, float], str]
"""Rows of a batch, seconds of a pause → the statement that runs all of it."""


def prove(backfill: Backfill, ground: Database, settings: Settings, form: Form = block) -> Iterator[str]:
    """Sentences of what was seen. ``ground``: the state before the statement, which nobody is in. Raises NotProven."""
    trial = _Trial(backfill, ground, settings, form)
    yield from trial.killed_and_resumed()
    yield trial.beside_writers()
    yield AT_MOST.format(size=f"{trial.size:,}")


@dataclass(frozen=True)
class _End:
    rows: list[dict[str, Any]]
    """Of the table that is changed."""
    all: DataFingerprint


@dataclass
class _Trial:
    backfill: Backfill
    ground: Database
    settings: Settings
    form: Form

    def killed_and_resumed(self) -> Iterator[str]:
        with self.ground.clone("killed") as clone:
            before = self._versions(clone)
            killed = [self._killed_in_a_pause(clone, number) for number in range(1, KILLS + 1)]
            resumed = watch(self.backfill, self._block(0), clone, self.settings, _go_on)
            self._are_written_once(before, [one.versions for one in (*killed, resumed)])
            self._is_same(clone, killed[-1].batches)
            self._are_few(max(one.most for one in (*killed, resumed)))
            yield SAME.format(killed=killed[-1].batches, batches=resumed.batches)
            self._is_quiet(clone)
            yield TWICE

    def beside_writers(self) -> str:
        """The block runs while they write; both orders are run, too, and PostgreSQL says what each leaves."""
        ways, before = self._writers_first()
        after = self._writers_last(ways)
        with self.ground.clone("beside") as clone:
            done = self._disturbed(clone, ways)
            found = self.table.found(read(clone, self.table))
        if not is_serial(found, before, after, len(ways)):
            raise NotProven(NOT_SERIAL.format(table=short(self.backfill.changed)))
        return BESIDE.format(writes=_counted(done))

    # ── the statement itself ────────────────────────────────────────────────────────────────────────

    @cached_property
    def end(self) -> _End:
        return self._statement_alone()

    @cached_property
    def again(self) -> _End:
        """Another run of the same: what differs then differs from run to run."""
        return self._statement_alone()

    @cached_property
    def table(self) -> Table:
        """What is changed, without the values that are open."""
        table = changed_table(self.backfill)
        return table.without(
            differing_columns(self.end.rows, self.again.rows, table.key) | self._numbered_columns
        )

    @cached_property
    def size(self) -> int:
        """Rows of a batch, so that there are some batches. Raises NotProven when there are too few rows."""
        with self.ground.clone("counted") as clone:
            before = self._versions(clone)
            self._run_statement(clone)
            after = self._versions(clone)
        changed = max(len(before - after), len(after - before))
        if changed < KILLS + 1:
            raise NotProven(NO_ROWS.format(rows=changed))
        return max(changed // BATCHES, 1)

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

    def _statement_alone(self) -> _End:
        with self.ground.clone("statement") as clone:
            self._run_statement(clone)
            return self._end(clone)

    def _run_statement(self, database: Database) -> None:
        statement = Statement(sql=self.backfill.statement, path="", line=1, end_line=1)
        script = Script(statements=(statement,), transaction=TransactionMode.AUTOCOMMIT)
        outcome = execute(database, [script], self.settings)
        if outcome.error:
            raise NotProven(FAILS.format(message=failed(outcome.error)))

    def _end(self, database: Database) -> _End:
        return _End(read(database, changed_table(self.backfill)), data.fingerprint(database))

    # ── in batches ──────────────────────────────────────────────────────────────────────────────────

    def _block(self, pause: float) -> str:
        return self.form(self.backfill, self.size, pause)

    def _killed_in_a_pause(self, database: Database, number: int) -> Watched:
        """Behind the next batch, in a pause that is long enough not to end before; the number of that batch is given."""
        seen = watch(self.backfill, self._block(LONG), database, self.settings, lambda batch, session: True)
        if not seen.killed:
            raise NotProven(NOT_KILLED)
        if seen.batches != number:
            raise NotProven(BEGAN_ANEW.format(batch=number - 1))
        return seen

    def _is_same(self, database: Database, batch: int) -> None:
        found = self._end(database)
        where = self._difference(found)
        if where:
            raise NotProven(NOT_RESUMED.format(batch=batch, where=where))

    def _difference(self, found: _End) -> str:
        wanted, there = self.table.found(self.end.rows), self.table.found(found.rows)
        if wanted != there:
            return f"`{short(self.backfill.changed)}`"
        opened = set(_differ(self.end.all, self.again.all))
        numbered = {f"{self.backfill.changed}.{name}" for name in self._numbered_columns}
        differ = _differ(self.end.all.without(numbered), found.all.without(numbered))
        other = [one for one in differ if one not in opened and not self._is_own(one[0])]
        return f"`{short(other[0][0])}`" if other else ""

    def _is_own(self, relation: str) -> bool:
        """The progress table, which is not the statement's."""
        return table_part(relation) == table_part(self.backfill.progress)

    def _are_few(self, most: float) -> None:
        if most > self.size:
            raise NotProven(TOO_MANY.format(most=f"{most:,.0f}", size=f"{self.size:,}"))

    def _are_written_once(self, before: Versions, later: Sequence[Versions]) -> None:
        """What one batch wrote is still there after the next one: else it has done the row again."""
        for earlier, now in pairwise(later):
            if (earlier - before) - now:
                raise NotProven(DONE_AGAIN)

    def _is_quiet(self, database: Database) -> None:
        before = self._versions(database)
        watch(self.backfill, self._block(0), database, self.settings, _go_on)
        if before != self._versions(database):
            raise NotProven(TOUCHED)

    def _versions(self, database: Database) -> Versions:
        with database.connect() as session:
            return versions(session, self.backfill)

    # ── beside writers ──────────────────────────────────────────────────────────────────────────────

    def _writers_first(self) -> tuple[list[tuple[str, sql.Composed]], Found]:
        """The writes that the table takes, and the rows when the statement comes behind them."""
        walked = Table(self.backfill.walked, self.backfill.key)
        with self.ground.clone("first") as clone:
            with clone.connect() as session:
                planned = writes(session, walked, _sets(self.backfill))
                done = [(one.kind, way) for one in planned if (way := do(session, one)) is not None]
            self._run_statement(clone)
            return done, self.table.found(read(clone, self.table))

    def _writers_last(self, ways: list[tuple[str, sql.Composed]]) -> Found:
        with self.ground.clone("last") as clone:
            self._run_statement(clone)
            with clone.connect() as session:
                for kind, way in ways:
                    do(session, Write(kind, (way,)))
                return self.table.found(rows_of(session, self.table))

    def _disturbed(self, clone: Database, ways: list[tuple[str, sql.Composed]]) -> list[str]:
        """Run the block with some of the writes in each of its pauses. What was written, by kind."""
        left, done = list(ways), []
        share = -(-len(ways) // (BATCHES - 1))

        def between(batch: int, session: psycopg.Connection[Any]) -> bool:
            for kind, way in [left.pop(0) for _ in range(min(share, len(left)))]:
                if do(session, Write(kind, (way,))) is not None:
                    done.append(kind)
            return False

        watch(self.backfill, self._block(SHORT), clone, self.settings, between)
        with clone.connect() as session:
            for kind, way in left:  # those whose pause did not come
                do(session, Write(kind, (way,)))
        return done


def is_serial(found: Found, before: Found, after: Found, writes: int) -> bool:
    """Whether each row is as in one of the two orders.

    Rows without a key that are equal to others are counted. How many of their writers came before the statement is
    open, so their number may differ by as many as there were.
    """
    return all(
        _is_one_of(found.get(row, 0), before.get(row, 0), after.get(row, 0), writes)
        for row in found.keys() | before.keys() | after.keys()
    )


def _is_one_of(now: str | int, before: str | int, after: str | int, writes: int) -> bool:
    counts = [one for one in (before, after) if isinstance(one, int)]
    if isinstance(now, int) and len(counts) == 2 and max(counts) > 1:
        return min(counts) - writes <= now <= max(counts) + writes
    return now in (before, after)


def _go_on(batch: int, session: psycopg.Connection[Any]) -> bool:
    return False


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


def _counted(done: list[str]) -> str:
    kinds = [f"{done.count(kind)} {kind}" for kind in dict.fromkeys(done)]
    return ", ".join(kinds) if kinds else "the table takes none of their rows"
