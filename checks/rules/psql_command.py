"""A command of psql in a migration.

## What it does

Flags a line that begins with a backslash (`\\copy`, `\\i`, `\\set`), which psql carries out itself and the server
does not know.

## Why it matters

A tool that sends the file to the server fails on it. One that calls psql runs it with the deployment's rights on the
machine: `\\copy … from program` and `\\!` start a shell. It is never carried out here.

## When it is fine

With a tool that calls psql, for commands such as `\\set ON_ERROR_STOP on` that only steer psql itself.

## References

- [psql: Meta-Commands](https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-META-COMMANDS)
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
