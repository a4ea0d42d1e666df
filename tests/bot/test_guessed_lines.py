"""A line that is a guess says so wherever it is shown, and one that is not says nothing."""

from __future__ import annotations

import html
import json
from collections.abc import Callable

import pytest

from bot.approvals import stand
from bot.publish.annotations import annotations_of
from bot.publish.commands import workflow_commands
from bot.publish.formats import Format, render
from bot.publish.markdown import document
from bot.publish.page import page
from bot.publish.terminal import terminal
from bot.publish.wording import GUESS, GUESSES
from checks.model.report import Report
from tests.bot.sample_reports import context, failing_report

AS_TEXT: dict[str, Callable[[Report], str]] = {
    "terminal": lambda report: terminal(report, width=160),
    "markdown": lambda report: render(report, Format.MARKDOWN),
    "comment": lambda report: document(report, context(report), 1_000_000),
    "page": lambda report: html.unescape(page(report, context(report))),
}


def guessed_report() -> Report:
    """Each statement, and each finding about one, at a line that is a guess."""
    report = failing_report()
    migrations = [
        one.model_copy(
            update={
                "up": one.up.model_copy(
                    update={
                        "statements": tuple(
                            seen.model_copy(update={"line_is_guess": True}) for seen in one.up.statements
                        )
                    }
                )
            }
        )
        for one in report.migrations
    ]
    findings = tuple(one.model_copy(update={"line_is_guess": True}) for one in report.findings)
    return report.model_copy(update={"migrations": tuple(migrations), "findings": findings})


@pytest.mark.parametrize("door", AS_TEXT)
def test_statements_and_findings(door: str) -> None:
    told, plain = (" ".join(AS_TEXT[door](report).split()) for report in (guessed_report(), failing_report()))
    assert told.count(GUESS) == len(failing_report().findings)
    assert GUESSES in told
    assert GUESS not in plain and GUESSES not in plain


def test_marks_on_the_lines() -> None:
    report = guessed_report()
    marks = [one.message for one in annotations_of(report, stand(report, ()))]
    assert sum(one.endswith(GUESS) for one in marks) == len(report.findings)
    assert workflow_commands(report).count(GUESS) == len(report.findings)
    assert not any(GUESS in one.message for one in annotations_of(failing_report(), stand(report, ())))


def test_what_machines_read() -> None:
    report = guessed_report()
    results = json.loads(render(report, Format.SARIF))["runs"][0]["results"]
    guesses = [one for one in results if one.get("properties", {}).get("lineIsGuess")]
    assert len(guesses) == len(report.findings)
    assert all(one["message"]["text"].endswith(GUESS) for one in guesses)
    issues = json.loads(render(report, Format.GITLAB))
    assert sum(one["description"].endswith(GUESS) for one in issues) == len(report.findings)
