"""A lock mode that is claimed was taken, on the table that is named, and kept as long as is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.summary.grounding.claim import Claim
from checks.model.observations import Lock, LockMode

NO_MODE = "no {mode} lock is in what it cites; there is {there}"
NOT_ON = "what it cites has no {mode} lock on {tables}; there is {there}"
NOT_UNTIL = "the lock on {table} is held until {until}"

_SPELLINGS = {mode: r"[ _]?".join(mode.value.split()) for mode in LockMode}
_LONGEST_FIRST = sorted(LockMode, key=lambda mode: -len(mode.value))
_MODE = re.compile(
    r"(?<![A-Za-z])(?:"
    + "|".join(f"(?P<{mode.name}>{_SPELLINGS[mode]})" for mode in _LONGEST_FIRST)
    + r")(?=lock|\b)",
    re.IGNORECASE,
)
_LOCK_BEHIND = re.compile(r"`?\s?(?:lock|mode)")
_LOCK_BEFORE = re.compile(
    r"\b(?:lock|mode|level)\b.{0,40}\b(?:is|mode|are|of|level|locks?:?):? $|\blocks?: $"
)
_ONE_WORD = (LockMode.SHARE, LockMode.EXCLUSIVE)
_UNTIL_COMMIT = re.compile(
    r"\b(?:until|till|at|to) (?:the )?(?:commit|(?:end of the |whole )?transaction)|until (?:it|the transaction) (?:commits|ends)"
    r"|released (?:only )?(?:at|on) commit"
)
_INSTEAD = re.compile(
    r"\b(?:instead|rather|would|advice|advised|proven|safer|weaker|fix(?:ed)?|rewrite|way|only|concurrently|online|becomes?)\b",
    re.IGNORECASE,
)
_UNTIL_END = re.compile(
    r"until (?:the )?(?:end of the statement|statement (?:ends|is done|finishes))|until the statement's end"
)


def reasons(claim: Claim) -> Iterator[str]:
    locks = list(claim.cited.locks(claim.statements)) or list(claim.cited.locks(claim.cited.observations))
    every = [lock for one in claim.statements for lock in one.locks]
    on_named = [lock for lock in every if claim.reading.names_one_of(lock.relation)]
    for mode in modes_in(claim.reading.text):
        if any(lock.mode is mode for lock in (on_named or every)) or _is_advised(mode, claim):
            continue
        if on_named:
            tables = " or ".join(sorted({lock.relation for lock in on_named}))
            yield NOT_ON.format(mode=mode.value, tables=tables, there=_told(on_named))
        else:
            yield NO_MODE.format(mode=mode.value, there=_told(locks or every))
    yield from _how_long(claim, [lock for lock in on_named if lock.existed_before] or locks)


def modes_in(text: str) -> Iterator[LockMode]:
    """Those that are written out; ``share`` and ``exclusive`` alone only where they cannot be English."""
    for found in _MODE.finditer(text):
        mode = LockMode[str(found.lastgroup)]
        behind = text[found.end() :].lower()
        before = text[: found.start()].lower()
        if (
            mode not in _ONE_WORD
            or found.group(0).isupper()
            or (found.group(0).istitle() and found.start() > 0)
            or _LOCK_BEHIND.match(behind)
            or _LOCK_BEFORE.search(before)
        ):
            yield mode


def _is_advised(mode: LockMode, claim: Claim) -> bool:
    """What a proven advice takes instead, in the words of its proof; the sentence has to say that it speaks of that."""
    seen = (text for one in claim.cited.findings if one.advice for text in one.advice.seen)
    return bool(_INSTEAD.search(claim.english)) and any(mode in modes_in(text) for text in seen)


def _told(locks: Sequence[Lock]) -> str:
    pairs = dict.fromkeys(f"{lock.mode.value} on {lock.relation}" for lock in locks)
    return ", ".join(pairs) or "no lock"


def _how_long(claim: Claim, locks: Sequence[Lock]) -> Iterator[str]:
    strong = [lock for lock in locks if lock.mode.strength >= LockMode.SHARE_UPDATE_EXCLUSIVE.strength]
    ends = {lock.held_until for lock in strong}
    if _UNTIL_COMMIT.search(claim.english) and ends == {"statement"}:
        yield NOT_UNTIL.format(table=strong[0].relation, until="the end of the statement")
    if _UNTIL_END.search(claim.english) and ends == {"commit"}:
        yield NOT_UNTIL.format(table=strong[0].relation, until="commit")
