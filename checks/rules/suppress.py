"""Findings that a person has accepted in the file.

``-- migration:ignore drop-column, truncate reason: nothing reads it any more until: 2026-12-31`` (in code: ``#``) stands above a
statement (or on one of its lines) and accepts findings about it; ``-- migration:ignore-file`` with the same
words stands above the first statement and accepts them for the whole file. The reason must be there, the date may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from checks.model.findings import Finding, Suppression
from checks.rules import all_rules
from checks.rules.suppression_without_effect import said

_DIRECTIVE = re.compile(r"(?:--|#)[ \t]*migration:ignore(?P<file>-file)?(?![\w-])(?P<rest>.*)")
_WORDS = re.compile(r"(?P<rules>.*?)(?:\breason:(?P<reason>.*?))?(?:\buntil:(?P<until>.*))?")
_ID = re.compile(r"[^\s,]+")


class _Directive(NamedTuple):
    path: str
    line: int
    statement: int | None
    """The line of the code that it is about; None for the whole file."""
    rules: tuple[str, ...]
    reason: str
    until: str | None

    def covers(self, finding: Finding) -> bool:
        if finding.path != self.path or finding.rule not in self.rules:
            return False
        if self.statement is None:
            return True
        return (
            finding.line <= self.statement <= finding.end_line or self.line <= finding.line <= self.statement
        )


def suppress(
    findings: Sequence[Finding], texts: Mapping[str, str], today: date
) -> tuple[tuple[Finding, ...], tuple[Suppression, ...], tuple[Finding, ...]]:
    """What is left, what was accepted, and what is wrong with the acceptances themselves.

    ``texts`` maps the path of each changed file to its content. A suppression that is not valid or has run
    out suppresses nothing.
    """
    accepted: list[Suppression] = []
    problems: list[Finding] = []
    taken: set[str] = set()
    for path, text in texts.items():
        for directive in _directives(path, text):
            fault = _fault(directive, today)
            if fault is not None:
                problems.append(said(path, directive.line, fault))
                continue
            for rule in directive.rules:
                covered = [
                    finding for finding in findings if finding.rule == rule and directive.covers(finding)
                ]
                if covered:
                    taken.update(finding.id for finding in covered)
                    accepted.append(_suppression(directive, rule, covered))
                else:
                    problems.append(
                        said(path, directive.line, f"There is no finding of `{rule}` here to ignore.")
                    )
    kept = tuple(finding for finding in findings if finding.id not in taken)
    return kept, tuple(accepted), tuple(problems)


def _suppression(directive: _Directive, rule: str, findings: Sequence[Finding]) -> Suppression:
    return Suppression(
        rule=rule,
        path=directive.path,
        line=directive.line,
        reason=directive.reason,
        until=directive.until,
        findings=tuple(findings),
    )


def _directives(path: str, text: str) -> Iterator[_Directive]:
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        match = _DIRECTIVE.search(line)
        if match is None:
            continue
        words = _WORDS.fullmatch(match["rest"])
        assert words is not None  # every part of it is optional
        yield _Directive(
            path=path,
            line=number,
            statement=None if match["file"] else _code_line(lines, number),
            rules=tuple(dict.fromkeys(_ID.findall(words["rules"]))),
            reason=(words["reason"] or "").strip(),
            until=words["until"].strip() if words["until"] is not None else None,
        )


def _code_line(lines: Sequence[str], directive: int) -> int:
    """The line of the directive if it stands behind code, else the next one that is no comment."""
    for number in range(directive, len(lines) + 1):
        code = lines[number - 1].partition("--")[0].strip()
        if code and not code.startswith("# "):
            return number
    return directive


def _fault(directive: _Directive, today: date) -> str | None:
    """Why it does not count, as a sentence; None when it does."""
    if not directive.rules:
        return "Name the rule to ignore: `-- migration:ignore drop-column reason: …`."
    unknown = [rule for rule in directive.rules if rule not in all_rules()]
    if unknown:
        return f"There is no rule `{unknown[0]}`; `migration rules` lists them. Nothing is ignored."
    if not directive.reason:
        return "Say why: `reason: …` is missing, so nothing is ignored."
    if directive.until is None:
        return None
    try:
        last = date.fromisoformat(directive.until)
    except ValueError:
        return f"`until: {directive.until}` is no date like 2026-12-31, so nothing is ignored."
    return f"Ran out on {directive.until}, so nothing is ignored any more." if last < today else None
