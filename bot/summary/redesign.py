"""A stronger model's way to the same end: asked for once, run in the sandbox, sent back once with what was wrong.

What it writes is as hostile as a stranger's pull request. It is seen by nobody before it ran, and what does not work is
shown as an idea only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.model import Model
from bot.summary.client import Models
from bot.summary.facts import facts
from bot.summary.grounding import faults
from bot.summary.literals import Literals
from bot.summary.model import Draft, Dropped, Escalation, Redesign, Sentence
from bot.summary.prompts import PROMPTS, fenced, rendered
from bot.summary.settings import Role
from bot.summary.task import Task, proposal_of, task_of
from checks.model.findings import AdviceFile
from checks.model.report import Report
from checks.proposals.model import Proof, Proposal

PURPOSE, RETRY = "redesign", "redesign retry"

Prove = Callable[[Proposal], Proof]
"""Runs a proposal in a sandbox. Raises nothing: what keeps it from running is a fault of the proof."""


class Answer(Model):
    """What the model answers. Nothing of it is trusted."""

    analysis: tuple[Sentence, ...]
    files: tuple[AdviceFile, ...] = ()
    queries: tuple[str, ...] = ()


class Example(Model):
    """A change that fails, and a good answer to it: the tests run the answer."""

    base: Mapping[str, str]
    change: Mapping[str, str]
    """Path → text of the files."""
    answer: Answer


@cache
def example() -> Example:
    return Example.model_validate_json((PROMPTS / "redesign_example.json").read_text())


@cache
def redesign_system() -> str:
    """The same for every case, so that the provider's cache keeps it."""
    return rendered("redesign.md.j2", example=example())


@dataclass(frozen=True)
class _Try:
    answer: Answer
    """With the literals put back."""
    said: str
    """As the model wrote it."""
    proof: Proof | None
    """None when it proposes no files."""


def redesign(
    report: Report, escalation: Escalation, models: Models, prove: Prove
) -> tuple[Redesign | None, tuple[Dropped, ...]]:
    """The model's analysis and files with what came of running them, and what was not shown; None without an answer."""
    literals = Literals()
    task = task_of(report, literals)
    dropped: list[Dropped] = []
    last: _Try | None = None
    for purpose in (PURPOSE, RETRY):
        asked = models.ask(
            Role.DEEP, redesign_system(), _user(task, escalation, report, last), Answer, purpose
        )
        if asked.value is None:
            dropped.append(Dropped(text="", reason=f"{asked.usage.model}: {asked.problem}"))
            break
        with models.paused():
            last = _tried(asked.value, report, task, literals, prove)
        if last.proof is None or last.proof.works:
            break
    return (_shown(last, report, task, dropped) if last else None), tuple(dropped)


def _user(task: Task, escalation: Escalation, report: Report, before: _Try | None) -> str:
    """The case; the second time with what was proposed and what is wrong with it."""
    return rendered(
        "redesign_case.md.j2",
        record=fenced(escalation.model_dump_json()),
        task=fenced(task.model_dump_json()),
        report=fenced(facts(report)),
        before=fenced(before.said) if before else "",
        faults=fenced("\n".join(before.proof.faults)) if before and before.proof else "",
    )


def _tried(answer: Answer, report: Report, task: Task, literals: Literals, prove: Prove) -> _Try:
    files = tuple(AdviceFile(path=file.path, content=literals.shown(file.content)) for file in answer.files)
    queries = tuple(map(literals.shown, answer.queries))
    whole = answer.model_copy(update={"files": files, "queries": queries})
    proof = prove(proposal_of(report, task, files, queries)) if files else None
    return _Try(whole, answer.model_dump_json(), proof)


def _shown(last: _Try, report: Report, task: Task, dropped: list[Dropped]) -> Redesign:
    proof = last.proof or Proof(works=False)
    return Redesign(
        analysis=tuple(_grounded(last.answer.analysis, report, dropped)),
        files=last.answer.files,
        gone=proof.gone,
        queries=last.answer.queries,
        history=task.history,
        works=proof.works,
        seen=proof.seen if proof.works else proof.faults,
    )


def _grounded(analysis: Sequence[Sentence], report: Report, dropped: list[Dropped]) -> list[Sentence]:
    """Of the model's sentences those that say what the report says."""
    if not analysis:
        return []
    draft = Draft(
        headline=analysis[0], changes=(), running_system=(), rollout=(), rollback=(), open=tuple(analysis)
    )
    wrong = [fault for fault in faults(draft, report) if fault.part == "open"]
    dropped += [Dropped(text=fault.text, reason=fault.reason) for fault in wrong]
    places = {fault.index for fault in wrong}
    return [sentence for place, sentence in enumerate(analysis) if place not in places]
