"""A summary on the command line: nobody's database, one review's money."""

from __future__ import annotations

from typing import Literal

from bot.summary.client import Models
from bot.summary.ledger import OneReview
from bot.summary.model import Summary
from bot.summary.settings import read_model_settings
from bot.summary.write import summarise
from checks.model.report import Report


def local_summary(report: Report, wish: Literal["auto", "template", "off"]) -> Summary | None:
    """None when the repository wants none. Raises UsageError for a wrong setting of the models."""
    if wish == "off":
        return None
    settings = read_model_settings()
    asked = wish == "auto" and settings.provider
    return summarise(report, Models(settings, OneReview(settings.dollars_per_review)) if asked else None)
