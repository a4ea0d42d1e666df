"""Which models write, where they are reached, and what they may cost: environment variables, docs/operating.md."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field, SecretStr, ValidationError

from bot.model import Model
from checks.errors import UsageError

PREFIX = "MIGRATION_MODEL_"
KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE")
"""What the SDK itself reads; one of them is enough to reach Anthropic's API."""


class Role(StrEnum):
    """Who is asked: the quick model first, the deep one when it must be."""

    QUICK = "quick"
    DEEP = "deep"


class ModelSettings(Model):
    """``MIGRATION_MODEL_`` and the name in capitals."""

    provider: Literal["", "anthropic", "bedrock", "vertex"] = ""
    """Empty: Anthropic's API where there is a key, else no model."""
    quick: str = "claude-haiku-5-5"
    deep: str = "claude-sonnet-5-5"
    quick_price: str = ""
    """Dollars for a million tokens, ``input/output``, in place of the table in ``bot.summary.prices``."""
    deep_price: str = ""
    seconds: float = Field(default=240, gt=0)
    """All that one summary may take, every call and every wait for a retry included."""
    dollars_per_review: float = Field(default=0.5, ge=0)
    dollars_per_day: float = Field(default=20, ge=0)
    dollars_per_installation: float = Field(default=5, ge=0)
    """In a day, for one installation."""
    key: SecretStr | None = None
    """For Anthropic's API, from whoever asks; without one the SDK looks into the environment. No variable of ours."""

    def model(self, role: Role) -> str:
        return self.quick if role is Role.QUICK else self.deep


def read_model_settings(environment: Mapping[str, str] = os.environ) -> ModelSettings:
    """Raises UsageError with the name of the variable that is wrong."""
    given = {
        name: environment[variable]
        for name in ModelSettings.model_fields.keys() - {"key"}
        if environment.get(variable := f"{PREFIX}{name.upper()}")
    }
    if "provider" not in given and any(environment.get(key) for key in KEYS):
        given["provider"] = "anthropic"
    try:
        return ModelSettings.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        variable = f"{PREFIX}{str(first['loc'][0]).upper()}"
        raise UsageError(f"{variable}: {first['msg']}", hint="See docs/operating.md.") from error
