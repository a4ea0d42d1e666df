"""A foreign key whose columns have no index.

## What it does

Notes a new foreign key with ON DELETE CASCADE, SET NULL or SET DEFAULT when no index of the table begins with its
columns at the end of the change.

## Why it matters

PostgreSQL looks for the referring rows at each DELETE, and each change of the key, of a referenced row. Without an
index it reads the whole table for every one of them.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);
```

## Good

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX orders_user_id ON orders (user_id);
```

## When it is fine

When the referenced rows are never deleted, or the table stays small.

## References

- [Foreign keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Catalog, Constraint
from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import AddConstraint
from checks.rules.findings import found
from checks.rules.objects_between import at_the_end, is_new_migration
from checks.rules.review import Review, Run
from checks.rules.wording import code, columns, listed, outside_transaction, quoted, short

SEVERITY = Severity.INFO
ABOUT = ("foreign key",)
_DELETES = ("ON DELETE CASCADE", "ON DELETE SET")


def check(review: Review) -> Iterator[Finding]:
    last = at_the_end(review)
    for run in review.runs:
        keys = [key for added in run.each(AddConstraint) for key in _bare(run, added, last)]
        if keys:
            yield found(__name__, SEVERITY, run, _message(run, keys[0]), certainty=Certainty.DERIVED)


def _bare(run: Run, added: AddConstraint, last: Catalog) -> Iterator[Constraint]:
    """The foreign key as it is in the end, when nothing makes it quick to look for its rows."""
    if added.kind != "foreign key" or run.failed or not is_new_migration(run):
        return
    for key in last.constraints(run.locate(added.relation)):
        same = key.kind == "foreign key" and key.columns == added.columns
        if same and any(word in key.definition for word in _DELETES) and not _has_index(last, key):
            yield key


def _has_index(last: Catalog, key: Constraint) -> bool:
    """Whether an index leads to the rows: by all columns of the key, or by one that tells the referenced rows apart alone."""
    wanted = set(key.columns)
    keys = [{column} for column in _telling(last, key)] + [wanted]
    indexes = [index.columns for index in last.indexes(key.table) if index.predicate is None]
    return any(set(columns[: len(those)]) == those for columns in indexes for those in keys)


def _telling(last: Catalog, key: Constraint) -> Iterator[str]:
    unique = {
        index.columns
        for index in last.indexes(key.references or "")
        if index.unique and index.predicate is None
    }
    for column, referenced in zip(key.columns, key.referenced_columns, strict=False):
        if (referenced,) in unique:
            yield column


def _message(run: Run, key: Constraint) -> str:
    table = short(key.table)
    index = f"CREATE INDEX CONCURRENTLY ON {quoted(table)} ({columns(key.columns)})"
    way = code(index) if run.is_live(key.table) else code(index.replace(" CONCURRENTLY", ""))
    where = f", {outside_transaction(run)}" if run.is_live(key.table) else ""
    return (
        f"Each DELETE of a row of `{short(key.references or '')}` reads all of `{table}`, as no index begins with {listed(key.columns)}. "
        f"Add one{where}: {way}"
    )
