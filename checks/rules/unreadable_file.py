"""A migration that is no text that PostgreSQL takes.

## What it does

Flags a migration file that is not UTF-8, holds a NUL byte, is too large to review, or cannot be read as its tool
writes it.

## Why it matters

Nothing in it could be looked at, and the tool may fail on it in the middle of a deployment.

## When it is fine

Never; data that is large belongs outside of migrations.

## References

- [Character set support](https://www.postgresql.org/docs/current/multibyte.html)
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
