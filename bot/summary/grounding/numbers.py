"""Every count, duration, line and version is one of what is cited."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding import counts, durations
from bot.summary.grounding.claim import Claim
from bot.summary.grounding.evidence import Evidence
from bot.summary.grounding.figures import MILLISECONDS, Figure, figures_in

NO_LINE = "line {number} is none of what it cites"
NO_NUMBER = "the number {number} is not in what it cites"
NO_POSTGRES = "it was run on PostgreSQL {there}, not {number}"
NO_SQLSTATE = "SQLSTATE {code} is not in what it cites"

_LIMIT = re.compile(r"lock[_ ]timeout|statement[_ ]timeout|time limit|retry|after \d")
_VERSION = re.compile(r"(?:postgres(?:ql)?|version|server|pg) (?:version )?$")
_SQLSTATE = re.compile(
    r"\b(?=[0-9A-Z]*\d)(?=[0-9A-Z]*[A-Z])[0-9A-Z]{5}\b|(?<=sqlstate )\w{5}|(?<=code )\d{5}\b|(?<=error )\d{5}\b"
)


def reasons(claim: Claim) -> Iterator[str]:
    text = claim.reading.text.replace("`", "")
    for line in sorted(claim.lines):
        if line not in _lines(claim.cited):
            yield NO_LINE.format(number=line)
    for code in dict.fromkeys(_SQLSTATE.findall(text.replace("SQLSTATE", "sqlstate"))):
        if not re.search(rf"\b{code.lower()}\b", claim.cited.text):
            yield NO_SQLSTATE.format(code=code)
    counted = counts.counted_in(text)
    for found in counted.values():
        yield from counts.not_so(found, claim)
    for figure, start in figures_in(text):
        if start in counted or (int(figure.value) in claim.lines and not figure.unit):
            continue
        yield from _other(figure, claim)
    yield from durations.units_alone(text, claim)


def _other(figure: Figure, claim: Claim) -> Iterator[str]:
    sandbox = claim.report.sandbox
    if figure.unit in MILLISECONDS:
        if not (
            _LIMIT.search(figure.before) or _is_written(figure, claim) or durations.is_measured(figure, claim)
        ):
            took = ", ".join(f"{one.duration_ms:.1f} ms" for one in claim.statements) or "no time"
            yield durations.NO_DURATION.format(text=figure.text.strip(), there=took)
    elif sandbox and _VERSION.search(figure.before):
        written = figure.text.strip()
        if written not in (sandbox.postgres, sandbox.postgres.split(".")[0]):
            yield NO_POSTGRES.format(there=sandbox.postgres, number=written)
    elif not _is_written(figure, claim):
        yield NO_NUMBER.format(number=figure.text.strip())


def _without_blanks(text: str) -> str:
    """``40 s to 2 min`` → ``40s to 2min``: blanks between a number and its unit."""
    return re.sub(r"(?<=\d)\s+(?=[a-zµ%])", "", text)


def _is_written(figure: Figure, claim: Claim) -> bool:
    """Somewhere in the text of what is cited, or one of its numbers of rows."""
    digits = figure.text.strip().rstrip(",")
    if figure.unit:
        written = re.escape(re.sub(r"\s", "", digits.lower()))
        return bool(re.search(rf"(?<![\d.,]){written}(?![a-z])", _without_blanks(claim.cited.text)))
    if (
        digits in claim.cited.words
        or digits.replace(",", "") in claim.cited.words
        or int(figure.value) in counts.rows_of(claim)
    ):
        return True
    return bool(re.search(rf"(?<![\d.]){re.escape(digits)}(?![\d])", claim.cited.text))


def _lines(cited: Evidence) -> frozenset[int]:
    statements = {line for one in cited.observations for line in range(one.line, one.end_line + 1)}
    errors = {one.error.line for one in cited.observations if one.error and one.error.line}
    findings = {line for one in cited.findings for line in range(one.line, one.end_line + 1)}
    written = {int(line) for line in re.findall(r"\bline (\d+)", cited.text)}
    return frozenset(statements | errors | findings | written | {one.line for one in cited.unproven})
