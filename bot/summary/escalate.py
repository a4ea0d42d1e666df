"""The record of a case that goes to a stronger model: evidence from the Report, prose from the quick model."""

from __future__ import annotations

from bot.model import Model
from bot.summary.client import Models
from bot.summary.escalation import record, with_prose
from bot.summary.facts import facts
from bot.summary.grounding import faults
from bot.summary.model import Draft, Dropped, Escalation, Sentence
from bot.summary.prompts import fenced, rendered
from bot.summary.settings import Role
from checks.model.report import Report

PURPOSE = "escalation"


class Prose(Model):
    """What the quick model writes of a record."""

    goal: Sentence
    """What the migration is for."""
    why: Sentence
    """Why a stronger model has to look at it."""
    suggested_action: Sentence
    """What is to be done next."""


def escalate(report: Report, models: Models, *, asked: bool) -> tuple[Escalation | None, tuple[Dropped, ...]]:
    """The record, when a rule or the quick model itself (``asked``) wants one, and what was not shown of its prose.

    A sentence that does not hold against the report is dropped, and ours stands in its place. No failure of a model
    raises.
    """
    escalation = record(report, asked=asked)
    if escalation is None:
        return None, ()
    answer = models.ask(Role.QUICK, rendered("escalation.md.j2"), _user(escalation, report), Prose, PURPOSE)
    if answer.value is None:
        return escalation, (Dropped(text="", reason=f"{answer.usage.model}: {answer.problem}"),)
    return _filled(escalation, answer.value, report)


def _user(escalation: Escalation, report: Report) -> str:
    return rendered("case.md.j2", record=fenced(escalation.model_dump_json()), report=fenced(facts(report)))


def _filled(escalation: Escalation, prose: Prose, report: Report) -> tuple[Escalation, tuple[Dropped, ...]]:
    """The sentences are held against the report like those of a summary, each in the part that it would stand in."""
    draft = Draft(
        headline=prose.goal,
        changes=(prose.goal,),
        running_system=(),
        rollout=(prose.suggested_action,),
        rollback=(),
        open=(prose.why,),
    )
    wrong = [fault for fault in faults(draft, report) if fault.part != "headline"]
    parts = {fault.part for fault in wrong}
    filled = with_prose(
        escalation,
        goal="" if "changes" in parts else prose.goal.text,
        action="" if "rollout" in parts else prose.suggested_action.text,
        why="" if "open" in parts else prose.why.text,
    )
    return filled, tuple(Dropped(text=fault.text, reason=fault.reason) for fault in wrong)
