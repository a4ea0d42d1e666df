"""How long things are kept, and how they are deleted at once."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bot.store.database import Store, now
from bot.store.tables import (
    OF_A_REPOSITORY,
    deliveries,
    model_answers,
    model_calls,
    pull_requests,
    reports,
    reviews,
    summaries,
)


def forget(store: Store, repository: str) -> int:
    """Delete all that is known of a repository: the number of rows."""
    with store.engine.begin() as connection:
        done = [
            connection.execute(sa.delete(table).where(table.c.repository == repository))
            for table in OF_A_REPOSITORY
        ]
    return sum(one.rowcount for one in done)


def expire(store: Store, days: int) -> int:
    """Delete what is older than ``days`` days: the number of rows.

    Reports of open pull requests stay, and so do approvals and the audit trail: they go with ``forget``.
    """
    before = now() - timedelta(days=days)
    is_open = sa.exists().where(
        pull_requests.c.repository == reports.c.repository,
        pull_requests.c.number == reports.c.number,
        pull_requests.c.open,
    )
    has_report = sa.exists().where(reports.c.id == summaries.c.id)
    statements = (
        sa.delete(deliveries).where(deliveries.c.handled_at < before),
        sa.delete(reports).where(reports.c.made_at < before, ~is_open),
        sa.delete(summaries).where(summaries.c.made_at < before, ~has_report),
        sa.delete(model_answers).where(model_answers.c.made_at < before),
        sa.delete(model_calls).where(model_calls.c.at < before),
        sa.delete(reviews).where(reviews.c.finished_at < before),
    )
    with store.engine.begin() as connection:
        return sum(connection.execute(statement).rowcount for statement in statements)
