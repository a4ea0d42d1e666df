"""The real SDK on a real wire: what comes of a call, in what time, and what it is said to have cost."""

from __future__ import annotations

import json
import time

import pytest
from messages_api import (
    KEY,
    Behaviour,
    State,
    answers,
    dribbles,
    drops,
    fails,
    raw,
    says,
    sleeps,
)
from pydantic import Field

from bot.model import Model
from bot.summary.client import MOST_INPUT, Models
from bot.summary.ledger import OneReview
from bot.summary.model import Usage
from bot.summary.prices import HAIKU, SONNET, dollars, price_of
from bot.summary.settings import ModelSettings, Role, read_model_settings
from checks.errors import UsageError

SYSTEM = "You answer. " * 400
LATE = {"retry_after_ms": "5"}


class Colour(Model):
    name: str = Field(max_length=5)


def models(seconds: float = 60, **more: object) -> Models:
    settings = ModelSettings.model_validate({"provider": "anthropic", "seconds": seconds, **more})
    return Models(settings, OneReview(settings.dollars_per_review))


def ask(models: Models, role: Role = Role.QUICK, user: str = "Which?"):  # type: ignore[no-untyped-def]
    return models.ask(role, SYSTEM, user, Colour, "summary")


def test_an_answer_is_read_past_the_thinking_and_its_tokens_are_billed(api: State) -> None:
    api.script.append(answers({"name": "red"}))
    answer = ask(models())
    assert answer.value == Colour(name="red")
    assert answer.usage.outcome == "answered"
    assert answer.usage.input_tokens and answer.usage.output_tokens and answer.usage.cache_write_tokens
    assert answer.usage.dollars == pytest.approx(dollars(HAIKU, answer.usage))


def test_what_is_sent_is_structured_cached_and_without_tools(api: State) -> None:
    api.script.append(answers({"name": "red"}))
    ask(models(), Role.DEEP)
    body = api.asked[0].body
    assert body["model"] == "claude-sonnet-5-5"
    assert body["output_config"]["format"]["schema"]["properties"]["name"]["type"] == "string"
    assert body["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert "tools" not in body and "temperature" not in body
    assert api.counted == 1, "tokens are counted before they are paid"


def test_the_system_prompt_is_read_from_the_cache_the_second_time(api: State) -> None:
    api.always = answers({"name": "red"})
    both = models()
    first, second = ask(both, user="one").usage, ask(both, user="two").usage
    assert first.cache_write_tokens == second.cache_read_tokens > 1_000
    assert second.dollars < first.dollars


def test_the_same_question_is_paid_once(api: State) -> None:
    api.script.append(answers({"name": "red"}))
    both = models()
    assert ask(both).value == ask(both).value
    assert [call.outcome for call in both.calls] == ["answered", "remembered"]
    assert both.calls[1].dollars == 0 and len(api.asked) == 1


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ([says("no", "refusal")], "refusal"),
        ([says('{"name": "re', "max_tokens")], "max_tokens"),
        ([says("", "model_context_window_exceeded")], "model_context_window_exceeded"),
        ([says("")], "invalid"),
        ([says("Red, I think.")], "invalid"),
        ([answers({"colour": "red"})], "invalid"),
        ([answers({"name": "much too long"})], "invalid"),
        ([says('{"name": "red"}', "pause_turn")], "error"),
        ([raw(200, b'{"id": ')], "error"),
        ([raw(200, b"<html>")], "error"),
        ([fails(400)], "bad_request"),
        ([fails(401)], "unauthorized"),
        ([fails(403)], "unauthorized"),
        ([fails(404)], "no_model"),
        ([fails(429, **LATE)] * 3, "rate_limit"),
        ([fails(529, **LATE)] * 3, "overloaded"),
        ([fails(500, **LATE)] * 3, "error"),
    ],
)
def test_what_goes_wrong_is_an_outcome_and_a_sentence(
    api: State, script: list[Behaviour], outcome: str
) -> None:
    api.script.extend(script)
    asked = models()
    answer = ask(asked)
    assert answer.value is None
    assert (answer.usage.outcome, answer.problem[-1:]) == (outcome, ".")
    assert asked.calls == [answer.usage]
    assert not api.script, "tried as often as it is worth"


