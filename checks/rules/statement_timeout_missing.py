"""A migration that may run without end.

## What it does

Notes, once per migration, a statement that takes the longer, the more rows a live table has, without a
`statement_timeout`.

## Why it matters

It holds its locks for as long as it runs. A limit ends it before the application stands still for an hour.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users SELECT n, 'user' || n FROM generate_series(1, 100) n;
```

## Bad

```sql
CREATE INDEX users_email ON users (email);
```

## Good

```sql
SET LOCAL statement_timeout = '5min';
CREATE INDEX users_email ON users (email);
```

## When it is fine

For CREATE INDEX CONCURRENTLY, which stops nobody (not flagged).

## References

- [statement_timeout](https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.findings import found
from checks.rules.objects import SetParameter
from checks.rules.review import Review, Run
from checks.rules.topics import Topic
from checks.rules.wording import said_by_tool

SEVERITY = Severity.INFO
ABOUT = (Topic.WORK,)
PRESET = "strict"
_NAME = "statement_timeout"


def check(review: Review) -> Iterator[Finding]:
    told = set()
    for run in review.runs:
        if run.step.id not in told and run.is_slow and run.live_locks(LockMode.SHARE) and not _has_limit(run):
            told.add(run.step.id)
            local = "LOCAL " if run.observation.transaction is not None else ""
            yield found(
                __name__,
                SEVERITY,
                run,
                f"Nothing ends it when it takes too long. First: {said_by_tool(run, f'SET {local}{_NAME} = ' + repr('5min'))}",
            )


def _has_limit(run: Run) -> bool:
    if run.review.settings.parameters.get(_NAME, "0") not in ("0", ""):
        return True
    earlier = [other for other in run.review.runs if other.step is run.step and other.position < run.position]
    return any(
        one.relation == _NAME and one.value not in ("0", "")
        for other in earlier
        for one in other.each(SetParameter)
    )
