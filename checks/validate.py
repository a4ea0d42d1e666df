"""The engine: two trees in, a Report out. Read it as the table of contents of the package."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date

from checks import catalog, data, rollback, rules, trace
from checks.advice import Bounds, with_advice
from checks.ash.review import review_snapshots
from checks.attempts import with_attempts
from checks.change import compare_histories
from checks.errors import FileError, SandboxLost
from checks.frameworks.code import not_run
from checks.frameworks.find import find_histories
from checks.model.findings import Finding
from checks.model.migrations import Change, ChangedMigration, History
from checks.model.observations import Trace
from checks.model.report import Report
from checks.production.read import read_statistics
from checks.production.scaling import scaled
from checks.production.statistics import Statistics
from checks.production.timing import Timing
from checks.progress import Progress, silent
from checks.replay.lacks import unproven_where_the_base_lacks
from checks.reporting import Reviewed, report, step_id
from checks.rows import go_on_without_rows, on_empty_tables, stopped_by_rows, without_a_row_met
from checks.rules.review import Review, Step
from checks.rules.suppress import suppress
from checks.sandbox.server import Database
from checks.sandbox.watchdog import told_as_lost
from checks.settings import Settings
from checks.state import State, state_before
from checks.together import fail_together, run_together
from checks.trees import Tree
from checks.trees.tree import read_text


def validate(
    base: Tree,
    head: Tree,
    settings: Settings,
    progress: Progress = silent,
    *,
    today: date | None = None,
    statistics: Statistics | None = None,
) -> Report:
    """Run what ``head`` adds to ``base`` on a throw-away PostgreSQL and say what it did.

    ``settings`` are those of the base. ``today`` decides which suppressions have run out (None: the date of
    this machine). ``statistics`` are production's (None: those that the settings name). Raises MigrationError;
    SandboxError when there is no PostgreSQL to run on.
    """
    progress("reading the migrations")
    changes = compare_histories(find_histories(base, settings), find_histories(head, settings))
    return validate_changes(changes, base, head, settings, progress, today=today, statistics=statistics)


def validate_changes(
    changes: Sequence[Change],
    base: Tree,
    head: Tree,
    settings: Settings,
    progress: Progress = silent,
    *,
    today: date | None = None,
    statistics: Statistics | None = None,
) -> Report:
    """The same for histories that have been read and compared already."""
    start = time.perf_counter()
    statistics = statistics or read_statistics(base, settings)
    timing = Timing(statistics, progress) if statistics else None
    job = Job(changes, base, head, settings, progress, today or date.today(), Bounds(), timing)
    reviewed = [review_change(change, job) for change in changes]
    findings = rules.in_order(finding for one in reviewed for finding in one.findings)
    findings = scaled(findings, [one.review for one in reviewed], statistics)
    kept, suppressed, faults = suppress(findings, _texts(changes, head), job.today)
    return report(
        base=base.label,
        head=head.label,
        reviewed=reviewed,
        findings=(*kept, *faults),
        suppressed=suppressed,
        not_run=tuple(not_run(base, head, settings, changes)),
        duration_ms=(time.perf_counter() - start) * 1000,
        statistics=statistics,
        today=today,
    )


@dataclass(frozen=True)
class Job:
    """What all the changes of one validation share."""

    changes: Sequence[Change]
    base: Tree
    head: Tree
    settings: Settings
    progress: Progress
    today: date
    bounds: Bounds
    """Of what may be proven beside the review."""
    timing: Timing | None
    """With production's statistics."""

    def not_accepted(self, findings: Sequence[Finding], change: Change) -> tuple[Finding, ...]:
        """Those that no comment in the change's files accepts."""
        return suppress(findings, _texts([change], self.head), self.today)[0]


def review_change(change: Change, job: Job) -> Reviewed:
    """Take one folder's change through the sandbox, when it has anything to run."""
    together = _of_one_database(change, job.changes)
    snapshots = review_snapshots(change, together, job.base, job.head, job.settings, job.progress)
    reviewed = _with_edited(Reviewed(Review(change, job.settings, snapshots=snapshots)), job)
    if not change.pending:
        return reviewed.with_findings(rules.check([reviewed.review]))
    rules.import_meanwhile()
    try:
        with _state(change, job) as state:
            steps = run_all(change, replace(state, timing=job.timing), job.progress)
            reviewed = reviewed.with_steps(state.ground, state.live, state.server.version, steps)
            reviewed = reviewed.with_findings(rules.check([reviewed.review]))
            reviewed = with_attempts(reviewed, state, job.head, run_all, job.progress)
            wanted = job.not_accepted(reviewed.findings, change)
            reviewed = with_advice(reviewed, wanted, state, job.head, job.progress, job.bounds, run_all)
    except SandboxLost:
        if not reviewed.review.steps:
            raise
        # The review itself had ended; attempts and advice say themselves what became of them.
    return reviewed


def _with_edited(reviewed: Reviewed, job: Job) -> Reviewed:
    """Applied migrations whose files changed, each on the state before it."""
    change = reviewed.change
    earlier, _ = in_the_same_database(change, job.changes)
    for changed in change.edited:
        histories = [*earlier, _up_to(changed, change.base)]
        with state_before([changed], histories, job.base, job.settings, job.progress) as state:
            reviewed = reviewed.with_edited(state.ground, _run(changed, change, state, job.progress))
    return reviewed


