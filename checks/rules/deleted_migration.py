"""A migration of the base that is gone.

## What it does

Flags migrations that the base has and the change removes; several of one folder are one finding.

## Why it matters

Databases that have applied it keep its effects, new databases never get them. Most tools then complain about an applied
migration that they cannot find, and its down is lost.

## Bad

```sql
-- base: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY);
-- base: 0002_emails.sql
CREATE TABLE emails (id bigint PRIMARY KEY);
-- change: 0002_emails.sql (deleted)
```

## Good

```sql
-- base: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY);
-- base: 0002_emails.sql
CREATE TABLE emails (id bigint PRIMARY KEY);
-- change: 0003_no_emails.sql
DROP TABLE emails;
```

## When it is fine

When a history is squashed into a baseline that every database has gone past.

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
from checks.rules.wording import listed

SEVERITY = Severity.WARNING
ABOUT = (Topic.CHANGES,)


def check(review: Review) -> Iterator[Finding]:
    gone = [changed.migration for changed in review.change.migrations if changed.kind is ChangeKind.DELETED]
    if gone:
        names = listed(migration.path for migration in gone)
        yield found_in_file(
            __name__,
            SEVERITY,
            gone[0].path,
            f"{names} {'are' if len(gone) > 1 else 'is'} gone, but databases that have applied "
            f"{'them' if len(gone) > 1 else 'it'} keep the effects. To undo something, add a new migration.",
        )
