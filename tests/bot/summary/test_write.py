"""The ladder on a real wire: whatever the models do, people get a summary that holds, in time, and the bill."""

from __future__ import annotations

import time

import pytest
from messages_api import Asked, Behaviour, State, answers, dribbles, drops, fails, says, sleeps

from bot.summary.client import Models
from bot.summary.grounding import faults
from bot.summary.ledger import OneReview
from bot.summary.model import Draft, Sentence, Summary
from bot.summary.prompts import examples
from bot.summary.settings import ModelSettings
from bot.summary.template import template_summary
from bot.summary.write import LEAST, summarise
from checks.model.report import Report

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
LATE = {"retry_after_ms": "5"}
FAILS = next(one for one in examples() if one.report.verdict == "fail")
REPORT, GOOD = FAILS.report, FAILS.draft
LIE = Sentence(text="It drops the table `payments`.", rests_on=("goose:nowhere/1",))


def lying(draft: Draft = GOOD, part: str = "changes", lies: int = 1) -> Draft:
    return draft.model_copy(update={part: (*getattr(draft, part), *[LIE] * lies)})


def written(api: State, *script: Behaviour, seconds: float = 60, report: Report = REPORT) -> Summary:
    api.script.extend(script)
    models = Models(ModelSettings(provider="anthropic", seconds=seconds), OneReview(0.5))
    summary = summarise(report, models)
    assert faults(summary, report) == (), "whatever is shown holds"
    assert summary.usage == tuple(models.calls)
    return summary


def is_template(summary: Summary) -> bool:
    return summary.written_by == "template" and summary.headline == template_summary(REPORT).headline


def asked(api: State) -> list[str]:
    return [call.body["model"] for call in api.asked]


def test_the_quick_model_writes_it(api: State) -> None:
    summary = written(api, answers(GOOD))
    assert summary.written_by == HAIKU
    assert summary.headline == GOOD.headline and summary.rollback == GOOD.rollback
    assert summary.asks_for_deeper_review
    assert asked(api) == [HAIKU]
    assert 0 < summary.dollars < 0.01


def test_what_is_wrong_is_told_once(api: State) -> None:
    summary = written(api, answers(lying()), answers(GOOD))
    assert summary.written_by == HAIKU and asked(api) == [HAIKU, HAIKU]
    assert "goose:nowhere/1" in api.asked[1].user and "changes, sentence 2" in api.asked[1].user
    assert [one.text for one in summary.dropped] == [LIE.text]
    assert summary.usage[1].cache_read_tokens, "the system prompt is not paid twice"


def test_then_the_deep_model_is_asked(api: State) -> None:
    summary = written(api, answers(lying()), answers(lying()), answers(GOOD))
    assert summary.written_by == SONNET and asked(api) == [HAIKU, HAIKU, SONNET]


def test_what_is_wrong_to_the_end_is_left_out(api: State) -> None:
    summary = written(api, answers(lying(lies=3)), answers(lying(lies=2)), answers(lying()))
    assert summary.written_by == SONNET
    assert summary.changes == GOOD.changes
    assert LIE.text in [one.text for one in summary.dropped]


@pytest.mark.parametrize(
    "bad",
    [
        GOOD.model_copy(update={"headline": LIE}),
        Draft(headline=GOOD.headline, changes=(LIE,), running_system=(), rollout=(), rollback=(), open=()),
    ],
)
def test_a_wrong_headline_or_too_little_is_the_template(api: State, bad: Draft) -> None:
    assert LEAST > 0
    assert is_template(written(api, answers(bad), answers(bad), answers(bad)))


