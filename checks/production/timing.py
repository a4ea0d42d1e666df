"""How long statements take on many rows: the migration on clones with more and more copies of the synthetic rows.

What is taken is the time of the server's processor (``log_statement_stats``, which a superuser sets for the role): what else
this machine has to do does not change it, and on a sandbox in memory there is nothing else to wait for. The clones are production in miniature: tables keep their proportions, and so does the memory that sorts and hashes have, so
that what spills there spills here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

import psycopg
from psycopg import sql

from checks.data import Follow, multiply
from checks.model.observations import Observation, Prediction
from checks.production.agreeing import fixed_columns, follows_of, make_agree, refuses_rows
from checks.production.doubts import doubts_of
from checks.production.growth import Growth, predict
from checks.production.partitions import with_whole_tables
from checks.production.statistics import Statistics
from checks.production.weight import SMALL_ROWS, Load, load_of
from checks.progress import Progress, silent
from checks.replay.session import Session
from checks.rules.review import Step
from checks.sandbox.server import Database, Role
from checks.sandbox.sessions import MAINTENANCE
from checks.sandbox.watchdog import end_if_asked_to
from checks.settings import Settings
from checks.sql.parse import parse

SECONDS = 10.0
"""For all migrations of one review; behind it nothing more is begun."""
SIZES: tuple[int, ...] = (2_500, 10_000, 40_000, 160_000)
"""Rows of the largest table, about: copies are made in powers of two."""
RUNS: tuple[int, ...] = (2, 3, 2, 2)
LARGEST_SHARE = 0.1
"""Of the sandbox's disk, which may be memory, for one clone."""
QUICKEST_MS = 0.01

HEAP = """
SELECT coalesce(sum(pg_relation_size(relid)), pg_relation_size(%(table)s::regclass)) FROM pg_partition_tree(%(table)s::regclass)
"""
"""Bytes, with those of all partitions."""

NO_TIME = "not timed: the {seconds:.0f} s for it were over"
REFUSED = "not timed: the server refused to make more rows: {message}"
FAILED = "not timed: on more rows the server says: {message}"
NO_COPIES = "not timed: no more rows could be made in {table}{because}"
TOO_LONG = "not timed: with {rows:,} rows it did not come to an end in time"


@dataclass(frozen=True)
class Predicted:
    prediction: Prediction | None = None
    reason: str = ""


@dataclass
class Timing:
    """The timing of one review."""

    statistics: Statistics
    progress: Progress = silent
    left: float = field(default_factory=lambda: SECONDS)

    def timed(self, step: Step, database: Database, settings: Settings) -> Step:
        """The step with its predictions. Copies of ``database`` are worked on: nobody may be connected to it meanwhile."""
        wanted = dict(_wanted(step, self.statistics))
        if not wanted or step.migration.up is None:
            return step
        if self.left <= 0:
            return _with(
                step, {number: Predicted(reason=NO_TIME.format(seconds=SECONDS)) for number in wanted}
            )
        start = monotonic()
        try:
            return _with(step, _Series(self, database, step.observations, wanted, settings).all())
        except psycopg.Error as error:
            end_if_asked_to(error)
            if not database.server.is_alive():
                raise
            reason = REFUSED.format(message=error.diag.message_primary or str(error))
            return _with(step, {number: Predicted(reason=reason) for number in wanted})
        finally:
            self.left -= monotonic() - start


def _with(step: Step, predicted: Mapping[int, Predicted]) -> Step:
    return replace(
        step,
        observations=tuple(
            seen.model_copy(
                update={
                    "predicted": predicted[number].prediction,
                    "not_predicted": predicted[number].reason,
                }
            )
            if number in predicted
            else seen
            for number, seen in enumerate(step.observations)
        ),
    )


def _wanted(step: Step, statistics: Statistics) -> Iterator[tuple[int, Load]]:
    """The statements that go through tables of which it is known that they are not small."""
    for number, seen in enumerate(step.observations):
        load = with_whole_tables(load_of(step.observations, number, statistics), step.before, statistics)
        if seen.ran and load.decisive and (load.decisive[1].rows or 0) > SMALL_ROWS:
            yield number, load


