"""What a rule is about: the documentation that its own file begins with."""

from __future__ import annotations

from bot.publish.sarif import UNPROVEN, RuleHelp
from checks.rules import all_rules

NO_RULE = {
    UNPROVEN: "Could not be run or observed, so nothing is known about it; that is never a pass.",
}


def rule_help(rule: str) -> RuleHelp:
    """The summary and page of a rule; an id that is no rule of ``checks.rules`` is described by its name."""
    known = all_rules().get(rule)
    if known is None:
        text = NO_RULE.get(rule, rule.replace("-", " ").capitalize() + ".")
        return RuleHelp(text, text)
    return RuleHelp(summary_of(known.documentation), known.documentation.strip())


def summary_of(documentation: str) -> str:
    """The first paragraph, on one line."""
    return " ".join(documentation.strip().partition("\n\n")[0].split())
