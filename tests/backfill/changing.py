"""Statements as ``row_change`` takes them, on tables that are only said to be there."""

from __future__ import annotations

from checks.backfill import Backfill, backfill, row_change
from checks.model.tables import Batching

TABLES = {
    "public.users": Batching(keys=(("id",), ("email",))),
    "public.posts": Batching(keys=(("user_id", "number"),)),
    "public.archive": Batching(),
    "app.users": Batching(keys=(("id",),)),
}


def batched(sql: str) -> Backfill:
    """Raises Refused."""
    return backfill(row_change(sql, TABLES))