@dataclass
class _Series:
    """One migration, at one size after the other."""

    timing: Timing
    database: Database
    observations: Sequence[Observation]
    wanted: Mapping[int, Load]
    settings: Settings
    runs: dict[int, dict[int, list[float]]] = field(default_factory=dict)
    """Number of the statement → rows of its table → milliseconds."""
    reasons: dict[int, str] = field(default_factory=dict)
    bytes_per_row: dict[str, float] = field(default_factory=dict)
    follows: tuple[Follow, ...] = ()
    end: float = 0.0

    def all(self) -> Mapping[int, Predicted]:
        self.end = monotonic() + self.timing.left
        with self.database.clone("agreeing") as ground:
            self.follows = follows_of(ground, self.observations)
            if refuses_rows(self.observations):
                tables = {number: _decisive(load)[0] for number, load in self.wanted.items()}
                end = monotonic() + self.timing.left / 4
                make_agree(ground, tables, self.follows, self.observations, self.settings, end)
            self._each_size(ground)
        return {number: self._predicted(number, load) for number, load in self.wanted.items()}

    def _each_size(self, ground: Database) -> None:
        expected = 0.0
        for place, (size, runs) in enumerate(zip(SIZES, RUNS, strict=True)):
            start = monotonic()
            if start + expected > self.end or not self._at(ground, size, runs):
                break
            following = SIZES[min(place + 1, len(SIZES) - 1)] / size
            expected = (monotonic() - start) * following

    def _at(self, ground: Database, size: int, runs: int) -> bool:
        """Whether a larger size is worth trying."""
        self.timing.progress(f"timing on {size:,} rows")
        with ground.clone("grown") as grown:
            rows = self._grow(grown, size)
            for _ in range(runs):
                with grown.clone("timed") as clone:
                    self._run(clone, rows)
                if monotonic() > self.end:
                    return False
            return self._has_room(grown)

    def _grow(self, grown: Database, size: int) -> Mapping[str, int]:
        multiplied = multiply(
            grown,
            self._rows_wanted(size),
            self.settings,
            self._seconds_left(),
            follows=self.follows,
            fixed=fixed_columns(self.observations),
        )
        for number, load in self.wanted.items():
            table, _ = _decisive(load)
            if multiplied.rows.get(table, 0) < size / 4:
                said = multiplied.refused.get(table, "")
                because = f": {said}" if said else ""
                self.reasons.setdefault(number, NO_COPIES.format(table=table, because=because))
        with grown.connect() as session:
            for table in multiplied.rows:
                name = sql.Identifier(*table.split(".", 1))
                session.execute(sql.SQL("VACUUM (ANALYZE) {}").format(name))
                row = session.execute(HEAP, {"table": name.as_string()}).fetchone()
                if row and multiplied.rows[table]:
                    self.bytes_per_row[table] = int(str(row[0])) / multiplied.rows[table]
        return multiplied.rows

    def _rows_wanted(self, size: int) -> dict[str, int]:
        """Tables that decide, up to the size; those that are locked beside them, in proportion."""
        statistics = self.timing.statistics
        deciding = dict(map(_decisive, self.wanted.values()))
        share = min(1.0, size / max(deciding.values()))
        beside = {
            lock.relation
            for number in self.wanted
            for lock in self.observations[number].locks
            if lock.existed_before and lock.relation_kind == "table"
        }
        wanted = {table: min(rows, size) for table, rows in deciding.items()}
        for table in beside - wanted.keys():
            known = statistics.size(table)
            if known and known.rows:
                wanted[table] = max(1, int(known.rows * share))
        return wanted

    def _run(self, clone: Database, rows: Mapping[str, int]) -> None:
        biggest = max((_decisive(load) for load in self.wanted.values()), key=lambda one: one[1])
        scale = biggest[1] / max(1, rows.get(biggest[0], 1))
        bounded = _bounded(self.settings, self.timing.statistics, scale, self._seconds_left())
        tell_usage(clone)
        with Session(clone, bounded, messages="log") as session:
            for number, statement in enumerate(self.observations):
                if monotonic() > self.end:
                    return
                if not _is_transaction_control(statement):
                    reply = session.run(statement.sql)
                    if session.in_transaction:
                        session.run("ROLLBACK")
                    if number in self.wanted:
                        table, _ = _decisive(self.wanted[number])
                        took = reply.processor_ms or reply.duration_ms
                        self._note(
                            number, rows.get(table, 0), took, reply.error.message if reply.error else None
                        )
                    if reply.lost:
                        return

    def _note(self, number: int, rows: int, ms: float, error: str | None) -> None:
        if error is not None:
            said = FAILED.format(message=error) if monotonic() < self.end else TOO_LONG.format(rows=rows)
            self.reasons.setdefault(number, said)
        elif rows:
            self.runs.setdefault(number, {}).setdefault(rows, []).append(max(ms, QUICKEST_MS))

    def _predicted(self, number: int, load: Load) -> Predicted:
        runs = self.runs.get(number, {})
        if len(runs) < 2:
            return Predicted(reason=self.reasons.get(number) or NO_TIME.format(seconds=SECONDS))
        table, rows = _decisive(load)
        growth: Growth = "n log n" if self.observations[number].indexes_built else "linear"
        size = load.works_on[table]
        here = self.bytes_per_row.get(table, 0)
        width = size.heap_bytes / rows / here if size and here else 1.0
        doubts = doubts_of(self.observations[number], load)
        return Predicted(predict(table, rows, runs, growth, width, doubts))

    def _has_room(self, grown: Database) -> bool:
        """Whether a clone of four times the size fits."""
        with grown.connect() as session:
            row = session.execute("SELECT pg_database_size(current_database())").fetchone()
        bound = (self.settings.limits.disk_mb << 20) * LARGEST_SHARE
        return row is not None and int(str(row[0])) * 4 < bound

    def _seconds_left(self) -> float:
        return max(1.0, self.end - monotonic())


