"""Is there a table without a primary key?

Logical replication refuses its UPDATEs and DELETEs, rows cannot be told apart, and batches have nothing to go by.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_schema
from checks.model.findings import Severity
from checks.rules.wording import short


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for table in sorted(subject.own_tables):
        if not any(one.kind == "primary key" for one in subject.catalog.constraints(table)):
            yield about_schema(
                __name__,
                Severity.WARNING,
                table,
                f"`{short(table)}` has no primary key: logical replication refuses its UPDATEs and DELETEs.",
            )
