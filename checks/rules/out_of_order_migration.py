"""A new migration that sorts before one that the base already has.

## What it does

Flags an added migration whose version is lower than the newest one of the base. An error for tools that refuse or skip
such a version, a warning for the others.

## Why it matters

Databases apply it after the newer ones, new databases before them: the same files, two orders. Some tools refuse it, some
never apply it without a word.

## Bad

```sql
-- base: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY);
-- base: 0003_emails.sql
CREATE TABLE emails (id bigint PRIMARY KEY);
-- change: 0002_accounts.sql
CREATE TABLE accounts (id bigint PRIMARY KEY);
```

## Good

```sql
-- base: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY);
-- base: 0003_emails.sql
CREATE TABLE emails (id bigint PRIMARY KEY);
-- change: 0004_accounts.sql
CREATE TABLE accounts (id bigint PRIMARY KEY);
```

## When it is fine

When the tool applies whatever is missing and the migration touches nothing that the newer ones touch.

## References

- [goose: Hybrid versioning](https://github.com/pressly/goose#hybrid-versioning)
- [Flyway: Out Of Order](https://documentation.red-gate.com/fd/out-of-order-277579014.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.migrations import ChangeKind
from checks.rules.findings import found_in_file
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.WARNING
ABOUT = (Topic.CHANGES,)


def check(review: Review) -> Iterator[Finding]:
    history = review.change.head
    for changed in review.change.migrations:
        if changed.out_of_order and changed.kind is ChangeKind.ADDED:
            migration = changed.migration
            consequence = (
                f"{history.tool} refuses or skips it where that one is applied"
                if history.strict_order
                else "databases apply it in another order than new ones do"
            )
            yield found_in_file(
                __name__,
                Severity.ERROR if history.strict_order else SEVERITY,
                migration.path,
                f"Version {migration.version} is lower than one that the base already has: {consequence}. Give it a new version.",
            )
