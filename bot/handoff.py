"""Whom to bring in for a pull request: the rules of ``handoff`` in the configuration, put to its Report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from bot.model import Model
from bot.publish.wording import listed
from checks.model.observations import LockMode
from checks.model.report import Report, RiskLevel
from checks.rules.wording import short
from checks.settings import HandoffSettings, Settings

_LEVELS = list(RiskLevel)


class Handoff(Model):
    """What is asked of GitHub. Each name once, in the order of the rules."""

    reviewers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """One sentence for each rule that holds."""


def handoff(settings: Settings, report: Report, author: str = "") -> Handoff:
    """The requests for a report; nothing when it reviewed no migration.

    GitHub refuses to ask the ``author`` for a review (422), so they are left out.
    """
    if not report.migrations and not report.findings:
        return Handoff()
    holding = [(rule, why) for rule in settings.handoff if (why := _why(rule, report)) is not None]
    reviewers = (name for rule, _ in holding for name in rule.reviewers if name.lower() != author.lower())
    return Handoff(
        reviewers=tuple(dict.fromkeys(reviewers)),
        teams=tuple(dict.fromkeys(name for rule, _ in holding for name in rule.teams)),
        labels=tuple(dict.fromkeys(name for rule, _ in holding for name in rule.labels)),
        reasons=tuple(_sentence(rule, why, author) for rule, why in holding),
    )


def touched_tables(report: Report) -> frozenset[str]:
    """Tables whose rows or definition a new migration changes."""
    seen = [one for migration in report.migrations for one in migration.up.statements]
    locked = {
        lock.relation
        for one in seen
        for lock in one.locks
        if lock.relation_kind == "table" and lock.mode.strength >= LockMode.ROW_EXCLUSIVE.strength
    }
    return frozenset(locked)


def _why(rule: HandoffSettings, report: Report) -> str | None:
    """What holds of the rule's conditions, in words; None when one of them does not."""
    parts = [*_of_risk(rule, report), *_of_tables(rule, report), *_of_hazards(rule, report)]
    given = sum(bool(condition) for condition in (rule.risk, rule.tables, rule.hazards))
    if len(parts) < given:
        return None
    return "; ".join(parts) or "migrations changed"


def _of_risk(rule: HandoffSettings, report: Report) -> Iterator[str]:
    if rule.risk is not None and _LEVELS.index(report.risk.level) >= _LEVELS.index(rule.risk):
        yield f"risk {report.risk.level.value}"


def _of_tables(rule: HandoffSettings, report: Report) -> Iterator[str]:
    found = [
        short(table)
        for table in sorted(touched_tables(report))
        if any(fnmatchcase(name, glob) for glob in rule.tables for name in (table, short(table)))
    ]
    if found:
        yield f"tables {listed(found)}"


def _of_hazards(rule: HandoffSettings, report: Report) -> Iterator[str]:
    found = list(dict.fromkeys(one.rule for one in report.findings if one.rule in rule.hazards))
    if found:
        yield f"hazards {listed(found)}"


def _sentence(rule: HandoffSettings, why: str, author: str) -> str:
    people: Sequence[str] = [name for name in rule.reviewers if name.lower() != author.lower()]
    asked = [*people, *(f"team {name}" for name in rule.teams), *(f"label {name}" for name in rule.labels)]
    return f"{listed(asked, at_most=10) or 'nobody'}: {why}"
