"""What can be done about a finding, in two forms: the pattern, and the same on this repository's own tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.fixes import Fix, fixes_for
from bot.publish.rule_help import rule_help
from bot.summary.model import Summary
from checks.model.findings import AdviceFile, Finding
from checks.model.report import Report

_GOOD = re.compile(r"^## Good\s+```(?P<language>\w*)\n(?P<example>.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Remedy:
    finding: Finding
    pattern: str
    """The good example of the rule's page; ``""`` when it has none."""
    language: str
    fixes: list[Fix]

    @property
    def files(self) -> list[tuple[AdviceFile, ...]]:
        return [fix.files for fix in self.fixes]

    @property
    def may_be_committed(self) -> bool:
        return any(fix.is_one_deploy for fix in self.fixes)


def remedy(finding: Finding, report: Report, summary: Summary | None) -> Remedy:
    found = _GOOD.search(rule_help(finding.rule).markdown)
    pattern, language = (found["example"].strip(), found["language"]) if found else ("", "sql")
    return Remedy(finding, pattern, language, fixes_for(finding, report, summary))
