"""A foreign key whose columns have other types than those they refer to.

## What it does

Flags a new foreign key between columns of different types, `integer` to `bigint` for example. A wider integer than the
one that it refers to is not flagged.

## Why it matters

The narrower column runs out of numbers while the wider one goes on: then inserts fail. Comparisons between other
pairs of types cannot use the index.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, user_id integer REFERENCES users (id));
```

## Good

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));
```

## When it is fine

When the referenced values stay small. Lengths, as in varchar(10) and varchar(20), are not compared.

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
from checks.rules.review import Review
from checks.rules.schema import column_of
from checks.rules.wording import short

SEVERITY = Severity.WARNING
ABOUT = ("foreign key",)
_INTEGERS = ("smallint", "integer", "bigint")
_TEXTS = ("text", "character varying")
"""Compared and stored alike."""


def check(review: Review) -> Iterator[Finding]:
    last = at_the_end(review)
    for run in review.runs:
        for added in run.each(AddConstraint):
            if added.kind != "foreign key":
                continue
            table = run.locate(added.relation)
            keys = [
                key
                for key in last.constraints(table)
                if key.kind == "foreign key" and key.columns == added.columns
            ]
            differences = [found for key in keys for found in _differences(last, key)]
            if differences and is_new_migration(run) and not run.failed:
                column, type_name, other, other_type = differences[0]
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"`{short(table)}.{column}` is {type_name}, but `{short(other)}` is {other_type}. Give both the same type now, when it "
                    "costs nothing.",
                    certainty=Certainty.DERIVED,
                )
                break


def _differences(last: Catalog, key: Constraint) -> Iterator[tuple[str, str, str, str]]:
    for name, referenced in zip(key.columns, key.referenced_columns, strict=False):
        here, there = column_of(last, key.table, name), column_of(last, key.references or "", referenced)
        if here is not None and there is not None and not _holds(here.type, there.type):
            yield name, here.type, f"{key.references}.{referenced}", there.type


def _holds(type_name: str, other: str) -> bool:
    """Whether the one has room for all values of the other, and is compared with it by the same index."""
    if type_name in _INTEGERS and other in _INTEGERS:
        return _INTEGERS.index(type_name) >= _INTEGERS.index(other)
    return _plain(type_name) == _plain(other)


def _plain(type_name: str) -> str:
    bare = type_name.partition("(")[0].strip()
    return "text" if bare in _TEXTS else bare
