"""One folder that two migration tools would read.

## What it does

Flags a folder in which files of one tool lie among the migrations of another.

## Why it matters

Each tool applies what it recognises and passes over the rest, so part of the schema depends on which of them ran.

## When it is fine

While a project moves from one tool to the other; name the folder's tool in the configuration (`folders`) then.

## References

- [The configuration](../configuration.md)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.problems import problems
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.WARNING
ABOUT = (Topic.PROBLEMS,)


def check(review: Review) -> Iterator[Finding]:
    return problems(__name__, SEVERITY, review)
