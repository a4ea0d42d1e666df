"""The way back is not called better than it was seen to be, nor worse; data is not called safe that is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim
from checks.model.report import MigrationReport
from checks.model.rollback import RollbackStatus

OVERSTATED = "the rollback of {path} is {status}{why}"
DENIED = "the rollback of {path} is restored: it was run, and schema and rows came back"
LOST = "data is lost: {what}"

_ABOUT = re.compile(
    r"\b(?:down|downs|roll(?:s|ed|ing)? (?:\w+ )?back|rollback\w*|revers\w+|revert\w*|und(?:o|oes|oing|one)|way back|leads? back|brings? (?:\w+ ){0,3}back|restor\w+"
    r"|(?:go|going|goes) back|up again|irreversible|way leads|comes? back|came back|recover\w*)\b"
)
_GOOD = re.compile(
    r"\b(?:restor(?:es?|ed|ing)|brings? (?:\S+ ){0,4}back|works?|clean(?:ly)?|reversible|can (?:always )?be (?:rolled back|undone|reverted|reversed|restored)|proven|verified|tested"
    r"|executed|identical|safe|matched|preserved|surviv\w+|easy|easily|possible|can (?:always )?go back|just roll back|undoes|returns?|returned|came back|everything|all of it|option|trace|was run|without a|ran|keeps|as before|as it was|same)\b"
)
_BAD = re.compile(
    r"\b(?:not|cannot|no|never|fails?|failed|los(?:es?|t|ing|s)|gone|empty|without its|irreversible|missing|unproven|open|unknown|destroy\w*|back up|backup|neither|only|unclear|error|unless|disappear\w*|data-lost|nothing|none|differs?|need\w*|impossible|another|other|breaks?|broken|refuse[sd]?)\b|n't\b"
)
_DOUBLE = re.compile(
    r"\b(?:no|not|nothing|never|without|none|zero|neither)\b(?:(?!\bwithout\b)[^,.;:]){0,40}\b(?:los\w+|lose|difference|trace|backup|risk|left|missing|gone|destroyed|problem|deleted?)\b(?: (?:is|are) (?:needed|necessary|required))?|\blos(?:es?|ing) nothing\b|\bleaves? no trace\b|\bnothing is lost\b"
    r"|\bwithout (?:any )?(?:a )?(?:loss|difference|losing)\b"
)
_NEUTRAL = re.compile(
    r"\b(?:no|without) (?:\w+ )?(?:issues?|problems?|errors?|blocking|trouble|findings?|warnings?)(?: (?:were )?found)?|\bnothing stands in the way(?: of)?|\b(?:if|in case|should) (?:something|anything|it|things?) (?:\w+ )?(?:wrong|bad|fails?)\b|\bif needed\b"
)
"""Says nothing of the way back."""
_CANNOT_WITHOUT = re.compile(r"\b(?:cannot|not|never|impossible)\b[^,.;:]*\bwithout\b")
_DOUBTED = re.compile(
    r"\b(?:unproven|not proven|unknown|open|not (?:\w+ )?(?:known|shown|seen|tested)|could not be|cannot say|do not know|whether|nothing is known|no statement|no proof|empty tables|not proved|remains)\b"
)
_SCHEMA_ONLY = re.compile(r"\bschema\b")
_DATA = re.compile(
    r"\b(?:data|values?|rows?|everything|nothing|all|completely|fully|clean\w*|loss|lost|trace|loses)\b"
)
_IF = re.compile(r"\b(?:if|before you|make sure|keep a copy)\b")

_KEPT = re.compile(
    r"\bno (?:\w+ )?(?:data|values?|rows?)\b[^.;]{0,25}\b(?:lost|affected|destroyed|deleted|lose|at stake|removed)|\bno data loss|\bdata loss is not|\b(?:data|values?|rows?|values of §|data in §)\b[^,.;]{0,25}\b(?:is|are|stays?|remains?) (?:all )?(?:safe|kept|preserved|untouched|unaffected|intact|not (?:lost|affected|deleted)|as it is)"
    r"|\b(?:not|never) delete\b|\bloses nothing\b|\bnothing (?:in § )?is (?:lost|deleted|destroyed)|\ball (?:data|values)\b.{0,20}\b(?:kept|safe|preserved|survives?)|\b(?:values?|data)\b.{0,20}\bcome back\b|\b(?:is|are) preserved\b|\bdata is safe\b|\bare kept\b|\b(?:keeps?|retains?|preserves?) (?:all|every|the) (?:\w+ )?(?:values?|data|rows?)|\b(?:data|values?|rows?)\b[^,.;]{0,20}\b(?:stays?|remains?|is|are) (?:in place|intact|there|complete|as (?:it|they))|\bno (?:value|row|data)s?\b[^.;]{0,25}\b(?:gets?|is|are|goes) (?:lost|missing)|\bnothing (?:is|gets|goes) (?:lost|missing)|\bwithout (?:any )?(?:loss|losing)|\bnothing (?:is|gets) lost from"
)
_DESTROYING = ("TRUNCATE", "TRUNCATE TABLE", "DELETE", "DROP TABLE")


def reasons(claim: Claim) -> Iterator[str]:
    english = claim.english
    if (
        _KEPT.search(english)
        and not _CANNOT_WITHOUT.search(english)
        and not re.search(
            r"\bnot (?:be )?(?:kept|preserved|come back|safe)|\bno (?:evidence|proof)\b|\bnothing is known|\bwhether\b|\bknows?\b|\bno down\b",
            english,
        )
    ):
        yield from _lost(claim)
    elif _ABOUT.search(english):
        yield from _way_back(english, claim)


def _lost(claim: Claim) -> Iterator[str]:
    for migration in claim.cited.migrations:
        for loss in migration.rollback.data_lost:
            what = f"{loss.relation}{'.' + loss.column if loss.column else ''}, {loss.rows} rows"
            yield LOST.format(what=what)
            return
        unknown = (RollbackStatus.UNPROVEN, RollbackStatus.FAILED, RollbackStatus.MISSING)
        if migration.rollback.status in unknown and claim.is_about_the_way_back:
            yield OVERSTATED.format(path=migration.path, status=migration.rollback.status.value, why="")
    for one in claim.cited.ups:
        if one.kind in _DESTROYING:
            yield LOST.format(what=f"line {one.line}, {one.kind}")
            return


def _way_back(english: str, claim: Claim) -> Iterator[str]:
    if _is_good(english):
        for migration in claim.cited.migrations:
            if not _holds(migration, english):
                why = f": {migration.rollback.reason}" if migration.rollback.reason else ""
                yield OVERSTATED.format(path=migration.path, status=migration.rollback.status.value, why=why)
    elif any(_ABOUT.search(part) and _is_bad(part) for part in _parts(english)) and not _IF.search(english):
        restored = [one for one in claim.cited.migrations if _is_restored(one)]
        irreversible = any(one.irreversible for one in claim.cited.findings)
        if restored and len(restored) == len(claim.cited.migrations) and not irreversible:
            yield DENIED.format(path=restored[0].path)


def _parts(english: str) -> list[str]:
    return re.split(r"[,;:.](?=\s|$)|\b(?:but|and (?=it |the |there ))\b", english)


def _is_good(english: str) -> bool:
    """It says that the way back works: good words and no bad one, or a loss that is denied."""
    if _DOUBTED.search(english):
        return False
    english = _NEUTRAL.sub(" ", english)
    without = _DOUBLE.sub(" ", english)
    if without != english and not _BAD.search(without):
        return True
    return bool(_GOOD.search(without)) and not _BAD.search(without)


def _is_bad(english: str) -> bool:
    english = _NEUTRAL.sub(" ", english)
    if _CANNOT_WITHOUT.search(english):
        return True
    without = _DOUBLE.sub(" ", english)
    return without == english and bool(_BAD.search(english))


def _is_restored(migration: MigrationReport) -> bool:
    return migration.rollback.status is RollbackStatus.RESTORED


def _holds(migration: MigrationReport, english: str) -> bool:
    status = migration.rollback.status
    if status is RollbackStatus.RESTORED:
        return True
    return (
        status is RollbackStatus.DATA_LOST
        and bool(_SCHEMA_ONLY.search(english))
        and not _DATA.search(english)
    )
