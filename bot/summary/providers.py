"""The SDK's client for where the models are: Anthropic's API, Amazon Bedrock, Google Cloud's Vertex AI."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.summary.settings import ModelSettings
from checks.errors import UsageError

if TYPE_CHECKING:
    import anthropic

    Client = anthropic.AsyncAnthropic | anthropic.AsyncAnthropicBedrockMantle | anthropic.AsyncAnthropicVertex

RETRIES = 2
"""By the SDK, of 408, 409, 429, 5xx and lost connections; it waits as long as ``retry-after`` says."""


def open_client(settings: ModelSettings, *, retries: int = RETRIES) -> Client:
    """Keys, regions and addresses come from the variables that the SDK itself reads.

    Raises UsageError when one is missing, or the SDK, or what it needs for this cloud.
    """
    try:
        import anthropic

        match settings.provider:
            case "bedrock":
                return anthropic.AsyncAnthropicBedrockMantle(max_retries=retries)
            case "vertex":
                return anthropic.AsyncAnthropicVertex(max_retries=retries)
            case _:
                key = settings.key.get_secret_value() if settings.key else None
                return anthropic.AsyncAnthropic(api_key=key, max_retries=retries)
    except ImportError as error:
        raise UsageError(
            f"a model cannot be asked: {error.name} is not installed here",
            hint="Install the package with its extra: pip install '.[summary]', '.[bedrock]' or '.[vertex]'.",
        ) from error
    except (ValueError, anthropic.AnthropicError) as error:
        raise UsageError(
            f"a model cannot be asked: {error}", hint="See docs/operating.md, The summary."
        ) from error


def failures() -> tuple[type[Exception], ...]:
    """All that a call may raise: the SDK's errors, those of its transport, and those of a cloud's sign-in."""
    import anthropic
    import httpx2

    found: list[type[Exception]] = [TimeoutError, anthropic.AnthropicError, httpx2.HTTPError, OSError]
    # The SDK's own: for an answer that is no JSON, a key that is missing, a cloud's library that is not installed.
    found += [ValueError, TypeError, RuntimeError, ImportError]
    signing = (("botocore.exceptions", "BotoCoreError"), ("google.auth.exceptions", "GoogleAuthError"))
    found += [getattr(sys.modules[module], name) for module, name in signing if module in sys.modules]
    return tuple(found)
