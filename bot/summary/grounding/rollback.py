"""The way back is not called better than it was seen to be, nor worse; data is not called safe that is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.phrases import phrases
from checks.model.report import MigrationReport
from checks.model.rollback import RollbackStatus

OVERSTATED = "the rollback of {path} is {status}{why}"
DENIED = "the rollback of {path} is restored: it was run, and schema and rows came back"
LOST = "data is lost: {what}"

_SAID = phrases("rollback")
_ABOUT = _SAID["about"]
_GOOD = _SAID["good"]
_BAD = _SAID["bad"]
_DOUBLE = _SAID["double"]
_NEUTRAL = re.compile(
    r"\b(?:no|without) (?:\w+ )?(?:issues?|problems?|errors?|blocking|trouble|findings?|warnings?)(?: (?:were )?found)?|\bnothing stands in the way(?: of)?|\b(?:if|in case|should) (?:something|anything|it|things?) (?:\w+ )?(?:wrong|bad|fails?)\b|\bif needed\b"
)
"""Says nothing of the way back."""
_CANNOT_WITHOUT = re.compile(r"\b(?:cannot|not|never|impossible)\b[^,.;:]*\bwithout\b")
_DOUBTED = _SAID["doubted"]
_SCHEMA_ONLY = re.compile(r"\bschema\b")
_DATA = re.compile(
    r"\b(?:data|values?|rows?|everything|nothing|all|completely|fully|clean\w*|loss|lost|trace|loses)\b"
)
_IF = re.compile(r"\b(?:if|before you|make sure|keep a copy)\b")

_KEPT = _SAID["kept"]
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
