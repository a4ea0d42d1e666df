"""A summary as people see it: first what halts, then in a fixed order, then who wrote it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from sample_reports import context, failing_report, passing_report

from bot.publish.comment import comment
from bot.publish.explanation import explanation
from bot.publish.formats import Format, render
from bot.publish.page import page
from bot.publish.prose import about
from bot.summary.model import Dropped, Sentence, Summary, Usage

REPORT = failing_report()
FINDING = REPORT.findings[0]
SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "report.schema.json").read_text())
SUMMARY = Summary(
    halt="Stop here first.",
    headline=Sentence(text="Dropping `phone` loses values.", rests_on=(FINDING.id,)),
    changes=(Sentence(text="It drops a column.", rests_on=(FINDING.id,)),),
    rollback=(Sentence(text="Nothing brings it back.", rests_on=("another",)),),
    written_by="claude-haiku-5-5",
    dropped=(Dropped(text="A lie.", reason="it cites nothing"), Dropped(text="", reason="overloaded")),
    usage=(Usage(model="claude-haiku-5-5", purpose="summary", dollars=0.001),),
)
ORDER = (
    "Stop here first.",
    "loses values.",
    "It drops a column.",
    "Nothing brings it back.",
    "claude-haiku-5-5",
)


def shown(kind: str) -> str:
    if kind == "comment":
        return str(comment(REPORT, context(REPORT, summary=SUMMARY)))
    if kind == "page":
        return page(REPORT, context(REPORT, summary=SUMMARY), raw_url="/raw")
    return render(REPORT, Format(kind), summary=SUMMARY, width=160)


@pytest.mark.parametrize("kind", ["comment", "page", "terminal", "markdown"])
def test_every_format_shows_it_in_the_same_order(kind: str) -> None:
    text = shown(kind)
    places = [text.index(part) for part in ORDER]
    assert places == sorted(places)
    assert "1 sentence did not hold and was left out" in " ".join(text.split())
    assert "A lie." not in text, "what did not hold is in the JSON only"


def test_a_part_without_a_sentence_has_no_title() -> None:
    assert "Rollout" not in shown("terminal") and "Way back" in shown("terminal")


def test_the_template_says_that_no_model_wrote_it() -> None:
    summary = Summary(headline=SUMMARY.headline)
    assert "without a model" in render(REPORT, Format.TERMINAL, summary=summary, width=160)


def test_the_json_has_the_summary_and_its_cost_as_the_schema_says() -> None:
    document = json.loads(shown("json"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert document["summary"]["usage"][0]["dollars"] == 0.001
    assert Summary.model_validate(document["summary"]) == SUMMARY


def test_without_a_summary_the_json_is_the_report() -> None:
    document = json.loads(render(passing_report(), Format.JSON))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert "summary" not in document


def test_an_explanation_quotes_the_sentences_that_rest_on_the_finding() -> None:
    assert explanation(REPORT, FINDING, SUMMARY).said == (
        "Dropping `phone` loses values.",
        "It drops a column.",
    )
    assert about(SUMMARY, {"another"}) == ["Nothing brings it back."]
    assert explanation(REPORT, FINDING).said == ()
