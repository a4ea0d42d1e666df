"""What was run, and what the rules made of it → the Report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from checks import catalog, notes, risk
from checks.backfill.tables import batching, unstable_functions
from checks.catalog import Catalog
from checks.data import Filled
from checks.model.differences import Difference
from checks.model.findings import Finding, Suppression, Unproven
from checks.model.migrations import Change, Migration, Problem
from checks.model.report import (
    HistoryReport,
    Isolation,
    MigrationReport,
    MigrationTrace,
    Report,
    SandboxInfo,
    SchemaDiff,
)
from checks.model.rollback import RollbackStatus
from checks.model.tables import ColumnShape, Partition, TableShape
from checks.production.account import account
from checks.production.statistics import Statistics
from checks.replay.lacks import what_the_base_lacks, what_the_sandbox_lacks
from checks.rules.review import Review, Step
from checks.sql.mentions import words

MOST_TABLES, MOST_COLUMNS = 20, 60


@dataclass(frozen=True)
class Ground:
    """What one run of migrations stood on."""

    sandbox: SandboxInfo
    migrations: int
    cached: int
    failures: tuple[Problem, ...]
    filled: Filled


@dataclass(frozen=True)
class Reviewed:
    """One folder's change, and the states on which it was run; no state when nothing had to run."""

    review: Review
    grounds: tuple[Ground, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What the rules say of it, accepted ones included."""

    @property
    def change(self) -> Change:
        return self.review.change

    def with_edited(self, ground: Ground, step: Step) -> Reviewed:
        review = replace(self.review, edited=(*self.review.edited, step))
        return replace(self, review=review, grounds=(*self.grounds, ground))

    def with_steps(self, ground: Ground, live: Catalog, postgres: int, steps: Sequence[Step]) -> Reviewed:
        review = replace(
            self.review, steps=tuple(steps), base=live, base_failures=ground.failures, postgres=postgres
        )
        return replace(self, review=review, grounds=(*self.grounds, ground))

    def with_findings(self, findings: Sequence[Finding]) -> Reviewed:
        return replace(self, findings=tuple(findings))


def report(
    *,
    base: str,
    head: str,
    reviewed: Sequence[Reviewed],
    findings: Sequence[Finding],
    suppressed: Sequence[Suppression],
    not_run: Sequence[Unproven],
    duration_ms: float,
    statistics: Statistics | None = None,
    today: date | None = None,
) -> Report:
    """The Report.

    ``base`` and ``head`` are the names of the revisions; ``not_run`` what nothing was told of; ``today`` tells how old
    ``statistics`` are.
    """
    migrations = tuple(migration for one in reviewed for migration in migration_reports(one.review))
    unproven = tuple(dict.fromkeys([*(place for one in reviewed for place in _unproven(one)), *not_run]))
    verdict = risk.verdict(findings, unproven)
    sandbox = _weakest_sandbox(reviewed)
    differences = tuple(difference for one in reviewed for difference in _whole_difference(one.review))
    return Report(
        base=base,
        head=head,
        verdict=verdict,
        headline=risk.headline(len(migrations), verdict, findings, unproven),
        risk=risk.risk(migrations, findings, unproven, statistics),
        sandbox=sandbox,
        production=account(statistics, migrations, sandbox, today or date.today()),
        histories=tuple(_history(one) for one in reviewed),
        migrations=migrations,
        findings=tuple(findings),
        suppressed=tuple(suppressed),
        unproven=unproven,
        schema_diff=SchemaDiff(text=catalog.render(differences), differences=differences),
        rollout=notes.rollout(migrations, findings, unproven),
        rollback_notes=notes.rollback(migrations),
        duration_ms=duration_ms,
    )


def migration_reports(review: Review) -> Iterator[MigrationReport]:
    """Those that ran or would have; deleted and renamed ones have nothing to show but findings."""
    steps = {step.id: step for step in (*review.edited, *review.steps)}
    for step in steps.values():
        migration = step.migration
        yield MigrationReport(
            id=step.id,
            path=migration.path,
            tool=review.change.head.tool,
            version=migration.version,
            name=migration.name,
            change=step.changed.kind,
            up=MigrationTrace(statements=step.observations),
            schema_diff=catalog.compare(step.before, step.after),
            rollback=step.proof,
            rows_before={} if step.on_empty_tables else dict(step.rows_before),
            tables=tuple(islice(_tables(step), MOST_TABLES)),
            batching={table: batching(step.before, table) for table in islice(_met(step), MOST_TABLES)},
            partitions=dict(islice(_partitions(step), MOST_TABLES)),
            unstable_functions=unstable_functions(step.before, _named(step)),
            attempts=step.attempts,
        )


def _met(step: Step) -> Iterator[str]:
    """The tables that its statements lock, and those that they name."""
    return _met_in(step.before, step)


def _met_in(schema: Catalog, step: Step) -> Iterator[str]:
    locked = {lock.relation for seen in step.observations for lock in seen.locks}
    named = _named(step)
    yield from sorted(
        table for table in schema.tables() if table in locked or table.rpartition(".")[2] in named
    )


def _partitions(step: Step) -> Iterator[tuple[str, Partition]]:
    """Behind it, and before it those that are none any more."""
    told: set[str] = set()
    for schema in (step.after, step.before):
        for table in _met_in(schema, step):
            row = schema.objects[("table", table)]
            if row["partition_of"] and table not in told:
                told.add(table)
                yield (
                    table,
                    Partition(
                        of=str(row["partition_of"]),
                        bound=str(row["bound"]),
                        conditions=catalog.conditions(schema, table),
                        left_behind=catalog.check_left_behind(schema, table),
                    ),
                )


def _named(step: Step) -> frozenset[str]:
    return words(step.migration.up.statements) if step.migration.up else frozenset()


def _tables(step: Step) -> Iterator[TableShape]:
    for name in _met(step):
        columns = (
            ColumnShape(name=column.name, type=column.type, not_null=column.not_null)
            for column in step.before.columns(name)
        )
        rows = 0 if step.on_empty_tables else step.rows_before.get(name, 0)
        yield TableShape(relation=name, rows=rows, columns=tuple(islice(columns, MOST_COLUMNS)))


def _unproven(one: Reviewed) -> Iterator[Unproven]:
    for ground in one.grounds:
        for problem in ground.failures:
            yield Unproven(path=problem.path, line=problem.line, reason=f"Base state: {problem.message}")
        yield from _about_rows(one.change, ground)
    for step in (*one.review.edited, *one.review.steps):
        yield from _of_step(step, incomplete=not one.review.is_whole)
    if one.review.snapshots:
        yield from one.review.snapshots.unproven


def _about_rows(change: Change, ground: Ground) -> Iterator[Unproven]:
    place = change.pending[0].migration.path if change.pending else change.edited[0].migration.path
    for table, reason in ground.filled.unfilled:
        yield Unproven(path=place, line=1, reason=f"{table} has no rows in the sandbox: {reason}")
    if ground.filled.seed_error:
        yield Unproven(path=place, line=1, reason=f"The seed fails: {ground.filled.seed_error.message}")


def _of_step(step: Step, *, incomplete: bool) -> Iterator[Unproven]:
    migration = step.migration
    if migration.opaque:
        reason = f"Not run: {migration.opaque.rstrip('.')}."
        yield Unproven(path=migration.path, line=migration.opaque_line, reason=reason)
    for gap in migration.gaps:
        said = "Run as it is today" if gap.kind == "doubt" else "Not run"
        yield Unproven(path=gap.path, line=gap.line, reason=f"{said}: {gap.reason}.")
    for reason in (*step.unproven, *_way_back(step)):
        yield Unproven(path=migration.path, line=1, reason=reason)
    for seen in step.observations:
        if seen.error is None:
            continue
        lacking = what_the_sandbox_lacks(seen.error)
        if lacking is None and incomplete and what_the_base_lacks(seen.error):
            lacking = "What it stands on is not whole, which may be why."
        if step.stopped_by_own_check:
            lacking = (
                "Its own check refuses rows that were made up here; rows that pass it belong into `seed:`."
            )
        if lacking:
            reason = f"{seen.error.message} (SQLSTATE {seen.error.sqlstate}). {lacking}"
            yield Unproven(path=seen.path, line=seen.error.line or seen.line, reason=reason)


def _way_back(step: Step) -> Iterator[str]:
    """A way back that nobody saw to its end leaves the fate of the rows open. What stopped before it says so itself."""
    ran = bool(step.observations) and step.error is None and not step.unproven and not step.migration.gaps
    if ran and step.proof.status is RollbackStatus.UNPROVEN:
        yield f"The rollback is not proven, so it is open what becomes of the data. {step.proof.reason}"


def step_id(change: Change, migration: Migration) -> str:
    """Names a migration in the Report: tool, folder and version; repeatable ones have only a name."""
    return f"{change.head.id}/{migration.version or migration.name}"


def _whole_difference(review: Review) -> tuple[Difference, ...]:
    """From the schema before the first new migration to the one after the last that ran."""
    ran = [step for step in review.steps if step.observations]
    return catalog.compare(ran[0].before, ran[-1].after) if ran else ()


def _history(one: Reviewed) -> HistoryReport:
    head = one.change.head
    return HistoryReport(
        id=head.id,
        tool=head.tool,
        folder=head.folder,
        database=head.database,
        base_migrations=len(one.change.base.migrations),
        base_silent=len(one.change.base.silent),
        base_cached=max((ground.cached for ground in one.grounds), default=0),
        base_failures=one.review.base_failures,
    )


def _weakest_sandbox(reviewed: Sequence[Reviewed]) -> SandboxInfo | None:
    """Of several runs the one with the least between it and the machine."""
    order = list(Isolation)
    infos = [ground.sandbox for one in reviewed for ground in one.grounds]
    return max(infos, key=lambda info: order.index(info.isolation), default=None)
