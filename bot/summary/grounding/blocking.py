"""Who is said to wait must wait, and who is said not to must not.

Each clause is read for a word of waiting (``blocked``) or of flowing (``continue``), turned around by a negation, and
for whom it speaks of: those who read, those who write, or everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.phrases import phrases
from bot.summary.grounding.reading import NAME
from checks.model.observations import Lock, LockMode

DENIED = "{whom} on {table} wait: line {line} holds {mode} there"
NOT_SEEN = "nothing in what it cites makes {whom} wait; there is {there}"

_SAID = phrases("blocking")
_WAITING = _SAID["waiting"]
_FLOWING = _SAID["flowing"]
_TOUCHED = re.compile(r"\b(?:affect|interrupt|disturb|notice|interfere|impact|hinder)\w*")
"""Means waiting only where it is denied: ``affected`` is also said of rows that change."""
_NEGATED = re.compile(
    r"\b(?:no|not|never|neither|nor|nobody|no-one|nothing|none|without|cannot|hardly|avoids?)\b|n't\b|\bzero\b"
)
_NOT_ONLY = _SAID["not only"]
_AUDIENCE = re.compile(
    rf"{NAME}|\b(?:reads?|readers?|reading|writ\w+|queries|query|selects?|inserts?|updates?|deletes?|sessions?|traffic|requests?"
    r"|users?|application|app|nobody|no one|anyone|anybody|everything|everybody|access|tables?|systems?|production)\b"
)
"""Who can wait, or what is waited for."""
_OF_NOBODY = _SAID["of nobody"]
_GOES_ON = re.compile(r"^(?:is|are|was|were|will|has|have|must)\b")
"""The rest of a clause that commas cut in two."""
_READS = re.compile(r"\b(?:reads?|readers?|reading|readable|selects?|queries that only read)\b")
_QUERIES = re.compile(r"\b(?:queries|others|the rest)\b")
_WRITES = re.compile(
    r"\b(?:writ(?:e|es|ing|er|ers|able|ten)|inserts?|updates?|deletes?|modif\w+|chang(?:e|es|ed|ing)|read-only)\b"
)
_EVERYTHING = re.compile(
    r"\b(?:all access|unavailable|inaccessible|nobody can use|(?:fully|completely|entirely) (?:locked|blocked)|all traffic|everything that)\b"
)
_HYPOTHETICAL = re.compile(
    r"(?<!that )\b(?:would|could|instead|if|avoids?|so that|lock[_ ]timeouts?|retry|better|safer|to keep|concurrently|concurrent build|should|might|may|unless)\b"
    r"|^(?:set|use|plan|pick|announce|check|watch|schedule|deploy|run|let|have|a lock_timeout|§ keeps it from|with a|monitor|keep|be ready|consider|before|long)\b"
)
_LOCK_NOUN = re.compile(r"\block(?:s)?\b")


def reasons(claim: Claim) -> Iterator[str]:
    if _HYPOTHETICAL.search(claim.english) or claim.speaks_of_the_way_back:
        return
    for clause in claim.clauses:
        if clause in claim.cited.text:
            continue
        waiting = is_said_to_wait(clause)
        if waiting is not None:
            yield from (_not_seen if waiting else _denied)(clause, claim)


def is_said_to_wait(clause: str) -> bool | None:
    """True: somebody waits; False: somebody is said not to; None: the clause speaks of something else."""
    clause = _NOT_ONLY.sub(" ", clause)
    if not (_AUDIENCE.search(clause) or _GOES_ON.search(clause) or _OF_NOBODY.search(clause)):
        return None
    negated = bool(_NEGATED.search(clause))
    if _FLOWING.search(clause) and not (negated and _WAITING.search(clause)):
        flows = not negated or re.search(r"\b(?:unaffected|undisturbed|uninterrupted|non-blocking)\b", clause)
        return not flows
    if negated and _TOUCHED.search(clause):
        return False
    found = [one.group(0) for one in _WAITING.finditer(clause)]
    if not found:
        return None
    if not negated and all(map(_LOCK_NOUN.fullmatch, found)):
        return None
    return not negated


def _denied(clause: str, claim: Claim) -> Iterator[str]:
    scope = _with_its_scope(clause, claim)
    reads, writes = bool(_READS.search(scope)), bool(_WRITES.search(scope))
    if _is_the_other_half(clause, claim):
        reads, writes = True, False
    for statement in claim.statements:
        for lock in statement.locks:
            if not _is_in_the_way(lock) or not _is_meant(lock, claim):
                continue
            if lock.mode.blocks_reads or writes or not reads:
                whom = "reads and writes" if lock.mode.blocks_reads else "writes"
                yield DENIED.format(whom=whom, table=lock.relation, line=statement.line, mode=lock.mode.value)
                return


def _is_the_other_half(clause: str, claim: Claim) -> bool:
    """``writes wait, while queries carry on``."""
    others = (one for one in claim.clauses if one != clause)
    return bool(_QUERIES.search(clause)) and any(
        _WRITES.search(one) and is_said_to_wait(one) for one in others
    )


def _not_seen(clause: str, claim: Claim) -> Iterator[str]:
    locks = [lock for one in claim.statements for lock in one.locks if _is_in_the_way(lock)]
    meant = [lock for lock in locks if _is_meant(lock, claim)]
    if _speaks_of_reads(_with_its_scope(clause, claim)):
        if not any(lock.mode.blocks_reads for lock in meant):
            yield NOT_SEEN.format(whom="reads", there=_told(locks))
    elif not meant:
        yield NOT_SEEN.format(whom="anybody", there=_told(locks))


def _with_its_scope(clause: str, claim: Claim) -> str:
    """The clause, or all of the sentence where the clause does not say for whom it speaks."""
    speaks = _READS.search(clause) or _WRITES.search(clause) or _EVERYTHING.search(clause)
    return clause if speaks else claim.english


def _speaks_of_reads(clause: str) -> bool:
    return bool(_EVERYTHING.search(clause) or _READS.search(re.sub(r"\bread-only\b", "", clause)))


def _is_in_the_way(lock: Lock) -> bool:
    return lock.existed_before and lock.mode.blocks_writes


def _is_meant(lock: Lock, claim: Claim) -> bool:
    """It is on a relation that the sentence names, or the sentence names none that is locked."""
    relations = {one.relation for statement in claim.statements for one in statement.locks}
    named = {one for one in relations if claim.reading.names_one_of(one)}
    return not named or lock.relation in named


def _told(locks: list[Lock]) -> str:
    return ", ".join(dict.fromkeys(f"{lock.mode.value} on {lock.relation}" for lock in locks)) or (
        f"no lock of {LockMode.SHARE.value} or stronger on anything that existed before"
    )
