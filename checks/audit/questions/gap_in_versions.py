"""Is there a number missing between the versions?

Only asked where versions are counted (1, 2, 3), not where they are times. A missing file may have been applied to
production before it was deleted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_file
from checks.model.findings import Severity
from checks.model.migrations import History

_LONGEST_NUMBER = 6
"""Digits; a longer version is a date or a time."""


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for history in subject.histories:
        numbers = _numbers(history)
        for before, after in itertools.pairwise(numbers):
            if after[0] > before[0] + 1:
                yield about_file(__name__, Severity.INFO, after[1], _message(before[0], after[0]))


def _numbers(history: History) -> Sequence[tuple[int, str]]:
    """The versions in order, with their files; nothing when they are not counted one by one."""
    versions = [(one.version, one.path) for one in history.migrations if not one.repeatable]
    if not all(
        version.isdecimal() and len(version.lstrip("0")) <= _LONGEST_NUMBER for version, _ in versions
    ):
        return ()
    numbers = sorted({int(version): path for version, path in versions}.items())
    steps = [after[0] - before[0] for before, after in itertools.pairwise(numbers)]
    return numbers if 2 * steps.count(1) > len(steps) else ()


def _message(before: int, after: int) -> str:
    missing = f"{before + 1}" if after == before + 2 else f"{before + 1} to {after - 1}"
    return f"There is no migration {missing} between {before} and {after}."
