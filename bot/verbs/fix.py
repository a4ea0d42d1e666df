"""``migration fix``"""

from __future__ import annotations

from pathlib import Path

import click

from bot.verbs.explain import expect_findings
from bot.verbs.shared import fresh_report, of_a_report, show


@click.command()
@click.argument("finding", required=False)
@of_a_report("terminal", "markdown")
def fix(finding: str | None, path: Path | None, base: str | None, head: str | None, as_format: str) -> int:
    """Print what has been run and helps: safer scripts and simple fixes; where there is none, what can be done.

    Validates first. For one FINDING, named as for `migration explain`, or for all.
    """
    from bot.publish.remedy import remedy

    report = fresh_report(path, base, head)
    found = expect_findings(report, finding) if finding else list(report.findings)
    remedies = [remedy(one, report, None) for one in found]
    return show(as_format, "fix", remedies=remedies, may_commit=False)
