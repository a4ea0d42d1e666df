"""What the doctor says of the models, without paying for it."""

from __future__ import annotations

import pytest
from messages_api import State, fails

from bot.summary.examine import examine_models
from bot.summary.settings import ModelSettings
from checks.errors import UsageError

SETTINGS = ModelSettings(provider="anthropic")


def test_both_models_are_named(api: State) -> None:
    assert examine_models(SETTINGS) == "claude-haiku-5-5 and claude-sonnet-5-5 at anthropic"
    assert not api.asked and not api.counted


def test_without_a_provider_the_template_is_named() -> None:
    assert "template" in examine_models(ModelSettings())


def test_a_wrong_key_is_told(api: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another")
    with pytest.raises(UsageError, match="does not accept the service's key"):
        examine_models(SETTINGS)


def test_a_key_that_is_missing_is_told_in_the_words_of_the_sdk(
    api: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setenv("HOME", "/nonexistent")  # the SDK looks for profiles there
    with pytest.raises(UsageError, match="authentication"):
        examine_models(SETTINGS)


def test_a_model_that_nobody_knows_is_told(api: State) -> None:
    with pytest.raises(UsageError, match="claude-nobody-1: The provider does not know the model"):
        examine_models(SETTINGS.model_copy(update={"deep": "claude-nobody-1"}))


def test_a_model_that_has_retired_is_told(api: State) -> None:
    api.lifecycle = "retired"
    with pytest.raises(UsageError, match="retired"):
        examine_models(SETTINGS)


def test_a_price_that_is_not_known_is_told(api: State) -> None:
    api.known = ("claude-haiku-5-5", "claude-fable-9")
    assert "price of claude-fable-9 is not known" in examine_models(
        SETTINGS.model_copy(update={"deep": "claude-fable-9"})
    )


def test_in_a_cloud_tokens_are_counted(api: State, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("ANTHROPIC_BEDROCK_MANTLE_BASE_URL", os.environ["ANTHROPIC_BASE_URL"])
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", os.environ["ANTHROPIC_API_KEY"])
    settings = ModelSettings(
        provider="bedrock", quick="anthropic.claude-haiku-5-5", deep="anthropic.claude-sonnet-5-5"
    )
    assert "at bedrock" in examine_models(settings)
    assert api.counted == 2 and not api.asked
    api.count = fails(403)
    with pytest.raises(UsageError, match="key"):
        examine_models(settings)
