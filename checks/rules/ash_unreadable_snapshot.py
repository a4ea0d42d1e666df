"""A resource snapshot of Ash that cannot be read.

## What it does

Flags files below `priv/resource_snapshots` that are the newest of their table and no snapshot: no JSON, no text, or JSON
of another shape.

## Why it matters

`mix ash.codegen` stops at it with an Elixir error, or takes the table for a new one. It is not compared with the schema
either.

## When it is fine

Never.

## References

- [AshPostgres: migrations and tasks](https://hexdocs.pm/ash_postgres/migrations-and-tasks.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found_in_file
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.SNAPSHOTS,)


def check(review: Review) -> Iterator[Finding]:
    for problem in review.snapshots.problems if review.snapshots else ():
        message = f"The file {problem.message}"
        yield found_in_file(__name__, SEVERITY, problem.path, message, line=problem.line)
