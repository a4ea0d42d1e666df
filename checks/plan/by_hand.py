"""Batches that a person runs, beside the migrations instead of in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from checks.backfill import Backfill, procedure, psql
from checks.plan.model import Plan, Step

SCRIPTS: Mapping[str, Callable[[Backfill], str]] = {"procedure": procedure, "psql": psql}
"""What it is run as → the script."""


def by_hand(plan: Plan, form: str) -> Plan:
    """The plan with a script in place of each file of batches. ``form``: one of ``SCRIPTS``."""
    write = SCRIPTS[form]
    rounds = (
        round_.model_copy(update={"steps": tuple(_written(step, write) for step in round_.steps)})
        for round_ in plan.rounds
    )
    return plan.model_copy(update={"rounds": tuple(rounds)})


def _written(step: Step, write: Callable[[Backfill], str]) -> Step:
    return step.model_copy(update={"file": write(step.backfill), "file_path": ""}) if step.backfill else step
