"""What a statement is said to do was seen: a rewrite, a scan, a failure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.phrases import phrases
from checks.model.findings import Finding, Severity
from checks.model.observations import Observation

NO_REWRITE = "no table was rewritten by what it cites"
NOT_REWRITTEN = "{tables} was rewritten, not what it names"
REWRITTEN = "{tables} was rewritten"
NO_SCAN = "no table was read from end to end by what it cites"
NOT_SCANNED = "{tables} was read from end to end, not what it names"
NO_FAILURE = "nothing that it cites failed"
FAILED = "line {line} failed: {message}"

_SAID = phrases("work")
_REWRITE = _SAID["rewrite"]
_AUTHORS = re.compile(
    r"\brewrite (?:line|it|this|the statement|as|lines)\b|\b(?:safer|suggested|proposed) rewrite|rewritten (?:as|to|with)\b|\brewrites? (?:the )?(?:values|\d)"
)
_SCAN = _SAID["scan"]
_EACH = r"(?:all|every|each|whole|entire|complete|full|completely|fully|once)"
_LOOKS = r"(?:reads?|reading|scann?\w*|looks?|looked|go(?:es|ne)? (?:over|through)|walk\w*|visit\w*|pass|examin\w*|check(?:s|ed|ing)?)"
_READS_ALL = re.compile(
    rf"\b{_EACH}\b(?:(?!values|constraints?\b|writes|queries|data)[^.;,]){{0,40}}(?:\brows?\b|§)(?:(?!\bwrit)[^.;,]){{0,30}}\b{_LOOKS}\b"
    rf"|\b(?:{_LOOKS})\b[^.;,]{{0,12}}\b{_EACH}\b[^.;,]{{0,25}}(?:\brows?\b|§)"
    r"|\b(?:complete|full) pass\b|\b(?:rows?|§)[^.;,]{0,25}\bone by one\b|(?:\brows?\b|§)[^.;,]{0,30}\ball (?:read|scanned|checked|looked at)"
)
_FAILURE = _SAID["failure"]
_MEND = re.compile(r"\b(?:needs?|ha[sv]e?|must|ought) (?:to )?be (?:fixed|mended|repaired)|^fix line\b")
_NOTHING_FAILS = re.compile(
    r"\b(?:no|without (?:an?|any)|nothing|not|never|zero|none)\b[^,.;:]{0,20}\b(?:fail\w*|errors?)\b"
)
_NOT_OF_THE_RUN = _SAID["not of the run"]
_OF_THE_FINDINGS = re.compile(
    r"(?<!line )\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|no|several|these|all|the|its) (?:more )?errors?\b|\bthe review fails\b|\bverdict\b|\berrors?,"
)
_SAYS = re.compile(
    r"^[a-z-]*-fails|: (?:It )?(?:[Ff]ails|[Cc]annot|[Ww]aits for ever)|PostgreSQL refuses|is refused"
)
"""A finding that is about a failure, not about code that fails afterwards."""
_NEGATED = re.compile(
    r"\b(?:no|not|without|never|nothing|neither|avoids?|instead of)\b(?<!do without)[^,.;]{0,30}$"
)


def reasons(claim: Claim) -> Iterator[str]:
    english = claim.english
    yield from _rewrites(english, claim)
    yield from _scans(english, claim)
    if not claim.speaks_of_the_way_back and claim.part != "headline":
        yield from _failures(english, claim)


def _rewrites(english: str, claim: Claim) -> Iterator[str]:
    found = _REWRITE.search(english)
    if not found or _AUTHORS.search(english):
        return
    tables = sorted({table for one in claim.statements for table in one.rewrites})
    if _NEGATED.search(english[: found.start()]):
        if tables:
            yield REWRITTEN.format(tables=", ".join(tables))
    elif not tables and "rewri" not in _findings(claim):
        yield NO_REWRITE
    elif tables and _names_others(tables, claim):
        yield NOT_REWRITTEN.format(tables=", ".join(tables))


def _scans(english: str, claim: Claim) -> Iterator[str]:
    found = _SCAN.search(english) or next(filter(None, map(_READS_ALL.search, claim.clauses)), None)
    if not found or _NEGATED.search(english[: found.start()]):
        return
    tables = sorted(_scanned(claim.statements))
    if not tables and not re.search(r"\bscan|reads all", _findings(claim)):
        yield NO_SCAN
    elif tables and _names_others(tables, claim):
        yield NOT_SCANNED.format(tables=", ".join(tables))


def _scanned(statements: Iterable[Observation]) -> set[str]:
    return {table for one in statements for table in (*one.scans, *one.rewrites, *_checked(one))}


def _checked(statement: Observation) -> Iterator[str]:
    """The tables of constraints that were checked against all rows."""
    return (name.rpartition(".")[0] for name in statement.validated)


def _names_others(tables: Iterable[str], claim: Claim) -> bool:
    """It names relations that are locked, and none of these."""
    locked = {
        lock.relation
        for one in claim.cited.observations
        for lock in one.locks
        if lock.relation_kind == "table"
    }
    return any(map(claim.reading.names_one_of, locked)) and not any(map(claim.reading.names_one_of, tables))


def _findings(claim: Claim) -> str:
    return " ".join(finding.message for finding in claim.cited.findings).lower()


def _failures(english: str, claim: Claim) -> Iterator[str]:
    failed = [one for one in claim.statements if one.error]
    if _NOTHING_FAILS.search(english):
        if failed and failed[0].error and "fails on empty" not in english:
            yield FAILED.format(line=failed[0].line, message=failed[0].error.message)
        return
    if _MEND.search(english) and not failed and not _errors(claim):
        yield NO_FAILURE
        return
    found = _FAILURE.search(_OF_THE_FINDINGS.sub(" ", _NOT_OF_THE_RUN.sub(" ", english)))
    if found and not failed and not _is_a_failure_of_findings(claim):
        yield NO_FAILURE


def _errors(claim: Claim) -> list[Finding]:
    """On the lines that it names, if it names any."""
    errors = (one for one in claim.cited.findings if one.severity is Severity.ERROR)
    return [one for one in errors if not claim.lines or claim.lines & set(range(one.line, one.end_line + 1))]


def _is_a_failure_of_findings(claim: Claim) -> bool:
    """A finding says that it fails, or it could not be run at all."""
    says = any(
        one.severity is Severity.ERROR and _SAYS.search(f"{one.rule}: {one.message}")
        for one in claim.cited.findings
    )
    return (says and not claim.lines) or bool(claim.cited.unproven and not claim.cited.ups)
