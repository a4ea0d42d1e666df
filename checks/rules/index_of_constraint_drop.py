"""DROP INDEX of an index that belongs to a constraint.

## What it does

Flags DROP INDEX that PostgreSQL refuses because a primary key, a unique or an exclusion constraint needs the index.

## Why it matters

The migration stops here. The index goes together with its constraint.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text CONSTRAINT users_email_key UNIQUE);
```

## Bad

```sql
DROP INDEX users_email_key;
```

## Good

```sql
ALTER TABLE users DROP CONSTRAINT users_email_key;
```

## When it is fine

Never: it does not run.

## References

- [DROP INDEX](https://www.postgresql.org/docs/current/sql-dropindex.html)
- [Dependency tracking](https://www.postgresql.org/docs/current/ddl-depend.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import DropIndex
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import code, quoted, short

SEVERITY = Severity.ERROR
ABOUT = (DropIndex,)
_REFUSED = "2BP01"
"""dependent_objects_still_exist (PostgreSQL docs, appendix A)."""


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        error = run.observation.error
        for drop in run.each(DropIndex) if error is not None and error.sqlstate == _REFUSED else ():
            name = drop.relation if "." in drop.relation else f"public.{drop.relation}"
            index = run.step.before.index(name)
            if index is not None and index.constraint is not None:
                drop_it = code(
                    f"ALTER TABLE {quoted(short(index.table))} DROP CONSTRAINT {quoted(index.constraint)}"
                )
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"PostgreSQL refuses it: the index belongs to the constraint `{index.constraint}` of `{short(index.table)}`. If the "
                    f"constraint shall go too: {drop_it}",
                )
                break
