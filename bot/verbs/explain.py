"""``migration explain``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import console
from bot.verbs.shared import fresh_report, of_a_report, show

if TYPE_CHECKING:
    from checks.model.findings import Finding
    from checks.model.report import Report


@click.command()
@click.argument("finding", required=False)
@of_a_report("terminal", "markdown")
def explain(
    finding: str | None, path: Path | None, base: str | None, head: str | None, as_format: str
) -> int:
    """Explain a finding of a fresh validation, or a rule.

    A FINDING is named by its id, the beginning of it, or its rule; the name of a rule alone prints its page. Without
    one, all findings are listed.
    """
    from bot.findings import no_such_rule
    from bot.publish.explanation import explanation
    from bot.publish.rule_help import anywhere, without_links
    from checks.errors import NotARepository
    from checks.rules import all_rules
    from checks.rules.pages import page

    if finding is not None and finding in all_rules():
        text = page(all_rules()[finding])
        console.write(anywhere(text) if as_format == "markdown" else without_links(text))
        return 0
    try:
        report = fresh_report(path, base, head)
    except NotARepository as error:
        raise no_such_rule(finding) if finding else error from error
    if finding is None:
        return show(as_format, "findings", report=report)
    found = [explanation(report, one) for one in expect_findings(report, finding)]
    return show(as_format, "explain", explained=found)


def expect_findings(report: Report, named: str) -> list[Finding]:
    """Raises UsageError when there is no such finding."""
    from bot.findings import findings_named, nearest_rule
    from checks.errors import UsageError

    found = findings_named(report, named)
    if not found:
        meant = nearest_rule(report, named)
        hint = (
            f"Did you mean {meant}?"
            if meant
            else "`migration explain` lists them; `migration rules` the rules."
        )
        raise UsageError(f"this validation has no finding {named!r}", hint=hint)
    return found
