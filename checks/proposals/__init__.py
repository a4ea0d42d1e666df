"""Somebody else's way to the same end, run before anybody sees it: ``prove(proposal, …)`` is the one door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks import catalog, data
from checks.catalog import Catalog
from checks.change import compare_histories
from checks.errors import SandboxLost, UsageError
from checks.frameworks.find import find_histories
from checks.model.migrations import Change
from checks.model.rollback import DataLoss
from checks.progress import Progress, silent
from checks.proposals import allowed, faults_of, queries
from checks.proposals.model import Proof, Proposal
from checks.proposals.wanted import overlaid, runs, wanted
from checks.replay.execute import execute
from checks.rules.review import Review, Step
from checks.settings import Settings
from checks.state import State, state_before
from checks.trees import OverlayTree, Tree
from checks.validate import in_the_same_database, run_all

__all__ = ["Proof", "Proposal", "prove"]

NO_HISTORY = "there is no change of the history {id!r}"
RAN = "It ran up, down and up again."
REACHED = "It ends in {how}."
ROWS_STAY = "No row and no value is lost that the change itself does not take away."
QUERIES_EMPTY = "No validation query gives a row."
UNKNOWN_END = (
    "The wanted schema is not known, for the change itself comes to no end: what it ends in was not compared."
)
NO_END = "Run one after the other as the tool does, the files do not come to an end."
LOST = "The sandbox was lost while it ran."


def prove(
    base: Tree, head: Tree, proposal: Proposal, settings: Settings, progress: Progress = silent
) -> Proof:
    """Run the proposal in the place of what ``head`` adds to one history, and hold its end against the wanted one.

    ``settings`` are those of the base. Raises UsageError when the change has no such history, SandboxError when
    there is no PostgreSQL to run on.
    """
    changes = compare_histories(find_histories(base, settings), find_histories(head, settings))
    change = next((one for one in changes if one.head.id == proposal.history), None)
    if change is None:
        raise UsageError(NO_HISTORY.format(id=proposal.history))
    if why := allowed.refused(proposal, change):
        return Proof(works=False, faults=(why,))
    proposed = overlaid(change, _tree(proposal, change, head), settings)
    if proposed is None:
        return Proof(works=False, faults=(allowed.NO_FILES,))
    if why := allowed.misread(proposal, proposed):
        return Proof(works=False, faults=(why,))
    earlier, later = in_the_same_database(change, changes)
    pending = (*change.pending, *proposed.pending)
    with state_before(pending, [*earlier, change.base, *later], base, settings, progress) as state:
        try:
            return _proof(_Trial(change, proposed, proposal, state, head, settings, progress))
        except SandboxLost:
            return Proof(works=False, faults=(LOST,))


def _tree(proposal: Proposal, change: Change, head: Tree) -> Tree:
    """The head with the proposal in the place of the migrations that the change adds."""
    files = {file.path: file.content for file in proposal.files}
    return OverlayTree(head, files, _replaced(change))


def _replaced(change: Change) -> set[str]:
    """The files of the new migrations, as far as no applied one is made of them, too."""
    added = {path for one in change.pending for path in one.migration.files}
    return added - {path for migration in change.base.migrations for path in migration.files}


@dataclass(frozen=True)
class _Trial:
    change: Change
    proposed: Change
    proposal: Proposal
    state: State
    head: Tree
    settings: Settings
    progress: Progress


@dataclass(frozen=True)
class _End:
    """Where the proposal ends, run as the tool does on all rows."""

    schema: Catalog
    losses: tuple[DataLoss, ...]
    losses_back: tuple[DataLoss, ...]
    """Once all of its downs have run, too."""
    schema_back: Catalog
    faults: tuple[str, ...]
    """Of its validation queries."""


def _proof(trial: _Trial) -> Proof:
    trial.progress("running the change itself")
    goal = wanted(trial.change, trial.proposal, trial.state, trial.head, trial.settings)
    trial.progress("running the proposal")
    steps = _steps(trial)
    faults = [*faults_of.runs(steps), *faults_of.hazards(_review(trial, steps))]
    end = _end(trial) if not any(step.error for step in steps) else None
    if end is None:
        return Proof(works=False, faults=tuple(faults) or (NO_END,))
    faults += faults_of.end(end.schema, end.losses, goal)
    faults += faults_of.ways_back(steps, end.losses_back, goal, trial.proposed.head)
    faults += [*faults_of.whole_way_back(steps[0].before, end.schema_back), *end.faults]
    if faults or goal is None:
        return Proof(works=False, faults=(*faults, *(() if goal else (UNKNOWN_END,))))
    told = (
        RAN,
        REACHED.format(how=goal.how),
        ROWS_STAY,
        *((QUERIES_EMPTY,) if trial.proposal.queries else ()),
    )
    gone = _replaced(trial.change) - {file.path for file in trial.proposal.files}
    return Proof(works=True, seen=told, gone=tuple(sorted(gone)))


def _steps(trial: _Trial) -> list[Step]:
    """Each of its migrations alone: up, down and up again."""
    return run_all(trial.proposed, trial.state, trial.progress)


def _review(trial: _Trial, steps: Sequence[Step]) -> Review:
    state = trial.state
    return Review(
        trial.proposed, trial.settings, tuple(steps), base=state.live, postgres=state.server.version
    )


def _end(trial: _Trial) -> _End | None:
    """All of its migrations in one go, the queries behind them, and the way back; None when they do not get through."""
    with trial.state.database.clone("proposal_end") as database:
        before = data.fingerprint(database)
        if not runs(trial.proposed, database, trial.state.settings):
            return None
        losses = data.compare(before, data.fingerprint(database), filling=True)
        wrong = tuple(queries.faults(trial.proposal.queries, database, trial.state.settings))
        schema = catalog.read(database)
        downs = [one.migration.down for one in reversed(trial.proposed.pending)]
        execute(database, [down for down in downs if down], trial.state.settings)
        back = data.compare(before, data.fingerprint(database), filling=True)
        return _End(schema, losses, back, catalog.read(database), wrong)
