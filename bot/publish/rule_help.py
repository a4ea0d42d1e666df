"""What a rule is about: the documentation that its own file begins with."""

from __future__ import annotations

import re
from posixpath import normpath

from bot.publish.sarif import UNPROVEN, RuleHelp
from checks.rules import all_rules

_LINK = re.compile(r"\[(?P<text>[^\]\n]+)\]\((?P<target>[^)\s]+)\)")
_PAGES = "docs/rules"
"""Where the pages are, in the repository of this program: their relative links begin there."""
NO_RULE = {
    UNPROVEN: "Could not be run or observed, so nothing is known about it; that is never a pass.",
}


def rule_help(rule: str) -> RuleHelp:
    """The summary and page of a rule; an id that is no rule of ``checks.rules`` is described by its name."""
    known = all_rules().get(rule)
    if known is None:
        text = NO_RULE.get(rule, rule.replace("-", " ").capitalize() + ".")
        return RuleHelp(text, text)
    return RuleHelp(summary_of(known.documentation), anywhere(known.documentation.strip()))


def summary_of(documentation: str) -> str:
    """The first paragraph, on one line."""
    return " ".join(documentation.strip().partition("\n\n")[0].split())


def anywhere(page: str) -> str:
    """A page as it can be read away from the folder it was written for: only addresses are links."""
    return _LINK.sub(lambda link: link[0] if _is_address(link) else _spelt(link), page)


def without_links(page: str) -> str:
    """A page for a terminal: each link with the place it leads to behind it."""
    return _LINK.sub(_spelt, page)


def _is_address(link: re.Match[str]) -> bool:
    return "://" in link["target"]


def _spelt(link: re.Match[str]) -> str:
    """``text: place``; of a page beside it the command that prints it."""
    target = link["target"]
    if _is_address(link) or target.startswith("#"):
        return f"{link['text']}: {target}"
    rule = target.removesuffix(".md")
    if rule in all_rules():
        return f"{link['text']}: `migration rules {rule}`"
    return f"{link['text']}: {normpath(f'{_PAGES}/{target}')}"
