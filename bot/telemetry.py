"""Logs as JSON, one object a line, and metrics for Prometheus."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from prometheus_client import Counter, Gauge, Histogram

from bot.publish.escape import visible
from bot.summary.model import Summary

DELIVERIES = Counter("migration_deliveries", "Webhook deliveries by answer", ["event", "status"])
HANDLED = Counter("migration_events", "Deliveries acted upon", ["event", "outcome"])
ANSWER = Histogram(
    "migration_delivery_seconds",
    "From the first byte of a delivery to its answer",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10),
)
WAITING = Gauge("migration_deliveries_waiting", "Deliveries that nobody has acted upon yet")
REVIEWS = Gauge("migration_reviews", "Reviews that are kept, by state", ["state"])

SUMMARIES = Counter("migration_summaries", "Summaries by who wrote them", ["written_by"])
MODEL_CALLS = Counter("migration_model_calls", "Calls of a model", ["model", "purpose", "outcome"])
MODEL_TOKENS = Counter("migration_model_tokens", "Tokens of models", ["model", "kind"])
MODEL_DOLLARS = Counter(
    "migration_model_dollars", "What calls of a model cost, by the price table", ["model"]
)

_about: ContextVar[dict[str, str] | None] = ContextVar("about", default=None)


@contextmanager
def about(**fields: str) -> Iterator[None]:
    """Fields of every line that is logged meanwhile."""
    token = _about.set({**(_about.get() or {}), **fields})
    try:
        yield
    finally:
        _about.reset(token)


def count_summary(summary: Summary) -> None:
    SUMMARIES.labels(summary.written_by).inc()
    for call in summary.usage:
        MODEL_CALLS.labels(call.model, call.purpose, call.outcome).inc()
        MODEL_DOLLARS.labels(call.model).inc(call.dollars)
        for kind in ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"):
            MODEL_TOKENS.labels(call.model, kind.removesuffix("_tokens")).inc(getattr(call, kind))


class JsonLines(logging.Formatter):
    """What strangers wrote stays inside its string: JSON escapes line ends and control characters."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": visible(record.getMessage()),
            **(_about.get() or {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


def log_as_json(level: str = "INFO") -> None:
    """To standard error, for everything in this process: also what uvicorn and DBOS say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.getLevelNamesMapping()[level]
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "dbos"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    for name in (
        "anthropic",
        "httpx",
        "httpx2",
        "httpcore",
        "githubkit",
        "uvicorn.access",
    ):  # URLs and headers are nobody's business
        logging.getLogger(name).setLevel(logging.WARNING)
