"""A name that is longer than PostgreSQL keeps.

## What it does

Flags a statement for which PostgreSQL said that it cuts a name, where the schema has no name yet that is as long as one that was cut.
Names that tools make of the table's are left alone: `…_index`, `…_fkey` and the like, without IF NOT EXISTS.

## Why it matters

Names end after 63 bytes. Two that differ only behind that are the same for PostgreSQL, IF NOT EXISTS takes one for
the other, and a later migration or a library that looks for the whole name does not find it.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Bad

```sql
CREATE TABLE a_table_with_a_name_that_goes_on_for_so_long_that_postgresql_has_to_cut_it (id bigint PRIMARY KEY);
```

## Good

```sql
CREATE TABLE a_table_with_a_shorter_name (id bigint PRIMARY KEY);
```

## When it is fine

When the name comes from a library that cuts it in the same way.

## References

- [Identifiers](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found
from checks.rules.review import Review, Run
from checks.rules.topics import Topic

SEVERITY = Severity.INFO
ABOUT = (Topic.NOTICES,)
_NOTICE = re.compile(r'NOTICE: identifier "(?P<whole>.+)" will be truncated to "(?P<cut>.+)"')
_SUFFIXES = ("_index", "_idx", "_key", "_unique", "_pkey", "_pk", "_fkey", "_fk", "_check")
LONGEST = 63
"""Bytes of a name (PostgreSQL docs, 4.1.1)."""


def check(review: Review) -> Iterator[Finding]:
    for run in () if _lives_with_it(review) else review.runs:
        cut = next((match for text in run.observation.notices if (match := _NOTICE.match(text))), None)
        if cut is not None and not _of_a_tool(run, cut["whole"]):
            yield found(
                __name__,
                SEVERITY,
                run,
                f"PostgreSQL keeps 63 bytes of a name: what is written as `{cut['whole']}` is called `{cut['cut']}`. Choose a shorter one.",
            )


def _of_a_tool(run: Run, name: str) -> bool:
    """Whether Ecto, Prisma, Drizzle or the like put it together: nobody wrote it, and nobody looks for it."""
    tables = {action.relation.rpartition(".")[2] for action in run.actions}
    ours = any(name.startswith(f"{table}_") for table in tables)
    return ours and name.endswith(_SUFFIXES) and "IF NOT EXISTS" not in run.observation.sql.upper()


def _lives_with_it(review: Review) -> bool:
    """Whether names are cut here already: those that a tool makes, which nobody chooses."""
    names = (name.rpartition(".")[2] for _, name in review.base.objects)
    return any(len(name.encode()) == LONGEST for name in names)
