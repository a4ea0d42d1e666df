"""What people call a finding: its id, the beginning of it, or its rule."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from checks.errors import UsageError
from checks.model.findings import Finding
from checks.model.report import Report
from checks.rules import all_rules

SHORTEST = 4
"""Characters of the beginning of an id."""


def findings_named(report: Report, named: str) -> list[Finding]:
    """All of a rule, or the one with this id."""
    word = bare(named)
    of_rule = [one for one in report.findings if one.rule == word]
    ids = beginning_with(word, (one.id for one in report.findings))
    return of_rule or [one for one in report.findings if one.id in ids]


def beginning_with(word: str, ids: Iterable[str]) -> list[str]:
    """The id itself, or all that begin with it."""
    known = list(ids)
    return [id for id in known if id == word] or [
        id for id in known if len(word) >= SHORTEST and id.startswith(word)
    ]


def nearest_rule(report: Report, named: str) -> str | None:
    """The rule of a finding of this report that was probably meant."""
    return next(iter(get_close_matches(bare(named), {one.rule for one in report.findings}, n=1)), None)


def no_such_rule(named: str) -> UsageError:
    nearest = get_close_matches(bare(named), all_rules(), n=1)
    meant = f"Did you mean {nearest[0]}? " if nearest else ""
    return UsageError(f"there is no rule {named!r}", hint=f"{meant}`migration rules` lists them.")


def bare(named: str) -> str:
    """The first word, without what surrounds it in prose."""
    return named.split(" ")[0].strip("`,.;").lower()
