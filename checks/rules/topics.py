"""What a review has to show beside the actions of its statements, so that only those rules are asked which may have a finding."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeAlias

from checks.model.migrations import ChangeKind
from checks.model.rollback import RollbackStatus
from checks.rules.actions import Action, AddConstraint, ConstraintKind
from checks.rules.review import Review

_CONTROL = frozenset({"BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK"})


class Topic(StrEnum):
    PROBLEMS = "problems"
    """The reading of the files has found some."""
    SNAPSHOTS = "snapshots"
    """There are resource snapshots of Ash."""
    CHANGES = "changes"
    """A migration is edited, deleted, renamed, out of order, or has a version that is taken."""
    ERRORS = "errors"
    """A statement fails."""
    NOTICES = "notices"
    """The server says something about a statement."""
    NESTED = "nested"
    """A statement runs others."""
    LOCKS = "locks"
    """A statement stops writes of something that was there before the change."""
    WORK = "work"
    """A statement writes or reads a table from end to end, or builds an index."""
    TRANSACTIONS = "transactions"
    """The script itself begins or ends one."""
    WAY_BACK = "way back"
    """Down was run, or the author says that there is none."""


About: TypeAlias = frozenset[type[Action] | ConstraintKind | Topic]


def about(review: Review) -> About:
    """The actions of a review, the kinds of the constraints that it adds, and its topics."""
    actions = [action for run in review.runs for action in run.actions]
    kinds = {action.kind for action in actions if isinstance(action, AddConstraint)}
    return frozenset({type(action) for action in actions} | kinds | set(_topics(review)))


def _topics(review: Review) -> Iterator[Topic]:
    change = review.change
    if change.head.problems:
        yield Topic.PROBLEMS
    if review.snapshots is not None:
        yield Topic.SNAPSHOTS
    if change.duplicates or any(
        one.kind is not ChangeKind.ADDED or one.out_of_order for one in change.migrations
    ):
        yield Topic.CHANGES
    for step in (*review.edited, *review.steps):
        if step.migration.irreversible is not None or step.proof.status is not RollbackStatus.UNPROVEN:
            yield Topic.WAY_BACK
    yield from _of_statements(review)


def _of_statements(review: Review) -> Iterator[Topic]:
    for seen in (run.observation for run in review.runs):
        if seen.error is not None:
            yield Topic.ERRORS
        if seen.notices:
            yield Topic.NOTICES
        if seen.nested:
            yield Topic.NESTED
        if seen.kind in _CONTROL:
            yield Topic.TRANSACTIONS
        if seen.rewrites or seen.scans or seen.indexes_built:
            yield Topic.WORK
        if any(lock.existed_before and lock.mode.blocks_writes for lock in seen.locks):
            yield Topic.LOCKS
