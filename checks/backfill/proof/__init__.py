"""Proof that batches do what the statement does: run on copies of one database, killed, resumed, disturbed and repeated.

What "the same" means: *alone* (killed and resumed) every row of every table is as the statement leaves it, and was written
as often, but for values that no two runs of the statement agree on (``random()``, ``now()``, numbers of a sequence), of
which in a row that it writes only is compared whether there is one. *Beside writers*, each of whom writes a row once: each row
is as it would be had its writer come before the statement, or after it; which one may differ from row to row, as rows are
met at different times. A row that nobody wrote is as the statement leaves it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from checks.backfill.forms import block
from checks.backfill.model import Backfill
from checks.backfill.proof.alone import BATCHES, KILLS, Alone, standing
from checks.backfill.proof.counting import Sizes, transactions, uncounted, written
from checks.backfill.proof.failures import NotProven
from checks.backfill.proof.rows import is_serial
from checks.backfill.proof.watch import kill_at, run, watch
from checks.backfill.proof.writers import Write, do
from checks.rules.wording import quoted, short
from checks.sandbox.server import Database
from checks.settings import Settings

__all__ = ["NotProven", "prove", "prove_form", "standing"]

FEW = 500
"""Rows that are done one by one in no time."""
LONG, SHORT = 60.0, 0.05
"""Seconds of a pause: one that is killed in, one that others write in."""

SAME = (
    "Killed (pg_terminate_backend) after batch 1 and after batch 2, in the middle of the next one and as that wrote down "
    "how far it is, and run again each time: the same rows as the statement leaves, each written as often."
)
BESIDE = (
    "With others beside it ({writes}): each row as if its writer had come before the statement or after it."
)
TWICE = "Run again at its end: no row is touched."
AT_MOST = "No transaction of it changed more than the {size} rows of its batch here."

NOT_RESUMED = "killed and run again, it does not leave the rows that the statement leaves: `{where}`."
BEGAN_ANEW = "killed after batch {batch} and run again, it does not go on with the next one."
NOT_SERIAL = "with others beside it, a row of `{table}` is neither as if its writer had come before the statement nor after it."
DONE_AGAIN = "a row that one batch has changed is changed again by another one."
OTHER_ROW = "it changes a row that the statement leaves alone."
TOUCHED = "run again at its end, it changes rows."
TOO_MANY = "a transaction of it changes {most} rows, and not at most {size}."
NOT_KILLED = "it ends before a second batch, so it could not be killed in between."


Form = Callable[[Backfill, int, float], str]
"""Rows of a batch, seconds of a pause → the statement that runs all of it."""


def prove(backfill: Backfill, ground: Database, settings: Settings) -> Iterator[str]:
    """Sentences of what was seen. ``ground``: the state before the statement, which nobody is in. Raises NotProven."""
    with standing(backfill, ground, settings) as alone:
        yield from prove_form(alone, block)


def prove_form(alone: Alone, form: Form) -> Iterator[str]:
    """The same for one form of the batches. Raises NotProven."""
    trial = _Trial(alone, form)
    yield from trial.killed_and_resumed()
    yield trial.beside_writers()
    yield AT_MOST.format(size=f"{alone.size:,}")


@dataclass(frozen=True)
class _Trial:
    alone: Alone
    form: Form

    def killed_and_resumed(self) -> Iterator[str]:
        with self.alone.ground.clone("killed") as clone:
            for number in range(1, KILLS + 1):
                self._kill_in_a_pause(clone, number)
                self._is_written_once(clone)
                self._are_few(clone, self.alone.size)
            self._kill_inside(clone)
            self._resume(clone)
            yield SAME
            self._is_quiet(clone)
            yield TWICE

    def beside_writers(self) -> str:
        """The block runs while they write."""
        orders = self.alone.orders
        with self.alone.ground.clone("beside") as clone:
            done = self._disturbed(clone)
            self._are_few(clone, self.alone.size)
            found = self.alone.found(clone)
        if not is_serial(found, orders.before, orders.after, len(orders.ways)):
            raise NotProven(NOT_SERIAL.format(table=short(self.alone.backfill.changed)))
        return BESIDE.format(writes=_counted(done))

    def _block(self, pause: float) -> str:
        return self.form(self.alone.backfill, self.alone.size, pause)

    def _kill_in_a_pause(self, database: Database, number: int) -> None:
        """Behind the next batch, which has this number, in a pause that is long enough not to end before."""
        batches = watch(
            self.alone.backfill,
            self._block(LONG),
            database,
            self.alone.settings,
            lambda batch, session: True,
        )
        if not batches:
            raise NotProven(NOT_KILLED)
        if batches != number:
            raise NotProven(BEGAN_ANEW.format(batch=number - 1))

    def _kill_inside(self, database: Database) -> None:
        """In the middle of the rows, and between them and the progress, whichever of the two comes first."""
        backfill = self.alone.backfill
        for table, rows in (
            (quoted(short(backfill.changed)), self.alone.size // 2 + 1),
            (backfill.progress, 1),
        ):
            kill_at(table, rows, self._block(0), database, self.alone.settings)

    def _resume(self, database: Database) -> None:
        """With batches of one row, if those are not too many: one more than that shows, whatever rows they are."""
        size = 1 if self.alone.end.written.total() <= FEW else self.alone.size
        before = transactions(database)
        run(self.form(self.alone.backfill, size, 0), database, self.alone.settings)
        self._are_few(database, size, before)
        self._is_written_once(database)
        found = self.alone.seen(database)
        if where := self.alone.differs(found):
            raise NotProven(NOT_RESUMED.format(where=short(where)))

    def _are_few(self, database: Database, size: int, before: Sizes | None = None) -> None:
        most = max(transactions(database) - (before or Counter()), default=0)
        if most > size:
            raise NotProven(TOO_MANY.format(most=f"{most:,}", size=f"{size:,}"))

    def _is_written_once(self, database: Database) -> None:
        """Or as often as by the statement, whose triggers may write rows, too."""
        wanted = self.alone.end.written
        if more := written(database) - wanted:
            raise NotProven(OTHER_ROW if more.keys() - wanted.keys() else DONE_AGAIN)

    def _is_quiet(self, database: Database) -> None:
        before = written(database)
        run(self._block(0), database, self.alone.settings)
        if before != written(database):
            raise NotProven(TOUCHED)

    def _disturbed(self, clone: Database) -> list[str]:
        """Run the block with some of the writes in each of its pauses. What was written, by kind."""
        left, done = list(self.alone.orders.ways), []
        share = -(-len(left) // (BATCHES - 1))

        def between(batch: int, session: psycopg.Connection[Any]) -> bool:
            for kind, way in [left.pop(0) for _ in range(min(share, len(left)))]:
                if do(session, Write(kind, (way,))) is not None:
                    done.append(kind)
            return False

        watch(self.alone.backfill, self._block(SHORT), clone, self.alone.settings, between)
        with uncounted(clone) as session:
            for kind, way in left:  # those whose pause did not come
                do(session, Write(kind, (way,)))
        return done


def _counted(done: list[str]) -> str:
    kinds = [f"{done.count(kind)} {kind}" for kind in dict.fromkeys(done)]
    return ", ".join(kinds) if kinds else "the table takes none of their rows"
