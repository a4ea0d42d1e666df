"""Whether the models that are set up can be asked, as ``migration doctor`` wants to know."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.summary.outcomes import NOT_SET_UP, SENTENCES, of_error
from bot.summary.prices import UNKNOWN, price_of
from bot.summary.providers import failures, open_client
from bot.summary.settings import ModelSettings, Role
from checks.errors import UsageError

if TYPE_CHECKING:
    from anthropic.types import ModelInfo

    from bot.summary.providers import Client

NONE = "none is set up, so summaries are put together by a template"
SECONDS = 20.0
NEEDED = ("structured_outputs", "effort")
"""What a request of ours uses of a model."""


def examine_models(settings: ModelSettings) -> str:
    """Both models, with a warning where their price is not known. Raises UsageError for what is wrong."""
    if not settings.provider:
        return NONE
    asyncio.run(_examine(settings))
    guessed = [settings.model(role) for role in Role if price_of(settings, role) is UNKNOWN]
    warning = f"; the price of {', '.join(guessed)} is not known and taken to be high" if guessed else ""
    return f"{settings.quick} and {settings.deep} at {settings.provider}{warning}"


async def _examine(settings: ModelSettings) -> None:
    async with open_client(settings, retries=0) as client:
        for role in Role:
            model = settings.model(role)
            try:
                async with asyncio.timeout(SECONDS):
                    await _examine_one(client, model)
            except failures() as error:
                outcome = of_error(error)
                # What the SDK lacks it says better itself, and before anything was sent.
                said = str(error) if outcome == NOT_SET_UP else SENTENCES[outcome]
                raise UsageError(
                    f"{model}: {said}",
                    hint="Look at the key and at MIGRATION_MODEL_PROVIDER, _QUICK and _DEEP: docs/operating.md.",
                ) from error


async def _examine_one(client: Client, model: str) -> None:
    """Anthropic's API describes its models. The clouds do not: there, tokens are counted, which costs nothing."""
    if hasattr(client, "models"):
        _expect_fit(await client.models.retrieve(model))
    else:
        await client.messages.count_tokens(model=model, messages=[{"role": "user", "content": "?"}])


def _expect_fit(info: ModelInfo) -> None:
    if info.lifecycle == "retired":
        raise UsageError(f"{info.id} is retired", hint="Set MIGRATION_MODEL_QUICK or MIGRATION_MODEL_DEEP.")
    capabilities = info.capabilities
    lacking = [name for name in NEEDED if capabilities and not getattr(capabilities, name).supported]
    if lacking:
        raise UsageError(
            f"{info.id} does not support {', '.join(lacking)}",
            hint="Choose a newer model: docs/operating.md.",
        )
