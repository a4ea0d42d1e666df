"""``migration action``"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.action.job import Job
    from bot.action.log import Log


@click.command()
def action() -> int:
    """Do what a GitHub Actions job asks for.

    This is what the Action runs (docs/action.md).

    A pull request, a push or a merge group: validate it. `workflow_run`: publish the report of a run that may not
    write. `issue_comment`: answer the commands in it.

    Exit code: that of `migration validate`; 0 for a report that was published and for commands.
    """
    _expect_extra()
    from bot.action.job import read_job
    from bot.action.log import Log
    from checks.errors import MigrationError

    log = Log()
    try:
        job = read_job(os.environ)
        return _deed(job.event)(job, log)
    except MigrationError as error:
        log.error(f"{error}. {error.hint}".strip())
        raise


def _deed(event: str) -> Callable[[Job, Log], int]:
    from bot.action.commanding import command
    from bot.action.publishing import publish
    from bot.action.validating import validate

    return {"workflow_run": publish, "issue_comment": command}.get(event, validate)


def _expect_extra() -> None:
    from importlib.util import find_spec

    from checks.errors import UsageError

    if find_spec("githubkit") is None:
        raise UsageError(
            "the Action needs githubkit, which is not installed here",
            hint="Install the package with its extra: pip install '.[action]'",
        )
