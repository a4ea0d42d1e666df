"""How many there are of what is counted: ``three statements``, ``12 rows``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.evidence import Evidence
from bot.summary.grounding.figures import APPROXIMATE
from bot.summary.grounding.phrases import phrases
from checks.model.differences import DifferenceKind
from checks.model.findings import Severity
from checks.model.migrations import ChangeKind
from checks.model.observations import LockMode

NO_COUNT = "{text} is not so; what it cites has {there}"

SMALL = {
    word: number
    for number, word in enumerate(
        (
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        )
    )
}
_WORDS = "|".join([word for word, number in SMALL.items() if number > 1])
_KINDS = (
    "more|new|existing|sample|generated|synthetic|test|different|other|separate|of|the|its|base|changed|added|live"
    "|whole|single|further|additional|null|orphaned|duplicate|non-null|stored|sql|ddl|pending|seeded|row|filled"
    "|distinct|such|bad|affected|matching|later|serious|blocking|open|small"
)
_NOUNS = (
    "(?:row|value|record|migration|file|statement|finding|note|error|problem|issue|warning|part|step|table|column"
    "|constraint|index)(?:e?s)?|indices"
)
_COUNTED = re.compile(
    rf"(?<![\w.,-])(?P<number>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,7}}(?!\d)|{_WORDS}) "
    rf"(?:(?:{_KINDS}) ){{0,2}}(?P<noun>{_NOUNS})\b(?! out)"
)
_OF_LINES = re.compile(r"(?i)\blines? $")
_SAID = phrases("counts")
_BEHIND = _SAID["behind"]
_ALTOGETHER = re.compile(
    r"\b(?:altogether|in all|contains?|there (?:is|are)|consists?|runs \d|in total|overall)\b"
)


def counted_in(text: str) -> Mapping[int, re.Match[str]]:
    """Where each count begins → the count, with what is counted."""
    return {
        found.start(): found
        for found in _COUNTED.finditer(text.lower())
        if not _OF_LINES.search(text[: found.start()])
    }


def not_so(found: re.Match[str], claim: Claim) -> Iterator[str]:
    number = found["number"].replace(",", "")
    value = int(number) if number.isdigit() else SMALL[number]
    allowed = set(_COUNTS[found["noun"]](claim))
    text = claim.english
    if found["noun"].startswith("statement") and _BEHIND.search(text) and not _ALTOGETHER.search(text):
        allowed = set(_behind(claim)) | {len(claim.reading.named)}
    about = bool(APPROXIMATE.search(found.string[: found.start()])) and value > 20
    if value in allowed or (about and any(abs(value - one) <= 0.1 * one for one in allowed)):
        return
    if value > 1 and _is_told_of(found, claim):
        return
    yield NO_COUNT.format(text=found.group(0), there=", ".join(map(str, sorted(allowed))) or "none")


def _is_told_of(found: re.Match[str], claim: Claim) -> bool:
    """In the same words in what is cited: ``4 rows``, ``two statements``."""
    return f"{found['number']} {found['noun']}" in claim.cited.text


def _behind(claim: Claim) -> Iterator[int]:
    return (lock.statements_behind for one in claim.statements for lock in one.locks if lock.existed_before)


def rows_of(claim: Claim) -> set[int]:
    """Of the tables that the sentence names, else of those that the cited statements met."""
    met = {lock.relation for one in claim.statements for lock in one.locks} | {
        table for one in claim.statements for table in (*one.scans, *one.rewrites)
    }
    counts = {
        table: rows for migration in claim.cited.migrations for table, rows in migration.rows_before.items()
    }
    named = {rows for table, rows in counts.items() if claim.reading.names_one_of(table)}
    touched = {one.rows for one in claim.statements if one.rows is not None}
    lost = {loss.rows for migration in claim.cited.migrations for loss in migration.rollback.data_lost}
    return (named or {counts[table] for table in met & counts.keys()}) | touched | lost


def _row_counts(claim: Claim) -> set[int]:
    """Rows that a statement changed are no rows that a table had, where only one of both is meant."""
    written = {
        int(one.replace(",", ""))
        for one in re.findall(r"([\d,]*\d) (?:\w+ )?(?:rows?|values?)\b", claim.cited.text)
    }
    return rows_of(claim) | written


def _findings(*severities: Severity) -> Callable[[Claim], set[int]]:
    def counts(claim: Claim) -> set[int]:
        every, cited = (
            [one for one in findings if one.severity in severities]
            for findings in (claim.report.findings, claim.cited.findings)
        )
        mend = [one for one in every if not one.irreversible]
        return {len(every), len(cited), len(mend), *({len([one for one in cited if not one.irreversible])})}

    return counts


def _migrations(claim: Claim) -> set[int]:
    every = claim.report.migrations
    kinds = {sum(one.change is kind for one in every) for kind in ChangeKind} - {0}
    return {len(every), *kinds, *({len(claim.cited.migrations)} if len(claim.rests_on) > 1 else ())}


def _statements(claim: Claim) -> set[int]:
    totals = {len(claim.whole.ups), len(claim.cited.ups), len(claim.cited.downs), len(claim.whole.downs)}
    return totals | {len(one.up.statements) for one in claim.cited.migrations} | set(_behind(claim))


def _objects(*types: str) -> Callable[[Claim], set[int]]:
    """As many as are named, as were made or changed, as were locked."""

    def counts(claim: Claim) -> set[int]:
        found = {len(claim.reading.named)}
        for evidence in (claim.cited, claim.whole):
            of_type = {(one.kind, one.name) for one in evidence.differences if one.object_type in types}
            found |= {len({name for _, name in of_type})}
            found |= {len({name for kind, name in of_type if kind is wanted}) for wanted in DifferenceKind}
        if "table" in types:
            found |= _tables(claim.cited) | _tables(claim.whole)
        built = [name for one in claim.cited.observations for name in one.indexes_built]
        return (found | ({len(built)} if "index" in types else set())) - {0}

    return counts


def _tables(evidence: Evidence) -> set[int]:
    locks = [lock for lock in evidence.locks(evidence.ups) if lock.relation_kind == "table"]
    modes = {len({lock.relation for lock in locks if lock.mode is mode}) for mode in LockMode}
    blocking = {lock.relation for lock in locks if lock.mode.blocks_writes}
    work = {
        len({name for one in evidence.ups for name in getattr(one, what)}) for what in ("rewrites", "scans")
    }
    filled = {len(one.rows_before) for one in evidence.migrations}
    return {len({lock.relation for lock in locks}), len(blocking), *modes, *work, *filled}


def _parts(claim: Claim) -> set[int]:
    return {len(claim.report.unproven), len(claim.cited.unproven)}


def _steps(claim: Claim) -> set[int]:
    irreversible = {
        sum(one.irreversible for one in found) for found in (claim.report.findings, claim.cited.findings)
    }
    return irreversible | _statements(claim) | _migrations(claim) | _parts(claim)


def _union(*counts: Callable[[Claim], set[int]]) -> Callable[[Claim], set[int]]:
    return lambda claim: {number for count in counts for number in count(claim)}


def _nouns(
    words: str, count: Callable[[Claim], Iterable[int]]
) -> Mapping[str, Callable[[Claim], Iterable[int]]]:
    return {form: count for word in words.split() for form in (word, word + "s")}


_ALL = tuple(Severity)
_COUNTS: Mapping[str, Callable[[Claim], Iterable[int]]] = {
    **_nouns("row value record", _row_counts),
    **_nouns("migration file", _migrations),
    **_nouns("statement", _statements),
    **_nouns("finding note", _union(_findings(*_ALL), _findings(Severity.INFO), _findings(Severity.WARNING, Severity.ERROR))),
    **_nouns("error", _union(_findings(Severity.ERROR))),
    **_nouns("problem issue", _union(_findings(Severity.ERROR), _findings(Severity.WARNING, Severity.ERROR))),
    **_nouns("warning", _findings(Severity.WARNING)),
    **_nouns("part", _parts),
    **_nouns("step", _steps),
    **_nouns("table", _objects("table")),
    **_nouns("column", _objects("column")),
    **_nouns("constraint", _objects("constraint")),
    "index": _objects("index"), "indexes": _objects("index"), "indices": _objects("index"),
}  # fmt: skip