def _state(change: Change, job: Job) -> AbstractContextManager[State]:
    """The state before the first new migration of a change."""
    earlier, later = in_the_same_database(change, job.changes)
    histories = [*earlier, change.base, *later]
    return state_before(change.pending, histories, job.base, job.settings, job.progress)


def run_all(change: Change, state: State, progress: Progress) -> list[Step]:
    """Each migration alone on the state before it, up to the first that does not get through. The state stays as it is."""
    together = run_together(change.pending, state)
    with state.copied("run") if len(change.pending) > 1 else nullcontext(state) as running:
        steps = list(_run_each(change, running, progress))
    return fail_together(steps, together) if together else steps


def _run_each(change: Change, state: State, progress: Progress) -> Iterator[Step]:
    stopped_by: str | None = None
    for changed in change.pending:
        if stopped_by:
            yield _not_run(changed, change, stopped_by)
            continue
        yield _run(changed, change, state, progress)
        following = state if changed is change.pending[-1] else state.behind(changed)
        state, stopped_by = following or state, None if following else changed.migration.path


def _not_run(changed: ChangedMigration, change: Change, stopped_by: str) -> Step:
    reason = f"Not run, because {stopped_by} does not get through."
    return Step(changed, step_id(change, changed.migration), unproven=(reason,))


def _run(changed: ChangedMigration, change: Change, state: State, progress: Progress) -> Step:
    """One migration on the state before it; what its own failure on rows would hide, without them."""
    migration = changed.migration
    step = Step(changed, step_id(change, migration), rows_before=state.rows)
    if migration.up is None:
        return step
    with told_as_lost(state.server, migration.path):
        step = _prove(step, state.database, state, progress)
        if state.emptied_by:
            step = on_empty_tables(step, state.emptied_by)
        elif stopped_by_rows(step):
            step = go_on_without_rows(step, _prove(step, state.without_rows, state, progress))
        if state.ground.failures:
            step = replace(step, proof=unproven_where_the_base_lacks(step.proof))
        return state.timing.timed(step, state.database, state.settings) if state.timing else step


def _prove(step: Step, database: Database, state: State, progress: Progress) -> Step:
    """Statement by statement; then, on another clone, as the tool runs it, down, and up again."""
    migration, settings, live = step.migration, state.settings, state.live.relations()
    assert migration.up is not None
    progress(f"running {migration.path}: statement by statement")
    with database.clone("alone") as clone:
        alone = trace.statement_by_statement(
            clone, migration.up, settings, ids=f"{step.id}/up", existing=live
        )
    progress(f"running {migration.path}: as the tool runs it")
    with database.clone("proof") as clone, catalog.Reader(clone, state.reading) as reader:
        before, data_before = reader.read(), data.fingerprint(clone)
        real = trace.as_the_tool_runs_it(clone, migration.up, settings, ids=f"{step.id}/up", existing=live)
        after, data_after = reader.read(), data.fingerprint(clone)
        if not real.failed:
            progress(f"running {migration.path}: down, and up again")
            proof = rollback.prove(
                clone,
                migration,
                settings,
                before=before,
                data_before=data_before,
                after=after,
                data_after=data_after,
                ids=step.id,
                existing=live,
                reader=reader,
            )
            step = replace(step, proof=proof, data_after=data_after)
    return without_a_row_met(
        replace(
            step,
            observations=trace.merge(alone, real),
            before=before,
            after=after,
            unproven=(*trace.unseen(alone, real), *_left_open(real)),
        )
    )


def _left_open(trace: Trace) -> tuple[str, ...]:
    if trace.failed or trace.committed:
        return ()
    return ("The script leaves a transaction open: what it did was rolled back at the end of its session.",)


def in_the_same_database(change: Change, changes: Sequence[Change]) -> tuple[list[History], list[History]]:
    """Other folders that the configuration puts into this one's database: those applied before it, with what
    the change brings them, and those applied after it, as the base has them."""
    place = next(place for place, other in enumerate(changes) if other is change)
    database = change.head.database
    earlier = [other.head for other in changes[:place] if database and other.head.database == database]
    later = [other.base for other in changes[place + 1 :] if database and other.head.database == database]
    return earlier, later


def _of_one_database(change: Change, changes: Sequence[Change]) -> list[Change]:
    database = change.head.database
    return [other for other in changes if other is change or (database and other.head.database == database)]


def _up_to(changed: ChangedMigration, history: History) -> History:
    """The history before an edited migration: what a new database has when it comes to its turn."""
    place = next(place for place, migration in enumerate(history.migrations) if migration == changed.before)
    return history.model_copy(update={"migrations": history.migrations[:place]})


def _texts(changes: Sequence[Change], head: Tree) -> dict[str, str]:
    """The files that changed, for the suppressions in them."""
    there = set(head.paths())
    files = (path for change in changes for one in change.migrations for path in one.migration.files)
    return {path: _text(head, path) for path in sorted({path for path in files if path in there})}


def _text(tree: Tree, path: str) -> str:
    """A file that is no text has a finding of its own."""
    try:
        return read_text(tree, path)
    except FileError:
        return ""
