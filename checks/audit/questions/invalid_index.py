"""Is there an index that PostgreSQL does not use?

A CREATE INDEX CONCURRENTLY that failed leaves one behind: every write maintains it, no query reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_schema, sql_name
from checks.model.findings import Severity


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for index in subject.indexes():
        if not index.valid:
            yield about_schema(
                __name__,
                Severity.ERROR,
                index.name,
                f"The index `{index.name}` is invalid: it costs every write and serves no query.",
                f"REINDEX INDEX CONCURRENTLY {sql_name(index.name)}",
            )
