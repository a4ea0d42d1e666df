"""A Report in, a Summary out: the quick model, what was wrong once more, the deep model, and the template behind them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.summary.client import Models
from bot.summary.grounding import Fault, faults
from bot.summary.model import Draft, Dropped, Sentence, Summary
from bot.summary.prompts import retry_user, summary_system, summary_user
from bot.summary.settings import Role
from bot.summary.template import halt, template_summary
from checks.model.report import Report

PARTS = ("changes", "running_system", "rollout", "rollback", "open")
LEAST = 2
"""Sentences behind the headline that must be left, or the template says more."""
RETRY = "retry"
RUNGS = ((Role.QUICK, "summary"), (Role.QUICK, RETRY), (Role.DEEP, "deeper summary"))


@dataclass(frozen=True)
class _Try:
    draft: Draft
    model: str
    faults: tuple[Fault, ...]


def summarise(report: Report, models: Models | None) -> Summary:
    """What people read of a report. Without ``models``, and when none of them writes what holds: the template.

    Every sentence of a model is held against the report. What does not hold is told to the quick model once, then the
    deep one is asked. What is wrong even then is dropped; when the headline is among it, or too little stays, the
    template is used. ``dropped`` says what was not shown and why. No failure of a model raises.
    """
    written = _written(report, models) if models and report.migrations else template_summary(report)
    return written.model_copy(update={"usage": tuple(models.calls) if models else (), "halt": halt(report)})


def _written(report: Report, models: Models) -> Summary:
    tries: list[_Try] = []
    dropped: list[Dropped] = []
    for role, purpose in RUNGS:
        if purpose == RETRY and not tries:
            continue  # there is nothing to mend
        answer = models.ask(role, summary_system(), _question(report, tries), Draft, purpose)
        if answer.value is None:
            dropped.append(Dropped(text="", reason=f"{answer.usage.model}: {answer.problem}"))
            if answer.is_hopeless:
                break
            continue
        tries.append(_Try(answer.value, answer.usage.model, faults(answer.value, report)))
        if not tries[-1].faults:
            break
    return _shown(report, tries, dropped)


def _question(report: Report, tries: Sequence[_Try]) -> str:
    return retry_user(report, tries[-1].draft, tries[-1].faults) if tries else summary_user(report)


def _shown(report: Report, tries: Sequence[_Try], dropped: Sequence[Dropped]) -> Summary:
    """The try with the fewest faults without them, the later of two; the template where too little stays."""
    wrong = [sentence for one in tries for sentence in _wrong(one.faults)]
    best = min(reversed(tries), key=lambda one: len(one.faults), default=None)
    summary = _without_faults(best) if best else None
    return (summary or template_summary(report)).model_copy(
        update={
            "dropped": tuple(dict.fromkeys([*dropped, *wrong])),
            "asks_for_deeper_review": any(one.draft.needs_deeper_review.strip() for one in tries),
        }
    )


def _wrong(faults: Sequence[Fault]) -> Iterator[Dropped]:
    """Each sentence once, with all that is wrong with it."""
    for text in dict.fromkeys(fault.text for fault in faults):
        yield Dropped(text=text, reason="; ".join(fault.reason for fault in faults if fault.text == text))


def _without_faults(best: _Try) -> Summary | None:
    wrong = {(fault.part, fault.index) for fault in best.faults}
    parts = {part: tuple(_holding(best.draft, part, wrong)) for part in PARTS}
    if ("headline", 0) in wrong or sum(map(len, parts.values())) < LEAST:
        return None
    return Summary.model_validate({"headline": best.draft.headline, "written_by": best.model, **parts})


def _holding(draft: Draft, part: str, wrong: set[tuple[str, int]]) -> Iterator[Sentence]:
    for index, sentence in enumerate(getattr(draft, part)):
        if (part, index) not in wrong:
            yield sentence
