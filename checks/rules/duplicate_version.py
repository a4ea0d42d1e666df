"""Two migrations with one version.

## What it does

Flags a version that more than one file claims, when one of the files is new or changed.

## Why it matters

Tools record versions: of two files with the same one they apply only one, or refuse to start. It happens when two
branches count up from the same number.

## Bad

```sql
-- base: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY);
-- change: 0001_emails.sql
CREATE TABLE emails (id bigint PRIMARY KEY);
```

## Good

```sql
-- base: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY);
-- change: 0002_emails.sql
CREATE TABLE emails (id bigint PRIMARY KEY);
```

## When it is fine

Never.

## References

- [Flyway: Versioned migrations](https://documentation.red-gate.com/fd/versioned-migrations-273973333.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.migrations import ChangeKind
from checks.rules.findings import found_in_file
from checks.rules.review import Review
from checks.rules.topics import Topic
from checks.rules.wording import listed

SEVERITY = Severity.ERROR
ABOUT = (Topic.CHANGES,)


def check(review: Review) -> Iterator[Finding]:
    present = [changed for changed in review.change.migrations if changed.kind is not ChangeKind.DELETED]
    changed_paths = {changed.migration.path for changed in present}
    for version, paths in review.change.duplicates:
        new = [path for path in paths if path in changed_paths]
        if new:
            others = [path for path in paths if path != new[-1]]
            yield found_in_file(
                __name__,
                SEVERITY,
                new[-1],
                f"Version {version} is taken by {listed(others)} too: the tool applies one of them, or refuses to start. "
                "Give this one a new version.",
            )
