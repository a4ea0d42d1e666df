"""A summary without a model."""

from __future__ import annotations

from bot.summary.model import Sentence, Summary
from checks.model import Report


def template_summary(report: Report) -> Summary:
    return Summary(
        headline=Sentence(text=report.headline, rests_on=tuple(one.id for one in report.migrations))
    )
