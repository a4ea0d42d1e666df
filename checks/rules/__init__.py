"""The rules: every module of this package with a ``SEVERITY`` is one.

Its ``check(review)`` looks at a Review and yields Findings. Its file's name is its id (with hyphens) and its page's name;
its docstring is its documentation, and the SQL in it is run by the tests. ``YIELDS_TO`` names the more
specific rules whose finding on the same statement makes this one's superfluous. ``PRESET = "strict"`` marks a rule of
style or policy: it is off unless the settings ask for the preset, or name the rule. ``SCALES = True``: it is about work
that takes the longer, the larger a table is, so production's statistics decide how grave it is. ``ABOUT`` are the actions, the kinds
of new constraints or the topics of which it needs one: it is not asked about a change that has none of them.
"""

from __future__ import annotations

import pkgutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import import_module
from threading import Thread
from types import ModuleType
from typing import Literal, NamedTuple

from checks.model.findings import Finding, Severity
from checks.rules.findings import finding_id, rule_id
from checks.rules.review import Review
from checks.rules.topics import About, about
from checks.settings import Settings


class Rule(NamedTuple):
    id: str
    severity: Severity
    documentation: str
    yields_to: frozenset[str]
    preset: Literal["recommended", "strict"]
    scales: bool
    about: About
    """Empty: it is always asked."""
    module: ModuleType
    check: Callable[[Review], Iterator[Finding]]
    """Nothing for a rule whose findings come from elsewhere (about suppressions)."""

    def is_on(self, preset: str, named: Collection[str]) -> bool:
        """Whether the preset has it, or the settings name it; then they say how severe it is, or that it is off."""
        return self.preset == "recommended" or preset == "strict" or self.id in named

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return " ".join(self.documentation.strip().partition("\n\n")[0].split())


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every rule by its id, in the order of the ids."""
    modules = (import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    rules = [_rule(module) for module in modules if hasattr(module, "SEVERITY")]
    return {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}


def import_meanwhile() -> None:
    """Import them in another thread: they are many, and who calls it has to wait for PostgreSQL first."""
    Thread(target=all_rules).start()


def unknown_rules(settings: Settings) -> tuple[str, ...]:
    """A sentence about each rule that the settings name and that does not exist."""
    return tuple(_unknown(name) for name in settings.rules if name not in all_rules())


def _unknown(name: str) -> str:
    nearest = get_close_matches(name, all_rules(), n=1)
    meant = f"Did you mean {nearest[0]}?" if nearest else "`migration rules` lists them."
    return f"There is no rule {name}; its setting has no effect. {meant}"


def check(reviews: Sequence[Review]) -> tuple[Finding, ...]:
    """What all rules find, most specific per statement, ordered by path, line and severity."""
    return in_order(finding for review in reviews for finding in findings_of(review))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By path, line and severity, each with an id of its own."""
    return tuple(_numbered(findings))


def _rule(module: ModuleType) -> Rule:
    return Rule(
        id=rule_id(module.__name__),
        severity=module.SEVERITY,
        documentation=module.__doc__ or "",
        yields_to=frozenset(getattr(module, "YIELDS_TO", ())),
        preset=getattr(module, "PRESET", "recommended"),
        scales=getattr(module, "SCALES", False),
        about=frozenset(getattr(module, "ABOUT", ())),
        module=module,
        check=getattr(module, "check", lambda review: iter(())),
    )


def findings_of(review: Review) -> list[Finding]:
    """What all rules that are on find in one review, most specific per statement."""
    rules = _concerned(about(review), review.settings.preset, frozenset(review.settings.rules))
    found = [finding for rule in rules for finding in rule.check(review)]
    wanted = (
        _with_severity(finding, review.settings.rules.get(finding.rule)) for finding in _most_specific(found)
    )
    return [finding for finding in wanted if finding is not None]


@lru_cache(maxsize=1024)
def _concerned(there: About, preset: str, named: frozenset[str]) -> tuple[Rule, ...]:
    """The rules that are on and may have something to say about a change with these actions and topics."""
    on = (rule for rule in all_rules().values() if rule.is_on(preset, named))
    return tuple(rule for rule in on if not rule.about or rule.about & there)


def _most_specific(findings: Sequence[Finding]) -> Iterator[Finding]:
    fired = {(finding.rule, finding.migration, finding.path, finding.line) for finding in findings}
    for finding in findings:
        place = (finding.migration, finding.path, finding.line)
        if not any((other, *place) in fired for other in all_rules()[finding.rule].yields_to):
            yield finding


def _with_severity(
    finding: Finding, wanted: Literal["off", "info", "warning", "error"] | None
) -> Finding | None:
    if wanted == "off":
        return None
    return finding if wanted is None else finding.model_copy(update={"severity": Severity(wanted)})


def _numbered(findings: Iterable[Finding]) -> Iterator[Finding]:
    """In order; equal statements in one file get ids of their own, counted from the top."""
    seen: Counter[str] = Counter()
    for finding in sorted(findings, key=_order):
        ordinal = seen[finding.id]
        seen[finding.id] += 1
        if ordinal:
            finding = finding.model_copy(update={"id": finding_id(finding.id, finding.path, "", ordinal)})
        yield finding


def _order(finding: Finding) -> tuple[str, int, int, str]:
    return finding.path, finding.line, -finding.severity.rank, finding.rule
