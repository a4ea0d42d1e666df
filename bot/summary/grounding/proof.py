"""Unproven is never called proven."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.phrases import phrases

UNPROVEN = "line {line} of {path} is unproven: {reason}"
FAILS = "line {line} fails"

_ALL = r"(?:all|every\w*|whole|entire|each)"
_SEEN = r"(?:proven|proved|verified|confirmed|tested|observed|checked|executed|shown|seen|run)"
_PROVEN = re.compile(
    rf"\b{_ALL}\b(?:(?!this was seen|rows?\b|values?\b|reads|writes|queries|while|constraint)[^.;,]){{0,60}}\b(?:was|were|is|are|been|be) (?:\w+ )?{_SEEN}\b"
    rf"|\b(?:fully|completely|entirely) {_SEEN}\b|\b{_SEEN} (?:fully|completely|entirely)\b|\bran to the end\b|\b(?:proven|tested|verified|covered|checked|run) (?:in full|to the full|end to end|without (?:a )?gaps?)\b|\b(?:completely|fully|entirely) covered\b|\bno doubts?\b|\bno gaps?\b|\bevery (?:line|statement|part|step)\b[^.;]*\b(?:successfully|without (?:an? )?errors?|works?|worked)\b|\b(?:ran|run|executed) (?:every|all)\b[^.;]*\b(?:lines?|statements?|parts?|successfully)\b|\bhas been (?:proven|tested|verified|shown)\b"
    rf"|\b(?:prove[sd]?|confirms?|confirmed|verif(?:y|ies|ied)) (?:that )?{_ALL}\b(?! (?:\w+ )?(?:rows|values))|\b{_ALL}\b[^.;,]{{0,40}}\b(?:ran as|works?)\b"
    r"|\bwas confirmed to\b|\bwas run and works\b|\bit is proven\b|\bhas been shown\b"
    r"|\bno(?:thing)? (?:part )?(?:is |was |stays )?(?:left )?(?:unproven|open)\b|\bno open questions\b|\bnothing unproven\b|\bnothing (?:in|of|about) § (?:is|was|stays|remains) (?:left )?(?:unproven|open)\b|\bline \d+ (?:in § |of § )?was run without\b"
)
_SAID = phrases("proof")
_DENIED = _SAID["denied"]
_NOTHING_OPEN = _SAID["nothing open"]
_ASKED = re.compile(
    r"^(?:check|test|measure|try|verify|run|look|deploy|have|make|let|please|before)\b|\b(?:must|should|needs? to|has to|have to|to be)\b"
)


def reasons(claim: Claim) -> Iterator[str]:
    english = claim.english
    if not _PROVEN.search(english) or _ASKED.search(english):
        return
    if _DENIED.search(english) and not _NOTHING_OPEN.search(english):
        return
    for item in claim.cited.unproven:
        yield UNPROVEN.format(line=item.line, path=item.path, reason=item.reason)
        return
