"""Asking a model: one question, one structured answer, within a time and a price. No failure of a model raises."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.model import Model
from bot.summary import outcomes
from bot.summary.ledger import Ledger
from bot.summary.model import Usage
from bot.summary.prices import Price, dollars, price_of
from bot.summary.providers import failures, open_client
from bot.summary.question import Question
from bot.summary.settings import ModelSettings, Role
from checks.errors import UsageError

if TYPE_CHECKING:
    from anthropic.types import Message

    from bot.summary.providers import Client

log = logging.getLogger(__name__)
Value = TypeVar("Value", bound=Model)

MOST_INPUT = 100_000
"""Tokens of one question. Haiku costs five times as much beyond."""
COUNT_SECONDS = 5.0
CHARACTERS_PER_TOKEN = 2
"""Fewer than our texts have: what is counted with it is too much rather than too little."""


@dataclass(frozen=True)
class Answer(Generic[Value]):
    value: Value | None
    usage: Usage
    problem: str = ""
    """Why there is no value, as a sentence for people; it quotes nobody."""

    @property
    def is_hopeless(self) -> bool:
        """Whether another model would not be reached, or may not be asked, either."""
        return self.usage.outcome in outcomes.HOPELESS


class Models:
    """The models during one summary. ``calls`` holds every call that was made, also those that gave nothing."""

    def __init__(self, settings: ModelSettings, ledger: Ledger):
        self.settings = settings
        self.calls: list[Usage] = []
        self._ledger = ledger
        self._ends = time.monotonic() + settings.seconds

    def ask(self, role: Role, system: str, user: str, schema: type[Value], purpose: str) -> Answer[Value]:
        """What the model of ``role`` answers, as a ``schema``; ``purpose`` is a word for the bill.

        ``system`` should be the same for every question of its kind: the provider's cache keeps it. The same
        question to the same model is paid once: an answer that is remembered costs nothing. Must not be called
        where an event loop runs.
        """
        question = Question(self.settings.model(role), role, system, user, schema)
        call = Usage(model=question.model, purpose=purpose)
        try:
            usage, text = self._answer(question, call)
        except UsageError as error:
            usage, text = _ended(call, outcomes.NOT_SET_UP), ""
            log.warning("no model is asked: %s", error)
        self.calls.append(usage)
        if usage.outcome in (outcomes.ANSWERED, outcomes.REMEMBERED):
            return Answer(schema.model_validate_json(text), usage)
        return Answer(None, usage, outcomes.SENTENCES[usage.outcome])

    def _answer(self, question: Question, call: Usage) -> tuple[Usage, str]:
        if remembered := self._ledger.remembered(question.key):
            return _ended(call, outcomes.REMEMBERED), remembered
        return asyncio.run(self._paid(question, call))

    async def _paid(self, question: Question, call: Usage) -> tuple[Usage, str]:
        """Count, put the money aside, ask, and write down what it cost, however it ends."""
        price = price_of(self.settings, question.role)
        seconds = self._seconds()
        end = asyncio.get_running_loop().time() + seconds
        async with open_client(self.settings) as client:
            call = _tokens(call, price, input=await _count(client, question, seconds))
            if call.input_tokens > MOST_INPUT:
                return _ended(_tokens(call, price), outcomes.TOO_LONG), ""
            most = _tokens(call, price, input=call.input_tokens, output=question.most_output)
            if refusal := self._ledger.reserve(question.key, most):
                log.warning("no model is asked: %s", refusal)
                return _ended(_tokens(call, price), outcomes.NO_MONEY), ""
            usage, text = await _asked(client, question, call, price, end)
        if usage.outcome == outcomes.ANSWERED and not question.is_answered_by(text):
            usage = _ended(usage, outcomes.INVALID)
        self._ledger.settle(question.key, usage, text if usage.outcome == outcomes.ANSWERED else "")
        return usage, text

    def _seconds(self) -> float:
        """Half of what is left, so that there is always time for the model behind this one."""
        return max(0.0, self._ends - time.monotonic()) / 2


async def _count(client: Client, question: Question, seconds: float) -> int:
    """The provider's count; where it gives none, our own, which is too much rather than too little."""
    try:
        async with asyncio.timeout(min(COUNT_SECONDS, seconds)):
            return (await client.messages.count_tokens(**question.counted)).input_tokens
    except failures() as error:
        log.info("tokens are not counted by the provider: %s", type(error).__name__)
        return question.characters // CHARACTERS_PER_TOKEN


async def _asked(
    client: Client, question: Question, call: Usage, price: Price, end: float
) -> tuple[Usage, str]:
    try:
        async with asyncio.timeout_at(end):
            message = await client.messages.create(**question.asked)
    except failures() as error:
        outcome = outcomes.of_error(error)
        log.warning("%s for %s: %s (%s)", call.model, call.purpose, outcome, type(error).__name__)
        return _ended(call if outcome in outcomes.PERHAPS_BILLED else _tokens(call, price), outcome), ""
    return _billed(call, price, message), _text(message)


def _billed(call: Usage, price: Price, message: Message) -> Usage:
    said = message.usage
    usage = _tokens(
        call,
        price,
        input=said.input_tokens,
        output=said.output_tokens,
        read=said.cache_read_input_tokens or 0,
        write=said.cache_creation_input_tokens or 0,
    )
    return _ended(usage, outcomes.of_message(message))


def _text(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def _tokens(
    call: Usage, price: Price, *, input: int = 0, output: int = 0, read: int = 0, write: int = 0
) -> Usage:
    usage = call.model_copy(
        update={
            "input_tokens": input,
            "output_tokens": output,
            "cache_read_tokens": read,
            "cache_write_tokens": write,
        }
    )
    return usage.model_copy(update={"dollars": dollars(price, usage)})


def _ended(usage: Usage, outcome: str) -> Usage:
    return usage.model_copy(update={"outcome": outcome})
