"""A new index that another index makes superfluous.

## What it does

Notes a new index, not partial, whose key is the same as that of another B-tree of the table, or the beginning of it. A unique
one only when the other is unique on the same key: the primary key's, mostly.

## Why it matters

Every INSERT and most UPDATEs maintain it, it takes space and memory, and the planner can use the other one for nearly
all of its queries.

## Setup

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, day date);
CREATE INDEX orders_user_day ON orders (user_id, day);
```

## Bad

```sql
-- migration 1, outside a transaction
CREATE INDEX CONCURRENTLY orders_user ON orders (user_id);
```

## Good

```sql
-- migration 1, outside a transaction
CREATE INDEX CONCURRENTLY orders_day ON orders (day);
```

## When it is fine

When the other index is much wider and the queries read a large part of this one.

## References

- [Multicolumn indexes](https://www.postgresql.org/docs/current/indexes-multicolumn.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.catalog import Index
from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import CreateIndex
from checks.rules.findings import found
from checks.rules.objects_between import at_the_end, is_new_migration
from checks.rules.review import Review, Run
from checks.rules.wording import listed, short, table_part

SEVERITY = Severity.INFO
ABOUT = (CreateIndex,)


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for created in run.each(CreateIndex):
            wider = _wider(run, created) if is_new_migration(run) and not run.failed else None
            if wider is not None:
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"`{short(wider.name)}` on `{short(wider.table)}` begins with the same {listed(created.columns)}, so "
                    "queries do not need another one, and every write maintains it.",
                    certainty=Certainty.DERIVED,
                )
                break


def _wider(run: Run, created: CreateIndex) -> Index | None:
    """Another index that is there in the end and can take its place."""
    indexes = at_the_end(run.review).indexes(run.locate(created.relation))
    new = next((one for one in indexes if table_part(one.name) == created.name), None)
    if new is None or not _is_plain(new) or run.review.base.properties("index", new.name) is not None:
        return None
    others = (one for one in indexes if one is not new and _is_plain(one))
    return next((one for one in others if _serves(one, new)), None)


def _serves(one: Index, new: Index) -> bool:
    """Whether it finds what the new one finds, and refuses what that refuses."""
    if new.unique:
        return one.unique and _behind_using(one) == _behind_using(new)
    key = _key(new)
    return _key(one)[: len(key)] == key and set(new.includes) <= {*one.columns, *one.includes}


def _is_plain(index: Index) -> bool:
    return index.method == "btree" and index.predicate is None and None not in index.columns and index.valid


def _key(index: Index) -> tuple[str, ...]:
    """Its columns with their order, collation and operator class, as PostgreSQL prints them."""
    inside = _behind_using(index).partition("(")[2].partition(")")[0]
    return tuple(part.strip() for part in inside.split(","))


def _behind_using(index: Index) -> str:
    """``(a, b DESC) INCLUDE (c) NULLS NOT DISTINCT``"""
    return index.definition.partition(" USING btree ")[2]
