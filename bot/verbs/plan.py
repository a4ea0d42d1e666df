"""``migration plan``"""

from __future__ import annotations

from pathlib import Path

import click

from bot.verbs.shared import fresh_report, of_a_report, show


@click.command()
@of_a_report("terminal", "markdown", "json")
def plan(path: Path | None, base: str | None, head: str | None, as_format: str) -> int:
    """Print the rollout without downtime as a task list.

    Validates first. Expand, backfill, switch, contract, with the deploys between them, queries that check each step, and
    the way back.
    """
    from bot.publish.rollout import rollout
    from checks import plan as plans

    planned = plans.plan(fresh_report(path, base, head))
    return show(as_format, "plan", planned, **rollout(planned))
