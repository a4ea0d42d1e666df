"""A placeholder in a migration that has no value.

## What it does

Flags `${name}` for which the configuration of the tool gives no value.

## Why it matters

The tool refuses to start, or sends the placeholder as it stands. What runs in production cannot be run here.

## When it is fine

When the value is given on the command line at deployment: name one under `placeholders` in the configuration.

## References

- [Flyway: Placeholders](https://documentation.red-gate.com/fd/placeholders-277578986.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.problems import problems
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.PROBLEMS,)


def check(review: Review) -> Iterator[Finding]:
    return problems(__name__, SEVERITY, review)
