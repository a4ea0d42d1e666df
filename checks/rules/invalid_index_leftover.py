"""A concurrent index build whose failure can leave, or has left, an INVALID index.

## What it does

Flags CREATE INDEX CONCURRENTLY that failed here and left its invalid index behind, and
CREATE INDEX CONCURRENTLY IF NOT EXISTS, which takes such a leftover for the index.

## Why it matters

A concurrent build that fails (duplicates, a deadlock, a cancelled session) leaves an index that every write
maintains and no query uses. The second attempt with IF NOT EXISTS skips it with a notice and the
migration counts as done: a unique index is then missing without anybody knowing.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Bad

```sql
-- migration 1, outside a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email);
```

## Good

```sql
-- migration 1, outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
```

## When it is fine

If somebody looks at `pg_index.indisvalid` after every deployment.

## References

- [CREATE INDEX: Building Indexes Concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from checks.model.findings import Certainty, Finding, Severity
from checks.model.migrations import TransactionMode
from checks.rules.actions import CreateIndex, DropIndex
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.wording import code, quoted, short

SEVERITY = Severity.INFO
ABOUT = (CreateIndex,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for index in run.each(CreateIndex):
            if not index.concurrently or not index.name or not run.is_live(index.relation):
                continue
            clean = code(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(index.name)}")
            left = _invalid(run, index)
            if left is not None:
                yield found(
                    __name__,
                    Severity.ERROR,
                    run,
                    f"Leaves the invalid index `{short(left)}` on `{short(run.locate(index.relation))}`: writes maintain it, "
                    f"no query uses it. Before the next attempt: {clean}",
                )
            elif index.if_not_exists and not _dropped_before(run, index.name):
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    "If the build fails, it leaves an invalid index, and the next attempt takes that for the index because of "
                    f"IF NOT EXISTS. Instead, {_before(run)} and without IF NOT EXISTS: {clean}",
                    certainty=Certainty.STATIC,
                )


def _invalid(run: Run, index: CreateIndex) -> str | None:
    """The invalid index of that name that is there when the migration has ended."""
    left = (other for other in run.step.after.indexes(run.locate(index.relation)) if not other.valid)
    return next((other.name for other in left if other.name.rpartition(".")[2] == index.name), None)


def _before(run: Run) -> str:
    """A second statement in a script that is sent as one query would put both into a transaction."""
    script = run.step.migration.up
    alone = script is not None and script.transaction is TransactionMode.SINGLE_QUERY
    return "in a migration of its own before it" if alone else "before it"


def _dropped_before(run: Run, name: str) -> bool:
    """Whether the change itself clears away what an earlier attempt may have left."""
    return any(
        drop.relation.rpartition(".")[2] == name
        for other in takewhile(lambda other: other is not run, run.review.runs)
        for drop in other.each(DropIndex)
    )
