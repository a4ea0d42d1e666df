"""A migration of the base under another version or name.

## What it does

Flags a migration with the same content as one of the base and another version or file name.

## Why it matters

Tools know a migration by its version (some by its name). To a database that has applied the old one this is a new
migration: it runs again, and fails or does its work twice.

## Bad

```sql
-- base: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY);
-- change: 0005_users.sql (was 0001_users.sql)
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Good

```sql
-- base: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY);
-- change: 0005_accounts.sql
CREATE TABLE accounts (id bigint PRIMARY KEY);
```

## When it is fine

When no database outside of its author's machine has applied it.

## References

- [Flyway: Validate](https://documentation.red-gate.com/fd/validate-277578899.html)
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
    for changed in review.change.migrations:
        before, migration = changed.before, changed.migration
        if changed.kind is ChangeKind.RENAMED and before is not None and not migration.repeatable:
            again = before.version != migration.version
            yield found_in_file(
                __name__,
                Severity.ERROR if again else SEVERITY,
                migration.path,
                f"Was {before.path} on the base. "
                + (
                    f"Databases that have applied version {before.version} take {migration.version} for a new migration and run "
                    "it again. "
                    if again
                    else "Tools that record the file name take it for another migration. "
                )
                + "Give it its old name back.",
            )
