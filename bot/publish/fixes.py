"""What can be done about findings: the general pattern beside this repository's own files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.publish.rule_help import rule_help
from checks.model import Finding

_GOOD = re.compile(r"^## Good\s+```(?P<language>\w*)\n(?P<example>.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fix:
    finding: Finding
    pattern: str
    """The good example of the rule's page; ``""`` when it has none."""
    language: str


def fixes(findings: Sequence[Finding]) -> list[Fix]:
    return [_fix(finding) for finding in findings]


def _fix(finding: Finding) -> Fix:
    found = _GOOD.search(rule_help(finding.rule).markdown)
    return Fix(finding, found["example"], found["language"]) if found else Fix(finding, "", "sql")