@pytest.mark.parametrize(
    "script",
    [
        [fails(429, **LATE)],
        [fails(529, **LATE), fails(529, **LATE)],
        [fails(500, **LATE)],
        [fails(429, retry_after="0.01")],
        [drops],
    ],
)
def test_a_passing_failure_is_tried_again(api: State, script: list[Behaviour]) -> None:
    api.script.extend([*script, answers({"name": "red"})])
    answer = ask(models())
    assert answer.value == Colour(name="red")
    assert answer.usage.outcome == "answered"


def test_a_connection_that_always_drops_is_given_up(api: State) -> None:
    api.always = drops
    answer = ask(models())
    assert answer.usage.outcome == "unreachable" and answer.is_hopeless
    assert answer.usage.input_tokens, "what was sent may have to be paid"


@pytest.mark.parametrize("slow", [sleeps(1.5), dribbles(30), fails(429, retry_after="3600")])
def test_no_call_takes_more_than_half_of_the_time_there_is(api: State, slow: Behaviour) -> None:
    api.always = slow
    start = time.monotonic()
    answer = ask(models(seconds=1))
    assert answer.usage.outcome == "timeout" and not answer.is_hopeless
    assert time.monotonic() - start < 60


def test_without_a_count_our_own_is_used(api: State) -> None:
    api.count = fails(404)
    api.script.append(fails(400))
    ask(models())
    assert not api.script


def test_a_question_that_is_too_long_is_not_sent(api: State) -> None:
    answer = ask(models(), user="word " * MOST_INPUT)
    assert answer.usage.outcome == "too_long" and answer.usage.dollars == 0
    assert not api.asked


def test_without_money_nothing_is_sent(api: State) -> None:
    answer = ask(models(dollars_per_review=0.001))
    assert answer.usage.outcome == "no_money" and answer.is_hopeless
    assert not api.asked


def test_a_wrong_key_is_told_apart(api: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another")
    answer = ask(models())
    assert answer.usage.outcome == "unauthorized" and answer.is_hopeless and answer.usage.dollars == 0


def test_without_any_key_nobody_is_asked(api: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("HOME", "/nonexistent")  # the SDK looks for profiles there
    answer = ask(models())
    assert answer.usage.outcome == "not_set_up" and answer.is_hopeless and not api.asked


@pytest.mark.parametrize("provider", ["bedrock", "vertex"])
def test_a_cloud_that_is_not_set_up_is_an_outcome(
    api: State, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "CLOUD_ML_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert ask(models(provider=provider)).usage.outcome == "not_set_up"


def test_bedrock_is_asked_in_its_own_words(api: State, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("ANTHROPIC_BEDROCK_MANTLE_BASE_URL", os.environ["ANTHROPIC_BASE_URL"])
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", KEY)
    api.script.append(answers({"name": "red"}))
    answer = ask(models(provider="bedrock", quick="anthropic.claude-haiku-5-5"))
    assert answer.value == Colour(name="red")
    assert api.asked[0].body["model"] == "anthropic.claude-haiku-5-5"
    assert answer.usage.dollars == pytest.approx(dollars(HAIKU, answer.usage))


def test_prices_are_those_of_the_price_list() -> None:
    long = Usage(model="m", purpose="p", input_tokens=200_000, output_tokens=1_000)
    assert dollars(HAIKU, long) == pytest.approx(0.2 * 0.5 + 0.001 * 2.5)
    assert dollars(SONNET, long) == pytest.approx(0.2 * 2 + 0.001 * 10)
    settings = ModelSettings(quick_price="1/5", deep="another")
    assert price_of(settings, Role.QUICK).output == 5
    assert price_of(settings, Role.DEEP).output >= SONNET.output, (
        "an unknown model is not taken for a cheap one"
    )


@pytest.mark.parametrize(
    ("name", "value"), [("SECONDS", "0"), ("PROVIDER", "openai"), ("DOLLARS_PER_DAY", "much")]
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"MIGRATION_MODEL_{name}"):
        read_model_settings({f"MIGRATION_MODEL_{name}": value})


def test_a_key_alone_is_enough() -> None:
    assert read_model_settings({"ANTHROPIC_API_KEY": "k"}).provider == "anthropic"
    assert read_model_settings({}).provider == ""


def test_a_question_is_known_by_all_that_decides_its_answer(api: State) -> None:
    api.always = answers({"name": "red"})
    asked = models()
    for role, user in ((Role.QUICK, "a"), (Role.QUICK, "b"), (Role.DEEP, "a")):
        ask(asked, role, user)
    assert len(api.asked) == 3
    assert json.loads(json.dumps(api.asked[0].body)) != api.asked[2].body
