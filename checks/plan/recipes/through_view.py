"""A table that is known by two names, or has a column under two names, for a while: a simple view stands in for it.

PostgreSQL lets INSERT, UPDATE, DELETE and ON CONFLICT pass through such a view (CREATE VIEW, "Updatable Views").
"""

from __future__ import annotations

from checks.plan.statement import Part

NOTE = (
    "Give the view what the table grants. Until it is gone COPY, TRUNCATE, LOCK TABLE and ALTER TABLE do not work under "
    "that name."
)
OWN_RIGHTS = " Row level security is then that of the view's owner: use another way where a policy matters."


def as_the_caller(part: Part) -> str:
    """The view is read with the rights of who reads it, where the version has that."""
    return " WITH (security_invoker)" if part.postgres >= 15 else ""


def note(part: Part) -> str:
    return NOTE if part.postgres >= 15 else NOTE + OWN_RIGHTS
