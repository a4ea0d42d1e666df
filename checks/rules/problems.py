"""Problems that the reading of the files has found, as findings of the rules that are named like them."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found_in_file, rule_id
from checks.rules.review import Review


def problems(module: str, severity: Severity, review: Review) -> Iterator[Finding]:
    """The new ones of one kind: those of files that the change touches, and those that the base does not have."""
    change = review.change
    if not change.head.problems:
        return
    touched = {path for changed in change.migrations for path in changed.migration.files}
    known = {(problem.rule, problem.path, problem.message) for problem in change.base.problems}
    for problem in change.head.problems:
        is_new = (problem.rule, problem.path, problem.message) not in known
        if problem.rule == rule_id(module) and (is_new or problem.path in touched):
            yield found_in_file(module, severity, problem.path, problem.message, line=problem.line)