def tell_usage(database: Database) -> None:
    """Sessions of the migrations' role that begin from now on are told what each query costs."""
    with database.connect() as session:
        role = sql.Identifier(session.info.user)
    setting = sql.SQL("ALTER ROLE {} IN DATABASE {} SET log_statement_stats = on")
    with database.server.connect(MAINTENANCE, Role.ADMIN) as admin:
        admin.execute(setting.format(role, sql.Identifier(database.name)))


def _decisive(load: Load) -> tuple[str, int]:
    assert load.decisive is not None  # ``_wanted`` has looked
    table, size = load.decisive
    return table, size.rows or 0


def _is_transaction_control(statement: Observation) -> bool:
    return type(parse(statement.sql)).__name__ == "TransactionStmt"


def _bounded(settings: Settings, statistics: Statistics, scale: float, seconds: float) -> Settings:
    """Production's memory for sorts and hashes, as much smaller as the tables are, and an end for each statement."""
    memory = {
        name: f"{int(max(least, min(kilobytes / max(scale, 1.0), settings.limits.memory_mb << 7)))}kB"
        for name, least in (("maintenance_work_mem", 1024), ("work_mem", 64))
        if (kilobytes := _kilobytes(statistics.settings.get(name, "")))
    }
    own = {"statement_timeout": f"{int(seconds * 1000)}ms"}
    limits = settings.limits.model_copy(
        update={"statement_seconds": min(settings.limits.statement_seconds, seconds + 1)}
    )
    return settings.model_copy(
        update={"parameters": {**settings.parameters, **memory, **own}, "limits": limits}
    )


def _kilobytes(setting: str) -> float:
    """``64MB`` as PostgreSQL shows it; 0 for what is no size."""
    found = re.fullmatch(r"(\d{1,9})(kB|MB|GB|TB)", setting)
    factors = {"kB": 1, "MB": 1 << 10, "GB": 1 << 20, "TB": 1 << 30}
    return int(found[1]) * factors[found[2]] if found else 0.0
