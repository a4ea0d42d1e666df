"""What drifted apart between resource snapshots and schema, as findings of the rules about Ash."""

from __future__ import annotations

from collections.abc import Iterator

from checks.ash.deviation import Aspect, Deviation
from checks.ash.drift import Cause, Drift
from checks.ash.generate import Kind
from checks.model import Certainty, Finding, Severity
from checks.rules.findings import found_in_file
from checks.rules.review import Review, Step
from checks.rules.wording import short

_LONGEST = 160
_MOST = 5
"""Findings about one table; more say nothing new."""
_SAID = {
    Aspect.MISSING: "{kind} `{name}` is in the snapshot ({snapshot}) and not in the database",
    Aspect.EXTRA: "{kind} `{name}` is in the database ({database}) and not in the snapshot",
    Aspect.TYPE: "{kind} `{name}` is {snapshot} in the snapshot and {database} in the database",
    Aspect.NULLABILITY: "{kind} `{name}` is {snapshot} in the snapshot and {database} in the database",
    Aspect.DEFAULT: "the default of {kind} `{name}` is {snapshot} in the snapshot and {database} in the database",
    Aspect.DEFINITION: "{kind} `{name}` is {snapshot} in the snapshot and {database} in the database",
    Aspect.NAME: "a {kind} is called {snapshot} in the snapshot and {database} in the database",
}


def drifts(module: str, severity: Severity, review: Review, cause: Cause, remedy: str) -> Iterator[Finding]:
    """``remedy`` may name ``{command}``, which writes snapshots anew, and ``{snapshot}``, the file."""
    if review.snapshots is None:
        return
    steps = {step.migration.path: step for step in (*review.edited, *review.steps)}
    told: dict[str, int] = {}
    for drift in review.snapshots.drifts:
        if drift.cause is cause:
            told[drift.snapshot] = told.get(drift.snapshot, 0) + 1
            if told[drift.snapshot] <= _MOST:
                yield _finding(
                    module, severity, drift, remedy, review.snapshots.command, steps.get(drift.path)
                )


def _finding(
    module: str, severity: Severity, drift: Drift, remedy: str, command: str, step: Step | None
) -> Finding:
    advice = remedy.format(command=f"`{command} NAME`", snapshot=drift.snapshot)
    return found_in_file(
        module,
        severity,
        drift.path,
        f"{_subject(drift)}: {said(drift.deviation)}. {advice}",
        line=drift.line,
        step=step,
        certainty=Certainty.DERIVED,
    )


def _subject(drift: Drift) -> str:
    """``Library.Book (`books`)``"""
    if drift.deviation.kind is Kind.EXTENSION:
        return drift.snapshot.rpartition("/")[2]
    table = f"`{short(drift.deviation.table)}`"
    return f"Resource `{drift.resource}` ({table})" if drift.resource else f"Table {table}"


def said(deviation: Deviation) -> str:
    """Both sides, without the table."""
    return _SAID[deviation.aspect].format(
        kind=deviation.kind,
        name=deviation.name,
        snapshot=_shown(deviation.snapshot),
        database=_shown(deviation.database),
    )


def _shown(text: str | None) -> str:
    if text is None:
        return "nothing"
    folded = " ".join(text.split())
    return f"`{folded if len(folded) <= _LONGEST else folded[:_LONGEST] + ' …'}`"
