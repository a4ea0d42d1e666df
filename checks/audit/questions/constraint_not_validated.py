"""Is there a constraint that was never checked against the rows that were there?

NOT VALID is half of a rollout. Until VALIDATE CONSTRAINT old rows may break it, and the planner does not trust it.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_schema, sql_name
from checks.model.findings import Severity
from checks.rules.wording import quoted, short


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for table in sorted(subject.own_tables):
        for constraint in subject.catalog.constraints(table):
            if not constraint.valid and constraint.enforced:
                yield about_schema(
                    __name__,
                    Severity.WARNING,
                    f"{table}.{constraint.name}",
                    f"`{constraint.name}` of `{short(table)}` is NOT VALID: rows that were there before it may break it.",
                    f"ALTER TABLE {sql_name(table)} VALIDATE CONSTRAINT {quoted(constraint.name)}",
                )
