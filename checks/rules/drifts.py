"""What drifted apart between resource snapshots and schema, as findings of the rules about Ash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from checks.ash.deviation import Aspect, Deviation
from checks.ash.drift import Cause, Drift
from checks.ash.vocabulary import Kind
from checks.model.findings import Certainty, Finding, Severity
from checks.rules.findings import found_in_file
from checks.rules.review import Review
from checks.rules.wording import short

_LONGEST = 160
_MOST = 5
"""Findings about one table; more say nothing new."""
_SAID = {
    Aspect.MISSING: "is in the snapshot{snapshot_in_brackets} and not in the database",
    Aspect.EXTRA: "is in the database{database_in_brackets} and not in the snapshot",
    Aspect.TYPE: "is {snapshot} in the snapshot and {database} in the database",
    Aspect.NULLABILITY: "is {snapshot} in the snapshot and {database} in the database",
    Aspect.DEFAULT: "has the default {snapshot} in the snapshot and {database} in the database",
    Aspect.DEFINITION: "is {snapshot} in the snapshot and {database} in the database",
    Aspect.NAME: "is called {database} in the database",
}


def drifts(module: str, severity: Severity, review: Review, cause: Cause, remedy: str) -> Iterator[Finding]:
    """One finding for each attribute, index or constraint.

    ``remedy`` may name ``{command}``, which writes snapshots anew, and ``{snapshot}``, the file.
    """
    if review.snapshots is None:
        return
    steps = {step.migration.path: step for step in (*review.edited, *review.steps)}
    told: Counter[str] = Counter()
    for group in _by_object(drift for drift in review.snapshots.drifts if drift.cause is cause):
        first = group[0]
        told[first.snapshot] += 1
        if told[first.snapshot] <= _MOST:
            advice = remedy.format(command=f"`{review.snapshots.command} NAME`", snapshot=first.snapshot)
            yield found_in_file(
                module,
                severity,
                first.path,
                f"{_subject(first)}: {said([drift.deviation for drift in group])}. {advice}",
                line=first.line,
                step=steps.get(first.path),
                certainty=Certainty.DERIVED,
            )


def _by_object(drifts: Iterable[Drift]) -> list[list[Drift]]:
    groups: dict[object, list[Drift]] = {}
    for drift in drifts:
        key = (drift.path, drift.snapshot, drift.deviation.kind, drift.deviation.name)
        groups.setdefault(key, []).append(drift)
    return list(groups.values())


def _subject(drift: Drift) -> str:
    """``Library.Book (`books`)``"""
    if drift.deviation.kind is Kind.EXTENSION:
        return drift.snapshot.rpartition("/")[2]
    table = f"`{short(drift.deviation.table)}`"
    return f"Resource `{drift.resource}` ({table})" if drift.resource else f"Table {table}"


def said(deviations: Sequence[Deviation]) -> str:
    """What there is about one object, both sides, without its table."""
    first = deviations[0]
    parts = [
        _SAID[one.aspect].format(
            snapshot=_shown(one.snapshot),
            database=_shown(one.database),
            snapshot_in_brackets=f" ({_shown(one.snapshot)})" if one.snapshot else "",
            database_in_brackets=f" ({_shown(one.database)})" if one.database else "",
        )
        for one in deviations
    ]
    return f"{first.kind} `{first.name}` {', and '.join(parts)}"


def _shown(text: str | None) -> str:
    if text is None:
        return "nothing"
    folded = " ".join(text.split())
    return f"`{folded if len(folded) <= _LONGEST else folded[:_LONGEST] + ' …'}`"
