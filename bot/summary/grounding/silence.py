"""What is grave must be said: praise has too many words to list, so a sentence about it needs one of the plain ones.

A headline says that the verdict is grave; a sentence about a way back that does not restore, about data that is lost,
or about a part that is unproven, has a word of it; and so has a sentence that names nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.counts import SMALL
from bot.summary.grounding.locks import modes_in
from bot.summary.grounding.phrases import phrases
from bot.summary.grounding.reading import NAME
from bot.summary.grounding.severity import why_not_safe
from checks.model.report import Verdict
from checks.model.rollback import RollbackStatus

HEADLINE = "the headline does not say what the verdict is: {verdict}"
NOT_SAID = "it does not say, of what it cites, that {why}"
WAY_BACK = "it does not say that the rollback of {path} is {status}"
LOSS = "it speaks of data and does not say that values of {what} are lost"
PROOF = "it speaks of proof and does not say that line {line} of {path} is unproven"

_SAID = phrases("silence")
_GRAVE = _SAID["grave"]
_PRAISE = _SAID["praise"]
_ADVICE = _SAID["advice"]
_OF_DATA = re.compile(r"\b(?:values?|data|contents|stored)\b")
_OTHER_DATA = re.compile(
    r"\b(?:sample|test|sandbox|synthetic|production|real|your own|more|little|generated|old|new|future|wrong|bad) (?:data|values?)|\bdata (?:type|change)s?\b|\bdata in place\b"
)
_OF_PROOF = re.compile(
    rf"\b(?:prove\w*|proofs?|verif\w+|covere?\w*|confirm\w*|everything|every (?:part|line|statement|step)|all of {NAME}|tested|test all)\b"
)
_HOW_TESTED = _SAID["how tested"]
_BACK = re.compile(r"\b(?:schema|structure|column|columns|table|back up|backup|copy|order)\b")

_COUNTED = frozenset(["migration", "migrations", "statement", "statements", "finding", "findings"])


def reasons(claim: Claim) -> Iterator[str]:
    said = bool(_GRAVE.search(_PRAISE.sub(" ", claim.english)))
    if not said:
        yield from _unsaid(claim)


def _unsaid(claim: Claim) -> Iterator[str]:
    verdict = claim.report.verdict
    if claim.part == "headline":
        if verdict not in (Verdict.PASS, Verdict.WARN):
            yield HEADLINE.format(verdict=verdict.value)
        return
    yield from _way_back(claim)
    yield from _data(claim)
    yield from _proof(claim)
    if not (_names_something(claim) or _ADVICE.search(claim.english) or claim.is_about_the_way_back):
        why = why_not_safe(claim, of_all=False)
        if why:
            yield NOT_SAID.format(why=why)


def _names_something(claim: Claim) -> bool:
    """A name, a number, a lock mode: what the other checks can hold against the evidence."""
    words = set(re.findall(r"\w+", claim.english))
    plain = words & {one.name.rpartition(".")[2] for one in claim.cited.differences}
    counts = words & SMALL.keys() and words & _COUNTED
    return bool(
        claim.reading.named or plain or counts or re.search(r"\d", claim.text) or list(modes_in(claim.text))
    )


def _way_back(claim: Claim) -> Iterator[str]:
    if not claim.is_about_the_way_back or _BACK.search(claim.english):
        return
    for migration in claim.cited.migrations:
        if migration.rollback.status is not RollbackStatus.RESTORED:
            yield WAY_BACK.format(path=migration.path, status=migration.rollback.status.value)
            return


def _data(claim: Claim) -> Iterator[str]:
    if not _OF_DATA.search(_OTHER_DATA.sub(" ", claim.english)):
        return
    for migration in claim.cited.migrations:
        for loss in migration.rollback.data_lost:
            if loss.column and _names_something(claim) and loss.column not in re.findall(r"\w+", claim.text):
                continue
            what = f"{loss.relation}.{loss.column}" if loss.column else loss.relation
            yield LOSS.format(what=what)
            return


def _proof(claim: Claim) -> Iterator[str]:
    if claim.cited.unproven and _OF_PROOF.search(_HOW_TESTED.sub(" ", claim.english)):
        item = claim.cited.unproven[0]
        yield PROOF.format(line=item.line, path=item.path)
