"""Run proposals in the place of a migration that fails, each from the state before it, within bounds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.attempts import concurrently, constraint, order, syntax, transaction
from checks.attempts.failure import Failure, Proposal
from checks.change import compare
from checks.errors import SandboxLost
from checks.frameworks.find import find_histories
from checks.model.findings import AdviceFile, Attempt
from checks.model.migrations import Change, History, Migration, TransactionMode
from checks.model.observations import SqlError
from checks.model.rollback import RollbackStatus
from checks.progress import Progress
from checks.replay.lacks import what_the_sandbox_lacks
from checks.rules.review import Step
from checks.settings import Settings
from checks.state import Run, State
from checks.trees import OverlayTree, Tree

MOST = 5
"""Attempts for one migration."""
SECONDS = 20.0
"""After which none is begun; each statement has the sandbox's own limit."""
STATEMENT_SECONDS = 10.0

FIXES = (syntax, constraint, order, transaction, concurrently)

RUNS = "Up runs."
RUNS_BACK = "Up, down and up again run."
DIFFERS = "Up, down and up again run; the down leaves another schema or other rows than were there before."
FAILS = "Still fails at line {line}: {message} (SQLSTATE {sqlstate})."
DOWN_FAILS = "Up runs, but: {reason}."
AGAIN_FAILS = "Up and down run, but up again does not."
NOT_READ = "The tool would not run the file that way."
LOST = "The sandbox was lost while it ran."


@dataclass(frozen=True)
class Trial:
    """Where proposals are run: the state before the migration that fails."""

    applied: History
    """What has run before it."""
    head: Tree
    settings: Settings
    state: State
    run: Run
    progress: Progress


def failure_in(change: Change, steps: Sequence[Step], head: Tree) -> Failure | None:
    """The first migration that does not get through, when it is the SQL that is to be mended."""
    step = next((step for step in steps if step.error), None)
    if step is None or step.error is None or what_the_sandbox_lacks(step.error):
        return None
    seen = next(one for one in step.observations if one.error)
    statements = step.migration.up.statements if step.migration.up else ()
    statement = next(
        (one for one in statements if (one.path, one.line, one.sql) == (seen.path, seen.line, seen.sql)), None
    )
    if statement is None:
        return None
    place = next(place for place, one in enumerate(change.pending) if one is step.changed)
    later = change.pending[place + 1 :]
    return Failure(change.head, step.migration, statement, step.error, later, head)


def proposed(failure: Failure) -> list[tuple[str, Proposal]]:
    """What each fix proposes, with its name; the same files once."""
    found: list[tuple[str, Proposal]] = []
    for fix in FIXES:
        for proposal in fix.proposals(failure):
            if all(proposal.files != other.files for _, other in found):
                found.append((fix.NAME, proposal))
    return found[:MOST]


def try_each(proposals: Sequence[tuple[str, Proposal]], failure: Failure, trial: Trial) -> Iterator[Attempt]:
    """Each proposal, run; those for which there is no time left are not there. The one that loses the sandbox is the last."""
    ends = time.monotonic() + SECONDS
    for fix, proposal in proposals:
        if time.monotonic() > ends:
            return
        trial.progress(f"running {failure.migration.path}: with a simple fix ({fix})")
        try:
            worked, outcome, error = judged(proposal, failure, trial)
        except SandboxLost:
            yield _attempt(fix, proposal, worked=False, outcome=LOST)
            return
        yield _attempt(fix, proposal, worked=worked, outcome=outcome, error=error)


def not_run(proposals: Sequence[tuple[str, Proposal]]) -> tuple[Attempt, ...]:
    """What is said of them when there is no sandbox."""
    return tuple(_attempt(fix, proposal, worked=False, outcome=LOST) for fix, proposal in proposals)


def judged(proposal: Proposal, failure: Failure, trial: Trial) -> tuple[bool, str, SqlError | None]:
    """Whether the migration runs with it, what came of it as a sentence, and the error."""
    steps = run_in_place(proposal, failure, trial)
    failed = next((step for step in steps if step.error), None)
    if failed is not None:
        return (False, *_said(failed))
    if not steps or any(_did_not_run(step) for step in steps):
        return False, NOT_READ, None
    return _way_back(steps)


def _did_not_run(step: Step) -> bool:
    up = step.migration.up
    return up is None or bool(up.statements and not step.observations)


def run_in_place(proposal: Proposal, failure: Failure, trial: Trial) -> list[Step]:
    """The migrations of the proposal as the tool reads them back, run on a copy of the state."""
    change = _changed(proposal, failure, trial)
    if change is None:
        return []
    return trial.run(change, trial.state, trial.progress)


def _changed(proposal: Proposal, failure: Failure, trial: Trial) -> Change | None:
    tree = OverlayTree(trial.head, proposal.files, proposal.gone)
    found = (one for one in find_histories(tree, trial.settings) if one.id == failure.history.id)
    history = next(found, None)
    if history is None:
        return None
    untouched = {one.migration.path for one in failure.later} - {*proposal.files, *proposal.gone}
    if _shares_a_transaction(failure.migration):
        untouched = set()
    kept = tuple(one for one in history.migrations if one.path not in untouched)
    return compare(trial.applied, history.model_copy(update={"migrations": kept}))


def _shares_a_transaction(migration: Migration) -> bool:
    return migration.up is not None and migration.up.transaction is TransactionMode.ALL_PENDING


def _said(step: Step) -> tuple[str, SqlError | None]:
    seen = next(one for one in step.observations if one.error)
    assert seen.error is not None
    line = seen.error.line or seen.line
    return FAILS.format(line=line, message=seen.error.message, sqlstate=seen.error.sqlstate), seen.error


def _way_back(steps: Sequence[Step]) -> tuple[bool, str, SqlError | None]:
    """The word of the first way back that is not good; one that nobody wrote is nobody's fault."""
    given = [step.proof for step in steps if step.migration.down is not None and not step.proof.drafted]
    for proof in given:
        if proof.status is RollbackStatus.FAILED:
            error = next((one.error for one in proof.down if one.error), None)
            return False, DOWN_FAILS.format(reason=proof.reason.rstrip(".")), error
        if proof.up_again == "failed":
            return False, AGAIN_FAILS, proof.up_again_error
    if not given:
        return True, RUNS, None
    differs = any(one.status in (RollbackStatus.DIFFERS, RollbackStatus.DATA_LOST) for one in given)
    return True, DIFFERS if differs else RUNS_BACK, None


def _attempt(
    fix: str, proposal: Proposal, *, worked: bool, outcome: str, error: SqlError | None = None
) -> Attempt:
    return Attempt(
        fix=fix,
        title=proposal.title,
        worked=worked,
        files=tuple(AdviceFile(path=path, content=text) for path, text in proposal.files.items()),
        gone=tuple(sorted(set(proposal.gone) - set(proposal.files))),
        error=error,
        outcome=f"{outcome} {proposal.means}".strip() if worked else outcome,
    )
