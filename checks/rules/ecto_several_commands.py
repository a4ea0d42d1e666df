"""Several commands in one `execute`.

## What it does

Flags an `execute` whose string holds more than one command.

## Why it matters

Ecto sends each `execute` as a prepared statement, and PostgreSQL takes only one command in it (SQLSTATE 42601): the
deployment stops here. Where the commands are run for this report, they are run one by one.

## Bad

```elixir
execute "UPDATE a SET x = 1; UPDATE b SET x = 1", ""
```

## Good

```elixir
execute "UPDATE a SET x = 1", ""
execute "UPDATE b SET x = 1", ""
```

## When it is fine

Never: it does not run.

## References

- [PostgreSQL: Extended Query](https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY)
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
