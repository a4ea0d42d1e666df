"""``migration status``"""

from __future__ import annotations

from pathlib import Path

import click

from bot.verbs.shared import of_a_report, show


@click.command()
@of_a_report("terminal", "markdown")
def status(path: Path | None, base: str | None, head: str | None, as_format: str) -> int:
    """Print the verdict and what needs an approval.

    Validates first. Approvals are given on the pull request, so none counts here. Exit code: that of `migration validate`.
    """
    from bot import progress
    from bot.approvals import stand, unproven_id
    from bot.exit_codes import exit_code
    from bot.publish.labels import LOCAL_APPROVAL
    from bot.validation import validate_repository

    with progress.shown() as shown:
        report, settings = validate_repository(path, base, head, shown)
    show(
        as_format,
        "status",
        headline=report.headline,
        head=report.head,
        standing=stand(report, ()),
        waivers=(),
        paused=False,
        trail=(),
        unproven_id=unproven_id,
        how=LOCAL_APPROVAL,
        answers=False,
    )
    return exit_code(report.verdict, settings.fail_on)
