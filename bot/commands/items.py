"""The findings and unproven parts that a command names, or a refusal that says what there is."""

from __future__ import annotations

from collections.abc import Collection

from bot import findings
from bot.approvals import approvable
from bot.commands.command import Refused
from bot.publish.escape import markdown_code
from checks.model.findings import Finding
from checks.model.report import Report

NO_FINDING = "This report has no finding {named}. {meant}"
MEANT = "Did you mean `{rule}`?"
LIST = "`/migration explain` lists them."
NOT_APPROVABLE = (
    "{named} is nothing that can be approved: what can be mended is mended, or accepted with `/migration ignore`. "
    "`/migration status` lists what is open."
)
NO_APPROVAL = "There is no approval of {named}. `/migration status` lists them."
SEVERAL = "{named} is the beginning of several ids. Write more of it."


def findings_named(report: Report, named: str) -> list[Finding]:
    """All of a rule, or the one with this id. Raises Refused when there is none."""
    found = findings.findings_named(report, named)
    if not found:
        rule = findings.nearest_rule(report, named)
        meant = MEANT.format(rule=rule) if rule else LIST
        raise Refused(NO_FINDING.format(named=markdown_code(findings.bare(named)), meant=meant))
    return found


def approvable_named(report: Report, named: str) -> str:
    """The id of what can be approved. Raises Refused when it is none, or not clear which."""
    return _only(named, approvable(report), NOT_APPROVABLE)


def approved_named(approved: Collection[str], named: str) -> str:
    """The id of what has been approved. Raises Refused when it is none, or not clear which."""
    return _only(named, approved, NO_APPROVAL)


def _only(named: str, ids: Collection[str], otherwise: str) -> str:
    word = findings.bare(named)
    found = findings.beginning_with(word, ids)
    if len(found) != 1:
        raise Refused((SEVERAL if found else otherwise).format(named=markdown_code(word)))
    return found[0]
