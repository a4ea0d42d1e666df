"""Is there a migration that the tool applies after one with a higher version?

Databases that were made at different times may have applied them in different orders.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_file
from checks.model.findings import Severity


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for history in subject.histories:
        highest: tuple[int, str] | None = None
        for migration in history.migrations:
            if migration.repeatable or not migration.version.isdecimal():
                continue
            number = int(migration.version)
            if highest is not None and number < highest[0]:
                message = f"Version {migration.version} is applied after {highest[1]}."
                yield about_file(__name__, Severity.WARNING, migration.path, message)
            else:
                highest = (number, migration.version)
