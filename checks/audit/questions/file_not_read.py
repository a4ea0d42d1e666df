"""Is there a file that the tool skips, or that cannot be read as a migration?"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_file
from checks.model.findings import Severity


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for history in subject.histories:
        for problem in history.problems:
            if problem.rule != "duplicate-version":
                yield about_file(__name__, Severity.WARNING, problem.path, problem.message, problem.line)
        for migration in history.migrations:
            if migration.opaque:
                message = f"It cannot be run here, so what it does is not in this audit: {migration.opaque.rstrip('.')}."
                yield about_file(__name__, Severity.INFO, migration.path, message, migration.opaque_line)
