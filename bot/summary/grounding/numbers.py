"""Every count, duration, line and version is one of what is cited."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.evidence import Evidence
from bot.summary.grounding.phrases import phrases
from checks.model.differences import DifferenceKind
from checks.model.findings import Severity
from checks.model.migrations import ChangeKind
from checks.model.observations import LockMode

NO_LINE = "line {number} is none of what it cites"
NO_COUNT = "{text} is not so; what it cites has {there}"
NO_NUMBER = "the number {number} is not in what it cites"
NO_DURATION = "{text} was not measured; what it cites took {there}"
NO_POSTGRES = "it was run on PostgreSQL {there}, not {number}"
NO_SQLSTATE = "SQLSTATE {code} is not in what it cites"

SMALL = {
    word: number
    for number, word in enumerate(
        [
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
        ]
    )
}
_NUMBER = re.compile(
    r"(?<![\w.$/-])(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)(?P<unit>\s?(?:ms|s|us|µs|h|d|k|M|[kMGT]B|%|percent|million|billion)\b|%|\s?(?:milli|micro)?seconds?\b|\s?(?:secs?|min|minutes?|hours?)\b)?"
)
_KINDS = "more|new|existing|sample|generated|synthetic|test|different|other|separate|of|the|its|base|changed|added|live|whole|single|further|additional|null|orphaned|duplicate|non-null|stored|existing|sql|ddl|pending|seeded|row|filled|distinct|such|bad|affected|matching|later|serious|blocking|open|small"
_COUNTED = re.compile(
    r"(?<![\w.,-])(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d{1,7}(?!\d)|"
    + "|".join(list(SMALL)[2:])
    + r") (?:(?:"
    + _KINDS
    + r") ){0,2}(?P<noun>(?:row|value|record|migration|file|statement|finding|note|error|problem|issue|warning|part|step|table|column|constraint|index)(?:e?s)?|indices)\b(?! out)"
)
_OF_LINES = re.compile(r"(?i)\blines? $")
_APPROXIMATE = re.compile(r"(?:about|around|roughly|approximately|nearly|almost|some|circa|ca\.?|~|≈)\s*$")
_AT_MOST = re.compile(
    r"(?:less than|under|below|at most|up to|fewer than|no more than|<|≤)\s*(?:an? |one )?$"
)
_AT_LEAST = re.compile(r"(?:more than|over|above|at least|>|≥)\s*$")
_A_UNIT = re.compile(r"\b(?:a|one) (?P<unit>millisecond|second|minute)\b")
_LIMIT = re.compile(r"lock[_ ]timeout|statement[_ ]timeout|time limit|retry|after \d")
_VERSION = re.compile(r"(?:postgres(?:ql)?|version|server|pg) (?:version )?$")
_MILLISECONDS = {"µs": 0.001, "us": 0.001, "microsecond": 0.001, "ms": 1, "millisecond": 1, "s": 1000, "sec": 1000, "second": 1000, "min": 60_000, "minute": 60_000, "hour": 3_600_000, "h": 3_600_000, "d": 86_400_000}  # fmt: skip
_SQLSTATE = re.compile(
    r"\b(?=[0-9A-Z]*\d)(?=[0-9A-Z]*[A-Z])[0-9A-Z]{5}\b|(?<=sqlstate )\w{5}|(?<=code )\d{5}\b|(?<=error )\d{5}\b"
)


@dataclass(frozen=True)
class Number:
    value: float
    step: float
    """What the last digit that is written counts."""
    unit: str
    before: str
    text: str


def reasons(claim: Claim) -> Iterator[str]:
    text = claim.reading.text.replace("`", "")
    for line in sorted(claim.lines):
        if line not in _lines(claim.cited):
            yield NO_LINE.format(number=line)
    for code in dict.fromkeys(_SQLSTATE.findall(text.replace("SQLSTATE", "sqlstate"))):
        if not re.search(rf"\b{code.lower()}\b", claim.cited.text):
            yield NO_SQLSTATE.format(code=code)
    counted = {
        found.start(): found
        for found in _COUNTED.finditer(text.lower())
        if not _OF_LINES.search(text[: found.start()])
    }
    for found in counted.values():
        yield from _count(found, claim)
    for number, start in _numbers(text):
        if start in counted or (int(number.value) in claim.lines and not number.unit):
            continue
        yield from _other(number, claim)
    yield from _units_alone(text, claim)


def _numbers(text: str) -> Iterator[tuple[Number, int]]:
    for found in _NUMBER.finditer(text):
        digits = found["number"].rstrip(",")
        decimals = len(digits.partition(".")[2])
        unit = (found["unit"] or "").strip().lower()
        unit = unit if unit in _MILLISECONDS or unit in ("%", "k", "percent") else unit.rstrip("s")
        before = text[: found.start()].lower()
        yield (
            Number(float(digits.replace(",", "")), 10.0**-decimals, unit, before, found.group(0)),
            found.start(),
        )


def _other(number: Number, claim: Claim) -> Iterator[str]:
    sandbox = claim.report.sandbox
    if number.unit in _MILLISECONDS:
        if not (_LIMIT.search(number.before) or _is_written(number, claim) or _is_measured(number, claim)):
            took = ", ".join(f"{one.duration_ms:.1f} ms" for one in claim.statements) or "no time"
            yield NO_DURATION.format(text=number.text.strip(), there=took)
    elif sandbox and _VERSION.search(number.before):
        written = number.text.strip()
        if written not in (sandbox.postgres, sandbox.postgres.split(".")[0]):
            yield NO_POSTGRES.format(there=sandbox.postgres, number=written)
    elif not _is_written(number, claim):
        yield NO_NUMBER.format(number=number.text.strip())


def _without_blanks(text: str) -> str:
    """``40 s to 2 min`` → ``40s to 2min``: blanks between a number and its unit."""
    return re.sub(r"(?<=\d)\s+(?=[a-zµ%])", "", text)


def _is_written(number: Number, claim: Claim) -> bool:
    """Somewhere in the text of what is cited, or one of its numbers of rows."""
    digits = number.text.strip().rstrip(",")
    if number.unit:
        written = re.escape(re.sub(r"\s", "", digits.lower()))
        return bool(re.search(rf"(?<![\d.,]){written}(?![a-z])", _without_blanks(claim.cited.text)))
    if (
        digits in claim.cited.words
        or digits.replace(",", "") in claim.cited.words
        or int(number.value) in _rows(claim)
    ):
        return True
    return bool(re.search(rf"(?<![\d.]){re.escape(digits)}(?![\d])", claim.cited.text))


# ── Durations ───────────────────────────────────────────────────────────────────────────────────────


def _is_measured(number: Number, claim: Claim) -> bool:
    factor = _MILLISECONDS[number.unit]
    value, step = number.value * factor, number.step * factor
    for took in _durations(claim):
        if _AT_MOST.search(number.before) and took <= value:
            return True
        if _AT_LEAST.search(number.before) and value <= took <= value * 3:
            return True
        around = max(step * 0.51, value * 0.15 if _APPROXIMATE.search(number.before) else 0)
        if abs(took - value) <= around + 1e-9:
            return True
    return False


def _durations(claim: Claim) -> Iterator[float]:
    """Of each statement, of each script, of all together, of the whole run."""
    yield from (one.duration_ms for one in claim.statements)
    yield from (
        sum(one.duration_ms for one in group)
        for group in (claim.statements, claim.cited.ups, claim.cited.downs)
    )
    yield from (sum(one.duration_ms for one in each.up.statements) for each in claim.cited.migrations)
    yield claim.report.duration_ms


def _units_alone(text: str, claim: Claim) -> Iterator[str]:
    """``less than a millisecond``."""
    for found in _A_UNIT.finditer(text.lower()):
        before = text[: found.start()].lower() + "a "
        number = Number(1.0, 1.0, found["unit"], before, found.group(0))
        if (_AT_MOST.search(before) or _AT_LEAST.search(before[:-2])) and not _is_measured(number, claim):
            yield NO_DURATION.format(
                text=found.group(0), there=", ".join(f"{one:.1f} ms" for one in _durations(claim))
            )


def _lines(cited: Evidence) -> frozenset[int]:
    statements = {line for one in cited.observations for line in range(one.line, one.end_line + 1)}
    errors = {one.error.line for one in cited.observations if one.error and one.error.line}
    findings = {line for one in cited.findings for line in range(one.line, one.end_line + 1)}
    written = {int(line) for line in re.findall(r"\bline (\d+)", cited.text)}
    return frozenset(statements | errors | findings | written | {one.line for one in cited.unproven})


# ── Counts ──────────────────────────────────────────────────────────────────────────────────────────


def _count(found: re.Match[str], claim: Claim) -> Iterator[str]:
    number = found["number"].replace(",", "")
    value = int(number) if number.isdigit() else SMALL[number]
    allowed = set(_COUNTS[found["noun"]](claim))
    text = claim.english
    if found["noun"].startswith("statement") and _BEHIND.search(text) and not _ALTOGETHER.search(text):
        allowed = set(_behind(claim)) | {len(claim.reading.named)}
    about = bool(_APPROXIMATE.search(found.string[: found.start()])) and value > 20
    if value in allowed or (about and any(abs(value - one) <= 0.1 * one for one in allowed)):
        return
    if value > 1 and _is_told_of(found, claim):
        return
    yield NO_COUNT.format(text=found.group(0), there=", ".join(map(str, sorted(allowed))) or "none")


def _is_told_of(found: re.Match[str], claim: Claim) -> bool:
    """In the same words in what is cited: ``4 rows``, ``two statements``."""
    return f"{found['number']} {found['noun']}" in claim.cited.text


_SAID = phrases("numbers")
_BEHIND = _SAID["behind"]
_ALTOGETHER = re.compile(
    r"\b(?:altogether|in all|contains?|there (?:is|are)|consists?|runs \d|in total|overall)\b"
)


def _behind(claim: Claim) -> Iterator[int]:
    return (lock.statements_behind for one in claim.statements for lock in one.locks if lock.existed_before)


def _rows(claim: Claim) -> set[int]:
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
    return _rows(claim) | written


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
