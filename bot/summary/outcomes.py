"""What came of a call, in one word for the metrics and one sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anthropic.types import Message

ANSWERED, REMEMBERED = "answered", "remembered"
NOT_SET_UP, NO_MONEY, TOO_LONG, TIMEOUT = "not_set_up", "no_money", "too_long", "timeout"
UNREACHABLE, UNAUTHORIZED, BAD_REQUEST = "unreachable", "unauthorized", "bad_request"
NO_MODEL, RATE_LIMIT, OVERLOADED, ERROR = "no_model", "rate_limit", "overloaded", "error"
INVALID = "invalid"
HOPELESS = frozenset({NOT_SET_UP, NO_MONEY, UNREACHABLE, UNAUTHORIZED})
"""Another model of the same provider would not answer either, or may not be asked."""

PERHAPS_BILLED = frozenset({TIMEOUT, UNREACHABLE, ERROR})
"""It broke off somewhere: what was sent is counted as if it had to be paid."""

SENTENCES = {
    NOT_SET_UP: "The service cannot ask a model as it is set up; `migration doctor` says what is missing.",
    NO_MONEY: "The limit for what models may cost is reached.",
    TIMEOUT: "The model did not answer in time.",
    TOO_LONG: "The report is too long for a model.",
    UNREACHABLE: "The model could not be reached.",
    UNAUTHORIZED: "The provider does not accept the service's key for this model.",
    BAD_REQUEST: "The provider refused the request.",
    NO_MODEL: "The provider does not know the model.",
    RATE_LIMIT: "The provider's rate limit is used up.",
    OVERLOADED: "The provider is overloaded.",
    ERROR: "The provider failed.",
    INVALID: "The answer was not of the form that was asked for.",
    "refusal": "The model refused to answer.",
    "max_tokens": "The answer was longer than allowed.",
    "model_context_window_exceeded": "The report does not fit into the model's context.",
}
"""None of them quotes the provider: what it says may repeat the text that was sent."""
_STATUSES = {400: BAD_REQUEST, 401: UNAUTHORIZED, 402: UNAUTHORIZED, 403: UNAUTHORIZED, 404: NO_MODEL}
_STATUSES |= {413: TOO_LONG, 429: RATE_LIMIT, 529: OVERLOADED}
_COMPLETE = ("end_turn", "stop_sequence")


def of_error(error: Exception) -> str:
    """What an exception of the SDK, or of its transport, means."""
    import anthropic

    if isinstance(error, (TimeoutError, anthropic.APITimeoutError)):
        return TIMEOUT
    if isinstance(error, anthropic.APIConnectionError):
        return UNREACHABLE
    if isinstance(error, anthropic.APIResponseValidationError):
        return INVALID
    if isinstance(error, anthropic.APIStatusError):
        return _STATUSES.get(error.status_code, ERROR)
    if isinstance(error, (TypeError, ImportError, RuntimeError)):
        return NOT_SET_UP  # no key, or the library of a cloud is not installed
    return ERROR


def of_message(message: Message) -> str:
    """``answered`` when the model said all that it wanted to say; else why it stopped."""
    reason = message.stop_reason or ERROR
    return ANSWERED if reason in _COMPLETE else reason if reason in SENTENCES else ERROR
