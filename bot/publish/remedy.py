"""What can be done about a finding, in two forms: the pattern, and the same on this repository's own tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.fixes import Fix, fixes_for
from bot.publish.rule_help import rule_help
from bot.summary.model import Summary
from checks.model import Finding, Report

_GOOD = re.compile(r"^## Good\n+```sql\n(?P<sql>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Remedy:
    finding: Finding
    pattern: str
    """The good example of the rule's page, as SQL; empty for what is no rule."""
    fixes: list[Fix]


def remedy(finding: Finding, report: Report, summary: Summary | None) -> Remedy:
    found = _GOOD.search(rule_help(finding.rule).markdown)
    return Remedy(finding, found["sql"].strip() if found else "", fixes_for(finding, report, summary))
