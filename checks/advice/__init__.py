"""A safer way for what was found, in files of the migration tool, shown as proven only when these very files were run.

For each finding that a recipe of the plan answers: the migration with its statements replaced, written as the tool wants
it, read back as the tool would read it, and run on a clone of the state before the author's. Proven means: the same
schema and the same rows at the end, no check with a row, a way back, and a lock on a table in use that became weaker or
shorter (or, where code has to be deployed in between, none that became worse). A migration that waits for a lock without
a limit gets one, and is seen to give up. A change that fails on the synthetic rows is proven on those of them that it takes.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from checks.advice import words
from checks.advice.agreeing import agreeing
from checks.advice.chains import Chains
from checks.advice.downs import drafted_downs
from checks.advice.trial import Trial, Wanted
from checks.advice.ways import Way, impatience_of, ways_of
from checks.errors import SandboxLost
from checks.model.findings import Advice, Finding
from checks.model.migrations import History
from checks.plan.files import can_write
from checks.progress import Progress
from checks.reporting import Reviewed
from checks.rules import all_rules
from checks.rules.topics import Topic
from checks.sandbox.watchdog import told_as_lost
from checks.state import Run, State
from checks.trees import Tree

MOST = 10
"""Ways that are run for one review."""
MOST_LIMITS = 5
"""Migrations for which nothing but a limit before their locks is run: it is the same for all."""
SECONDS = 60
"""Behind which no other one is begun."""


@dataclass
class Bounds:
    """What is left for all the changes of one review."""

    begun: float = field(default_factory=time.monotonic)
    ways: int = 0
    limits: int = 0

    def begin(self, *, limit_alone: bool) -> str:
        """Count one more; why it is not to be run, ``""`` when it is."""
        if time.monotonic() - self.begun > SECONDS:
            return words.TOO_LONG.format(seconds=SECONDS)
        if limit_alone:
            self.limits += 1
            return words.TOO_MANY.format(most=MOST_LIMITS) if self.limits > MOST_LIMITS else ""
        self.ways += 1
        return words.TOO_MANY.format(most=MOST) if self.ways > MOST else ""


def with_advice(
    reviewed: Reviewed,
    findings: Sequence[Finding],
    state: State,
    head: Tree,
    progress: Progress,
    bounds: Bounds,
    run: Run,
) -> Reviewed:
    """The same, and those of its findings that are among ``findings`` with the way that was tried for them.

    ``state`` is the one before the first new migration; those that run before a way is tried change it.
    """
    found = dict(drafted_downs(findings, reviewed, head))
    proving = _Proving(reviewed, head, progress, reviewed.change.head, bounds, found)
    with agreeing(reviewed, findings, state, run, progress) as agreed:
        proving.all_of(findings, state)
        if agreed:
            other = replace(
                proving, reviewed=agreed.reviewed, of_rows=(words.TAKEN.format(line=agreed.line),)
            )
            other.all_of(
                [one for one in findings if one.id not in found and _is_of_the_rest(one)], agreed.state
            )
    return reviewed.with_findings(
        [
            finding.model_copy(update={"advice": proving.found.get(finding.id, finding.advice)})
            for finding in reviewed.findings
        ]
    )


def _is_of_the_rest(finding: Finding) -> bool:
    """What is found about the rows that were left out is not answered without them."""
    rule = all_rules().get(finding.rule)
    return rule is not None and Topic.ERRORS not in rule.about


def _wanted(
    ways: Mapping[str, tuple[Way, ...]], findings: Sequence[Finding], reviewed: Reviewed, state: State
) -> dict[str, Wanted]:
    """Id of a new migration → what there is to prove for it."""
    if not can_write(reviewed.change.head.tool):
        return {}
    live = state.live.relations()
    found = {
        step.id: Wanted(ways.get(step.id, ()), impatience_of(findings, step, live))
        for step in reviewed.review.steps
    }
    return {id: wanted for id, wanted in found.items() if wanted.ways or wanted.impatience}


@dataclass
class _Proving:
    """The ways of one change, one after the other."""

    reviewed: Reviewed
    head: Tree
    progress: Progress
    history: History
    bounds: Bounds
    found: dict[str, Advice]
    """Finding id → what came of its way."""
    of_rows: tuple[str, ...] = ()

    def without_refused(self, ways: dict[str, tuple[Way, ...]]) -> dict[str, tuple[Way, ...]]:
        """The ways that can be run; of the others is said why they cannot."""
        for way in (way for several in ways.values() for way in several if way.refused):
            reason = words.REFUSED.format(reason=way.refused)
            for finding in way.findings:
                self.found.setdefault(finding.id, Advice(title=way.title, proven=False, reason=reason))
        left = {id: tuple(way for way in several if not way.refused) for id, several in ways.items()}
        return {id: several for id, several in left.items() if several}

    def all_of(self, findings: Sequence[Finding], state: State) -> None:
        ways = self.without_refused(ways_of(findings, self.reviewed))
        wanted = _wanted(ways, findings, self.reviewed, state)
        try:
            with told_as_lost(state.server):
                self._each(wanted, state)
        except SandboxLost as error:
            reason = words.LOST.format(message=error.message)
            for title, findings in (one for several in wanted.values() for one in several.titles):
                for finding in findings:
                    self.found.setdefault(finding.id, Advice(title=title, proven=False, reason=reason))

    def _each(self, wanted: Mapping[str, Wanted], state: State | None) -> None:
        """Migration by migration, each on the state that those before it leave."""
        left = set(wanted)
        for step in self.reviewed.review.steps:
            if state is None or state.emptied_by or not left:
                return
            if step.id in wanted:
                Trial(self, step, state).run(wanted[step.id])
                left.discard(step.id)
            if left:
                state = state.behind(step.changed)

    def begin(self, *, limit_alone: bool) -> str:
        return self.bounds.begin(limit_alone=limit_alone)

    def say(self, findings: Sequence[Finding], advice: Advice) -> None:
        self.found.update((finding.id, advice) for finding in findings)

    def said(self, finding: Finding) -> Advice:
        return self.found[finding.id]

    def keep(self, taken: Chains) -> None:
        known = {(one.path, one.version) for one in self.history.migrations}
        new = [
            one.migration for one in taken.instead if (one.migration.path, one.migration.version) not in known
        ]
        self.history = self.history.model_copy(update={"migrations": (*self.history.migrations, *new)})
