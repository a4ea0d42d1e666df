"""Unproven is never called proven."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim

UNPROVEN = "line {line} of {path} is unproven: {reason}"
FAILS = "line {line} fails"

_ALL = r"(?:all|every\w*|whole|fully|full(?! (?:table )?(?:scan|read|copy|rewrite))|completely|complete|entire\w*|any|nothing|no part|no open|to the end)"
_SEEN = r"(?:prov(?:en|es?|ed)|verif\w+|confirm\w*|test(?:ed)?|observed|checked|executed|shown|seen|ran|run|works?|left|open|unproven)"
_PROVEN = re.compile(
    rf"\b{_ALL}\b[^.;]*\b{_SEEN}\b|\b{_SEEN}\b[^.;]*\b{_ALL}\b|\bit is proven\b|\b(?:was|were|is) (?:confirmed|verified|proven|tested|shown)\b|\bwas run and works\b|\bhas been shown\b"
    r"|\bno(?:thing)? (?:part )?(?:is |was |stays )?(?:left )?(?:unproven|open)\b|\bno open questions\b"
)
_DENIED = re.compile(
    r"\b(?:not (?:\w+ )?(?:all|every\w*)|not|cannot|could not|no (?:proof|statement)|nothing is (?:known|proven)|(?<!every )part of|partly|partially|some(?:thing)?|only|whether|remains?|stays? open|open:|unless|empty tables|until|nothing after)\b|n't\b"
)
_NOTHING_OPEN = re.compile(r"\bnothing (?:stays|is left|was left|remains|is) (?:open|unproven)|\bno part (?:is|was|stays) |\bno open questions|\bnot(?:hing)? left\b")
_ASKED = re.compile(r"^(?:check|test|measure|try|verify|run|look|deploy|have|make|let|please|before)\b|\b(?:must|should|needs? to|has to|have to|to be)\b")


def reasons(claim: Claim) -> Iterator[str]:
    english = claim.reading.english
    if not _PROVEN.search(english) or _ASKED.search(english):
        return
    if _DENIED.search(english) and not _NOTHING_OPEN.search(english):
        return
    for item in claim.cited.unproven:
        yield UNPROVEN.format(line=item.line, path=item.path, reason=item.reason)
        return
