"""What the service keeps, on SQLite or PostgreSQL: deliveries, reviews, reports, approvals, the audit trail."""

from bot.store.database import Store, open_store

__all__ = ["Store", "open_store"]
