"""The Report as it is published in JSON: with the prose about it, where there is some."""

from __future__ import annotations

from bot.summary.model import Summary
from checks.model.report import Report


class PublishedReport(Report):
    """What one validation found, and the summary of it."""

    summary: Summary | None = None
    """Prose about the report, and what it cost. No part of the verdict; absent where none was asked for."""


def published(report: Report, summary: Summary | None) -> PublishedReport:
    return PublishedReport.model_construct(
        **{name: getattr(report, name) for name in Report.model_fields}, summary=summary
    )
