"""Tools that put all new migrations into one transaction (Drizzle): what only that transaction shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from checks.model.migrations import ChangedMigration, TransactionMode
from checks.replay.execute import Outcome, execute
from checks.rules.review import Step
from checks.state import State


def run_together(pending: Sequence[ChangedMigration], state: State) -> Outcome | None:
    """Where the tool puts all new migrations into one transaction: whether they get through it."""
    scripts = [changed.migration.up for changed in pending if changed.migration.up]
    if len(scripts) < 2 or any(script.transaction is not TransactionMode.ALL_PENDING for script in scripts):
        return None
    with state.database.clone("together") as clone:
        return execute(clone, scripts, state.settings)


def fail_together(steps: Sequence[Step], together: Outcome) -> list[Step]:
    """The steps, with the error that only their common transaction has."""
    if together.error is None or any(step.error for step in steps):
        return list(steps)
    return [
        replace(
            step,
            observations=tuple(
                seen.model_copy(update={"error": together.error})
                if together.statement
                and (seen.path, seen.line) == (together.statement.path, together.statement.line)
                else seen
                for seen in step.observations
            ),
        )
        for step in steps
    ]