@pytest.mark.parametrize(
    ("script", "calls", "outcome"),
    [
        ([says("No.", "refusal")], [HAIKU, SONNET], "refusal"),
        ([says('{"headline": ', "max_tokens")], [HAIKU, SONNET], "max_tokens"),
        ([says("I think it is fine.")], [HAIKU, SONNET], "invalid"),
        ([answers({"verdict": "pass"})], [HAIKU, SONNET], "invalid"),
        ([says("")], [HAIKU, SONNET], "invalid"),
        ([fails(400)], [HAIKU, SONNET], "bad_request"),
        ([fails(404)], [HAIKU, SONNET], "no_model"),
        ([fails(529, **LATE)] * 3, [HAIKU] * 3 + [SONNET], "overloaded"),
        ([fails(500, **LATE)] * 3, [HAIKU] * 3 + [SONNET], "error"),
    ],
)
def test_without_an_answer_of_the_quick_model_the_deep_one_is_asked(
    api: State, script: list[Behaviour], calls: list[str], outcome: str
) -> None:
    summary = written(api, *script, answers(GOOD))
    assert summary.written_by == SONNET and asked(api) == calls
    assert [one.outcome for one in summary.usage] == [outcome, "answered"]
    assert [one.text for one in summary.dropped] == [""]


@pytest.mark.parametrize("both", [says("No.", "refusal"), says("{"), fails(400), fails(529, **LATE)])
def test_without_any_answer_it_is_the_template(api: State, both: Behaviour) -> None:
    api.always = both
    summary = written(api)
    assert is_template(summary)
    assert [one.model for one in summary.usage] == [HAIKU, SONNET]
    assert len(summary.dropped) == 2


@pytest.mark.parametrize("hopeless", [drops, fails(401)])
def test_where_nobody_can_be_reached_only_one_is_asked(api: State, hopeless: Behaviour) -> None:
    api.always = hopeless
    summary = written(api)
    assert is_template(summary) and [one.model for one in summary.usage] == [HAIKU]


@pytest.mark.parametrize("slow", [sleeps(2), dribbles(30), fails(529, retry_after="600")])
def test_the_time_limit_holds_for_all_of_it(api: State, slow: Behaviour) -> None:
    api.always = slow
    start = time.monotonic()
    summary = written(api, seconds=0.8)
    assert is_template(summary)
    assert [one.outcome for one in summary.usage] == ["timeout", "timeout"]
    assert time.monotonic() - start < 60


def test_a_slow_quick_model_leaves_time_for_the_deep_one(api: State) -> None:
    summary = written(api, dribbles(60), answers(GOOD), seconds=3)
    assert summary.written_by == SONNET


def test_without_models_it_is_the_template(api: State) -> None:
    assert is_template(summarise(REPORT, None))
    assert not api.asked


def test_what_leaves_the_fate_of_data_open_is_said_before_all_else(api: State) -> None:
    assert REPORT.unproven
    for summary in (written(api, answers(GOOD)), summarise(REPORT, None)):
        assert summary.halt.startswith("Stop here first: 1 part")
    clean = next(one.report for one in examples() if not one.report.unproven)
    assert summarise(clean, None).halt == ""


def test_what_the_model_says_changes_neither_verdict_nor_evidence(api: State) -> None:
    before = REPORT.model_dump_json()
    written(api, answers(lying()), answers(GOOD))
    assert REPORT.model_dump_json() == before


def test_the_question_is_the_same_for_the_same_evidence(api: State) -> None:
    api.always = answers(GOOD)
    again = REPORT.model_copy(update={"base": "another", "head": "one more", "duration_ms": 9.0})
    models = Models(ModelSettings(provider="anthropic"), OneReview(0.5))
    assert summarise(REPORT, models).headline == summarise(again, models).headline
    assert len(api.asked) == 1


def echo(handler: object, call: Asked) -> None:
    """A model that repeats what it was sent, fence and all."""
    says(
        Draft(
            headline=Sentence(text=call.user[:2000], rests_on=()),
            changes=(),
            running_system=(),
            rollout=(),
            rollback=(),
            open=(),
        ).model_dump_json()
    )(handler, call)  # type: ignore[arg-type]


def test_a_model_that_repeats_its_prompt_is_not_shown(api: State) -> None:
    api.always = echo
    assert is_template(written(api))
