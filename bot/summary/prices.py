"""What a call costs. Prices are in dollars for a million tokens.

Source: the models' pages on platform.claude.com, as of 2026-11-28 (claude-haiku-5-5, released 2026-10-07;
claude-sonnet-5-5, with the cache reads of 2026-10-07). Bedrock and Vertex may ask more: the price is a setting.
"""

from __future__ import annotations

import re

from bot.model import Model
from bot.summary.model import Usage
from bot.summary.settings import ModelSettings, Role
from checks.errors import UsageError

MILLION = 1_000_000
_GIVEN = re.compile(r"(\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)")


class Price(Model):
    input: float
    output: float
    cache_write: float
    """Kept for five minutes."""
    cache_read: float
    long_prompt: int | None = None
    """From more tokens of input than this on, cached ones counted, everything costs ``long_factor`` times as much."""
    long_factor: float = 1


HAIKU = Price(input=0.10, output=0.50, cache_write=0.125, cache_read=0.01, long_prompt=100_000, long_factor=5)
SONNET = Price(input=2, output=10, cache_write=2.5, cache_read=0.1)
KNOWN = {"haiku-5-5": HAIKU, "sonnet-5-5": SONNET}
"""By what the id holds: the clouds put their own words around it."""
UNKNOWN = Price(input=10, output=50, cache_write=12.5, cache_read=1)
"""The dearest of the family (claude-fable-5-1): a limit that is reached too soon harms less than one that is not."""


def price_of(settings: ModelSettings, role: Role) -> Price:
    """Raises UsageError for a price that cannot be read."""
    given = settings.quick_price if role is Role.QUICK else settings.deep_price
    if given:
        return _read(given, role)
    model = settings.model(role)
    return next((price for name, price in KNOWN.items() if name in model), UNKNOWN)


def dollars(price: Price, usage: Usage) -> float:
    prompt = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    factor = price.long_factor if price.long_prompt is not None and prompt > price.long_prompt else 1
    tokens = (
        usage.input_tokens * price.input
        + usage.cache_read_tokens * price.cache_read
        + usage.cache_write_tokens * price.cache_write
        + usage.output_tokens * price.output
    )
    return factor * tokens / MILLION


def _read(given: str, role: Role) -> Price:
    found = _GIVEN.fullmatch(given.replace(" ", ""))
    if not found:
        raise UsageError(
            f"MIGRATION_MODEL_{role.name}_PRICE: {given!r} is no price",
            hint="Dollars for a million tokens of input and of output: 2/10.",
        )
    input, output = float(found[1]), float(found[2])
    # What the cache costs follows from the input's price on all of Anthropic's price lists.
    return Price(input=input, output=output, cache_write=1.25 * input, cache_read=0.1 * input)
