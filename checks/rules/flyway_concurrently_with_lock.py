"""An index built CONCURRENTLY while Flyway holds its own lock in a transaction.

## What it does

Flags CREATE INDEX CONCURRENTLY and REINDEX CONCURRENTLY in a migration that Flyway runs outside of a transaction, where nothing
in the repository turns off Flyway's transactional lock.

## Why it matters

Flyway holds its lock in a transaction of a second connection, and CONCURRENTLY waits for all transactions that were there
before it. Neither gives way: the deployment hangs for ever.

## Bad

```text
V2__users_email.sql:  CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
flyway.conf:          flyway.locations=filesystem:sql
```

## Good

```text
V2__users_email.sql:  CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
flyway.conf:          flyway.postgresql.transactional.lock=false
```

## When it is fine

With Flyway before 9.1.2, or where the setting is made outside of the repository: `FLYWAY_POSTGRESQL_TRANSACTIONAL_LOCK=false`,
an option of the command. A version and a setting in files of the build (Gradle, Maven, Docker, workflows, Java) are seen. DROP INDEX CONCURRENTLY does not wait for that transaction.

## References

- [flyway/flyway#3508: hanging for ever on concurrent index creation](https://github.com/flyway/flyway/issues/3508)
- [CREATE INDEX: Building Indexes Concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
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
