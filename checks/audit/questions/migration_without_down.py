"""Is there a migration without a way back, although the tool knows one?"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_file
from checks.model.findings import Severity


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for history, migration in subject.migrations():
        has_way_back = migration.down is not None and migration.down.statements
        if history.has_downs and not (
            has_way_back or migration.irreversible or migration.opaque or migration.repeatable
        ):
            yield about_file(
                __name__, Severity.INFO, migration.path, f"Migration {migration.version} has no down script."
            )
