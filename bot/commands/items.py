"""What people call a finding: its id, the beginning of it, or its rule."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from bot.approvals import approvable
from bot.commands.command import Refused
from bot.publish.escape import markdown_code
from checks.model import Finding, Report

SHORTEST = 4
"""Characters of the beginning of an id."""

NO_FINDING = "This report has no finding {named}.{meant}"
NOT_APPROVABLE = (
    "{named} is nothing that can be approved: what can be mended is mended, or accepted with `/migration ignore`. "
    "`/migration status` lists what is open."
)
SEVERAL = "{named} is the beginning of several ids. Write more of it."


def findings_named(report: Report, named: str) -> list[Finding]:
    """All of a rule, or the one with this id. Raises Refused when there is none."""
    word = _bare(named)
    found = [one for one in report.findings if one.rule == word]
    if not found and len(word) >= SHORTEST:
        found = [one for one in report.findings if one.id.startswith(word)]
    if not found:
        near = get_close_matches(word, {one.rule for one in report.findings}, n=1)
        meant = f" Did you mean `{near[0]}`?" if near else " `/migration explain` lists them."
        raise Refused(NO_FINDING.format(named=markdown_code(word), meant=meant))
    return found


def approvable_named(report: Report, named: str) -> str:
    """The id of what can be approved. Raises Refused when it is none, or not clear which."""
    return one_beginning_with(named, approvable(report))


def one_beginning_with(named: str, ids: Collection[str]) -> str:
    """The only id that is ``named`` or begins with it. Raises Refused."""
    word = _bare(named)
    found = [id for id in ids if id == word] or [
        id for id in ids if len(word) >= SHORTEST and id.startswith(word)
    ]
    if len(found) != 1:
        text = SEVERAL if found else NOT_APPROVABLE
        raise Refused(text.format(named=markdown_code(word)))
    return found[0]


def _bare(named: str) -> str:
    return named.split(" ")[0].strip("`,.;").lower()
