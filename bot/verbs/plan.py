"""``migration plan``"""

from __future__ import annotations

from pathlib import Path

import click

from bot.verbs.shared import of_a_report, show


@click.command()
@of_a_report("terminal", "markdown", "json")
@click.option(
    "--batches",
    type=click.Choice(["migration", "procedure", "psql"]),
    default="migration",
    show_default=True,
    help="What batches are run as: a migration of the tool, a procedure to CALL, or a script for psql.",
)
def plan(path: Path | None, base: str | None, head: str | None, as_format: str, batches: str) -> int:
    """Print the rollout without downtime as a task list.

    Validates first. Expand, backfill, switch, contract, with the deploys between them, queries that check each step, and
    the way back.
    """
    from bot import progress
    from bot.publish.rollout import rollout
    from bot.validation import head_of, validate_repository
    from checks import plan as plans
    from checks.trees.git import open_repository

    with progress.shown() as show_progress:
        report, settings = validate_repository(path, base, head, show_progress)
    tree = head_of(open_repository(path or Path.cwd()), head)
    planned = plans.in_files(plans.plan(report), tree, settings)
    if batches != "migration":
        planned = plans.by_hand(planned, batches)
    return show(as_format, "plan", planned, **rollout(planned))
