"""The prompts: files in ``templates/prompts``, with what a Report says put into them as fenced data."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.model import Model
from bot.publish.templating import TEMPLATES
from bot.summary.facts import facts
from bot.summary.grounding import Fault
from bot.summary.model import Draft
from checks.model.report import Report

PROMPTS = TEMPLATES / "prompts"


class Example(Model):
    """A Report, and what a good answer to it is: the tests hold the answer against the report."""

    report: Report
    draft: Draft


@cache
def examples() -> tuple[Example, ...]:
    files = sorted((PROMPTS / "examples").glob("*.json"))
    return tuple(Example.model_validate_json(file.read_text()) for file in files)


@cache
def summary_system() -> str:
    """The same for every report, so that the provider's cache keeps it."""
    shown = [
        {"report": fenced(facts(one.report)), "answer": one.draft.model_dump_json()} for one in examples()
    ]
    return rendered("summary.md.j2", examples=shown)


def summary_user(report: Report) -> str:
    return rendered("report.md.j2", report=fenced(facts(report)))


def retry_user(report: Report, draft: Draft, faults: Sequence[Fault]) -> str:
    """The report again, what was answered, and what is wrong with it."""
    wrong = [fault.model_dump(include={"part", "index", "reason"}) for fault in faults]
    return rendered(
        "retry.md.j2", report=fenced(facts(report)), draft=fenced(draft.model_dump_json()), wrong=wrong
    )


def rendered(name: str, **values: Any) -> str:
    return _environment().get_template(name).render(**values).strip() + "\n"


def fenced(text: str) -> str:
    """``text`` between two lines that it cannot hold itself: they name its own SHA-256."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"<data {digest}>\n{text}\n</data {digest}>"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(PROMPTS),
        autoescape=False,  # a model reads it, no browser; strangers' text is JSON inside a fence
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
