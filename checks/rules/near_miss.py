"""A file or marker that looks like a migration's but that the tool passes over.

## What it does

Flags what the tool will read otherwise than its author meant: a marker that is indented or misspelled, a file name that
the tool does not recognise.

## Why it matters

The tool says nothing: the file is never applied, or the down part runs as part of the up.

## Bad

```sql
-- change: 0002_emails.sql
-- migrate:up
CREATE TABLE emails (id bigint PRIMARY KEY);
  -- migrate:down
DROP TABLE emails;
```

## Good

```sql
-- change: 0002_emails.sql
-- migrate:up
CREATE TABLE emails (id bigint PRIMARY KEY);

-- migrate:down
DROP TABLE emails;
```

## When it is fine

When the file is not meant to be a migration: then keep it in another folder, or name it under `ignore` in the
configuration.

## References

- [dbmate: Creating Migrations](https://github.com/amacneil/dbmate#creating-migrations)
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
