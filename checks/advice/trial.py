"""The ways of one migration, run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from checks.advice import words
from checks.advice.chains import Chains, chains
from checks.advice.ends import Author
from checks.advice.placed import placed
from checks.advice.proof import Proof, prove
from checks.advice.retries import how_to_try_again
from checks.advice.running import Disproved
from checks.advice.tool_locks import note_on_locks
from checks.advice.waiting import gives_up
from checks.advice.way_back import settled_way_back
from checks.advice.ways import Impatience, Way
from checks.model.findings import Advice, Finding
from checks.model.migrations import History
from checks.plan.files import TIMEOUT, CannotWrite, Rewrite, Written, written
from checks.progress import Progress
from checks.reporting import Reviewed
from checks.rules.review import Step
from checks.rules.wording import short
from checks.state import State
from checks.trees import Tree

PATIENCE = words.PATIENCE_TITLE.format(timeout=TIMEOUT.replace("s", " s"))


@dataclass(frozen=True)
class Wanted:
    """What there is to prove for one migration."""

    ways: tuple[Way, ...]
    impatience: Impatience | None

    @property
    def titles(self) -> Iterator[tuple[str, Sequence[Finding]]]:
        """What each would be called, and the findings that it answers."""
        yield from ((way.title, way.findings) for way in self.ways)
        if self.impatience:
            yield PATIENCE, [self.impatience.finding]


class Proving(Protocol):
    """What the trials of one change share."""

    reviewed: Reviewed
    head: Tree
    progress: Progress
    history: History
    """The folder with all that was proven: what is written from now on comes behind it."""
    of_rows: tuple[str, ...]
    """What has to be said of the rows on which it is run."""

    def begin(self, *, limit_alone: bool) -> str:
        """Count one more; why it is not to be run, ``""`` when it is."""
        ...

    def say(self, findings: Sequence[Finding], advice: Advice) -> None: ...

    def said(self, finding: Finding) -> Advice: ...

    def keep(self, taken: Chains) -> None: ...


@dataclass(frozen=True)
class Trial:
    proving: Proving
    step: Step
    state: State

    def run(self, wanted: Wanted) -> None:
        """All that can be applied at once, together; what does not hold together, or waits for a deploy, one by one."""
        quick = [way for way in wanted.ways if way.is_quick]
        impatient = wanted.impatience
        beside = impatient.without([way.index for way in quick]) if impatient else None
        together = self._try(quick, beside) if quick else None
        if not together and (len(quick) > 1 or (quick and beside)):
            for way in quick:
                self._try([way], None)
        for way in wanted.ways:
            if not way.is_quick:
                self._try([way], None)
        if impatient and together and not beside and not together.closes:
            self.proving.say([impatient.finding], self.proving.said(quick[0].findings[0]))
        elif impatient and not (together and beside):
            self._try([], impatient)

    def _try(self, ways: Sequence[Way], impatience: Impatience | None) -> Proof | None:
        """The proof when there is one; what is said of the findings is said."""
        reason, files, proof = self.proving.begin(limit_alone=not ways), None, None
        if not reason:
            self.proving.progress(f"proving another way for {self.step.migration.path}")
            try:
                files, proof = self._proven(ways, impatience)
            except (CannotWrite, Disproved) as refusal:
                reason = self._with_what_needs_it(str(refusal), ways)
        if files is not None and not files.files:
            return None  # it is what the author does already
        for title, findings in Wanted(tuple(ways), impatience).titles:
            advice = Advice(
                title=title,
                proven=proof is not None,
                files=placed(files.files, self.proving.head) if files else (),
                seen=(*self.proving.of_rows, *proof.seen) if proof else (),
                reason=reason,
                note=self._note(ways, impatience, files, proof) if proof and files else "",
            )
            self.proving.say(findings, advice)
        return proof

    def _proven(self, ways: Sequence[Way], impatience: Impatience | None) -> tuple[Written, Proof | None]:
        """Raises CannotWrite and Disproved."""
        rewrite = self._rewrite(ways, impatience)
        files = written(rewrite)
        if not files.files:
            return files, None
        taken = self._chains(rewrite, files)
        if len(files.steps) > 1:
            way_back = settled_way_back(taken.instead[0], self.step, self.state)
            files = written(rewrite.with_way_back(way_back))
            taken = self._chains(rewrite, files)
            _each_takes_back_its_own(taken)
        author = Author(self.state, taken.author, self.proving.reviewed.review.steps)
        staged = not all(way.is_quick for way in ways)
        replaced = [self.step.observations[way.index] for way in ways]
        with ThreadPoolExecutor(1) as beside:
            # It is waiting, mostly, and stands in nobody's way.
            waiting = beside.submit(self._gives_up, taken, impatience) if impatience else None
            proof = prove(taken, author, self.step, replaced, self.state, staged=staged)
        seen = (*proof.seen, waiting.result()) if waiting else proof.seen
        proof = Proof(seen, proof.closes, any(one.can_stop_half_way for one in taken.instead))
        self.proving.keep(taken)
        return files, proof

    def _with_what_needs_it(self, reason: str, ways: Sequence[Way]) -> str:
        """The batches come behind what the author has behind the statement: that may be why."""
        for way in (way for way in ways if way.is_batched):
            tables = {lock.relation for lock in self.step.observations[way.index].locks}
            for seen in self.step.observations[way.index + 1 :]:
                shared = sorted({lock.relation for lock in seen.locks} & tables)
                if shared:
                    return words.NEEDED_LATER.format(reason=reason, line=seen.line, table=short(shared[0]))
        return reason

    def _gives_up(self, taken: Chains, impatience: Impatience) -> str:
        own, instead = self.step.migration.up, taken.instead[0].migration.up
        assert own is not None and instead is not None  # both have run
        return gives_up(own, instead, impatience.closing[min(impatience.closing)], self.state)

    def _note(self, ways: Sequence[Way], impatience: Impatience | None, files: Written, proof: Proof) -> str:
        rewrite = self._rewrite(ways, impatience)
        again = how_to_try_again(rewrite) if impatience else ""
        half = words.HALF_WAY if proof.can_stop_half_way else ""
        cautions = (way.caution for way in ways)
        return " ".join(filter(None, (*cautions, half, note_on_locks(rewrite, files.files), again)))

    def _chains(self, rewrite: Rewrite, files: Written) -> Chains:
        return chains(rewrite, files, self.proving.reviewed.change)

    def _rewrite(self, ways: Sequence[Way], impatience: Impatience | None) -> Rewrite:
        return Rewrite(
            tool=self.proving.reviewed.change.head.tool,
            history=self.proving.history,
            migration=self.step.migration,
            head=self.proving.head,
            settings=self.state.settings,
            ways={way.index: way.stages for way in ways},
            patience=impatience.patience(self.step) if impatience else None,
        )


def _each_takes_back_its_own(taken: Chains) -> None:
    """Up to the last and all back leads to the schema and rows before; so it has to when only some were applied."""
    if any(one.steps for one in taken.instead) and (back := taken.instead[0].undoes_rows_of_another):
        raise Disproved(words.ROWS_OF_ANOTHER.format(line=back.line, path=back.path))
