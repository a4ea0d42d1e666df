"""A safer way for what was found, in files of the migration tool, shown as proven only when these very files were run.

For each finding that a recipe of the plan answers: the migration with its statements replaced, written as the tool wants
it, read back as the tool would read it, and run on a clone of the state before the author's. Proven means: the same
schema and the same rows at the end, no check with a row, a way back, and a lock on a table in use that became weaker or
shorter (or, where code has to be deployed in between, none that became worse).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from checks.advice import words
from checks.advice.chains import Chains, chains
from checks.advice.downs import drafted_downs
from checks.advice.proof import Author, Disproved, prove, settled_way_back
from checks.advice.ways import Way, ways_of
from checks.errors import SandboxLost
from checks.model import Advice, Change, Finding
from checks.plan.files import CannotWrite, Rewrite, Written, written
from checks.progress import Progress
from checks.reporting import Reviewed
from checks.rules.review import Step
from checks.rules.wording import short
from checks.state import State
from checks.trees import Tree

MOST = 10
"""Ways that are run for one review."""
SECONDS = 60
"""Behind which no other one is begun."""

Opened = Callable[[Change], AbstractContextManager[State]]
"""The state before the first new migration of a change, for as long as it is needed."""


def advise(
    findings: Sequence[Finding], reviewed: Sequence[Reviewed], opened: Opened, head: Tree, progress: Progress
) -> tuple[Finding, ...]:
    """The findings, those with a way that was tried with what came of it. Nothing is opened when there is no way."""
    proving = _Proving(head, progress, found=dict(drafted_downs(findings, reviewed, head)))
    for one in reviewed:
        ways = proving.without_refused(ways_of(findings, one))
        if ways:
            proving.all_of(one, ways, opened)
    return tuple(
        finding.model_copy(update={"advice": proving.found.get(finding.id, finding.advice)})
        for finding in findings
    )


@dataclass
class _Proving:
    """The ways of one review, one after the other."""

    head: Tree
    progress: Progress
    found: dict[str, Advice] = field(default_factory=dict)
    """Finding id → what came of its way."""
    begun: float = field(default_factory=time.monotonic)
    tried: int = 0

    def without_refused(self, ways: dict[str, tuple[Way, ...]]) -> dict[str, tuple[Way, ...]]:
        """The ways that can be run; of the others is said why they cannot."""
        for way in (way for several in ways.values() for way in several if way.refused):
            reason = words.REFUSED.format(reason=way.refused)
            self._say(way, Advice(title=way.title, proven=False, reason=reason), over=False)
        left = {id: tuple(way for way in several if not way.refused) for id, several in ways.items()}
        return {id: several for id, several in left.items() if several}

    def all_of(self, reviewed: Reviewed, ways: dict[str, tuple[Way, ...]], opened: Opened) -> None:
        try:
            with opened(reviewed.change) as state:
                self._each(reviewed, ways, state)
        except SandboxLost as error:
            reason = words.LOST.format(message=error.message)
            for way in (way for several in ways.values() for way in several):
                self._say(way, Advice(title=way.title, proven=False, reason=reason), over=False)

    def _each(self, reviewed: Reviewed, ways: dict[str, tuple[Way, ...]], state: State | None) -> None:
        """Migration by migration, each on the state that those before it leave."""
        left = set(ways)
        for step in reviewed.review.steps:
            if state is None or state.emptied_by or not left:
                return
            if step.id in ways:
                _Trial(self, reviewed, step, state).run(ways[step.id])
                left.discard(step.id)
            if left:
                state = state.behind(step.changed)

    def _say(self, way: Way, advice: Advice, *, over: bool = True) -> None:
        for finding in way.findings:
            if over or finding.id not in self.found:
                self.found[finding.id] = advice

    def may_go_on(self) -> str:
        """Why no other way is begun; ``""`` when one may be."""
        if self.tried >= MOST:
            return words.TOO_MANY.format(most=MOST)
        return words.TOO_LONG.format(seconds=SECONDS) if time.monotonic() - self.begun > SECONDS else ""


@dataclass
class _Trial:
    """The ways of one migration."""

    proving: _Proving
    reviewed: Reviewed
    step: Step
    state: State

    def run(self, ways: Sequence[Way]) -> None:
        """All that can be applied at once, together; what does not hold together, or waits for a deploy, one by one."""
        quick = [way for way in ways if way.is_quick]
        together = len(quick) > 1 and self._try(quick)
        for way in ways:
            if not (together and way.is_quick):
                self._try([way])

    def _try(self, ways: Sequence[Way]) -> bool:
        """Whether it is proven."""
        reason = self.proving.may_go_on()
        files: Written | None = None
        seen: tuple[str, ...] = ()
        if not reason:
            self.proving.tried += 1
            self.proving.progress(f"proving another way for {self.step.migration.path}")
            try:
                files, seen = self._proven(ways)
            except (CannotWrite, Disproved) as refusal:
                reason = self._with_what_needs_it(str(refusal), ways)
        if files is not None and not files.files:
            return False  # it is what the author does already
        for way in ways:
            advice = Advice(
                title=way.title,
                proven=files is not None,
                files=files.files if files else (),
                seen=seen,
                reason=reason,
            )
            self.proving._say(way, advice)
        return files is not None

    def _proven(self, ways: Sequence[Way]) -> tuple[Written, tuple[str, ...]]:
        rewrite = self._rewrite(ways)
        files = written(rewrite)
        if not files.files:
            return files, ()
        taken = self._chains(rewrite, files)
        if len(files.steps) > 1:
            way_back = settled_way_back(taken.instead[0], rewrite.migration.down, self.state)
            files = written(rewrite.with_way_back(way_back))
            taken = self._chains(rewrite, files)
        author = Author(self.state, taken.author, self.reviewed.review.steps)
        staged = not all(way.is_quick for way in ways)
        replaced = [self.step.observations[way.index] for way in ways]
        return files, tuple(prove(taken, author, self.step, replaced, self.state, staged=staged))

    def _with_what_needs_it(self, reason: str, ways: Sequence[Way]) -> str:
        """The batches come behind what the author has behind the statement: that may be why."""
        for way in (way for way in ways if way.is_batched):
            tables = {lock.relation for lock in self.step.observations[way.index].locks}
            for seen in self.step.observations[way.index + 1 :]:
                shared = sorted({lock.relation for lock in seen.locks} & tables)
                if shared:
                    return words.NEEDED_LATER.format(reason=reason, line=seen.line, table=short(shared[0]))
        return reason

    def _chains(self, rewrite: Rewrite, files: Written) -> Chains:
        return chains(rewrite, files, self.reviewed.change)

    def _rewrite(self, ways: Sequence[Way]) -> Rewrite:
        return Rewrite(
            tool=self.reviewed.change.head.tool,
            history=self.reviewed.change.head,
            migration=self.step.migration,
            head=self.proving.head,
            settings=self.state.settings,
            ways={way.index: way.stages for way in ways},
        )
