"""Simple fixes of a migration that fails, each run in its place. They say what would do, and change no verdict."""

from __future__ import annotations

from dataclasses import replace

from checks.attempts.trying import (
    STATEMENT_SECONDS,
    Trial,
    failure_in,
    not_run,
    proposed,
    try_each,
)
from checks.errors import SandboxError
from checks.model.migrations import Change, History, TransactionMode
from checks.progress import Progress
from checks.reporting import Reviewed
from checks.sandbox.watchdog import told_as_lost
from checks.state import Run, State
from checks.trees import Tree

__all__ = ["with_attempts"]


def with_attempts(reviewed: Reviewed, state: State, head: Tree, run: Run, progress: Progress) -> Reviewed:
    """The same, with what was tried for the first new migration that fails; as it is when no fix applies.

    ``state`` is the one before the first new migration, and stays so. A sandbox that is lost meanwhile is an outcome
    of the attempts, for the review itself has ended.
    """
    change, steps = reviewed.change, reviewed.review.steps
    failure = failure_in(change, steps, head)
    proposals = proposed(failure) if failure else []
    if failure is None or not proposals:
        return reviewed
    try:
        with told_as_lost(state.server), state.copied("attempts") as copied:
            applied, before = _up_to(change, failure.migration.path, _bounded(copied))
            trial = Trial(applied, head, reviewed.review.settings, before, run, progress)
            attempts = tuple(try_each(proposals, failure, trial))
    except SandboxError:
        attempts = not_run(proposals)
    return replace(
        reviewed,
        review=replace(
            reviewed.review,
            steps=tuple(
                replace(step, attempts=attempts) if step.migration is failure.migration else step
                for step in steps
            ),
        ),
    )


def _bounded(state: State) -> State:
    """A statement of an attempt gets less time than one of the author's."""
    limits = state.settings.limits
    seconds = min(limits.statement_seconds, STATEMENT_SECONDS)
    bounded = limits.model_copy(update={"statement_seconds": seconds})
    return replace(state, settings=state.settings.model_copy(update={"limits": bounded}))


def _up_to(change: Change, path: str, state: State) -> tuple[History, State]:
    """The history and the state before the migration at ``path``; those that share its transaction count to it."""
    applied = list(change.base.migrations)
    for changed in change.pending:
        up = changed.migration.up
        if changed.migration.path == path or (up and up.transaction is TransactionMode.ALL_PENDING):
            break
        state = state.behind(changed) or state
        applied.append(changed.migration)
    return change.base.model_copy(update={"migrations": tuple(applied)}), state
