"""Is there a version that several files claim?

Tools apply one of them, or refuse; which one can differ from machine to machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_file
from checks.model.findings import Severity
from checks.rules.wording import listed


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for change in subject.standing:
        for version, paths in change.duplicates:
            yield about_file(
                __name__,
                Severity.ERROR,
                paths[-1],
                f"Version {version} is claimed by {listed(paths)}.",
            )
