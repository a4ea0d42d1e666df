"""A new column that is GENERATED ALWAYS AS … STORED.

## What it does

Flags a stored generated column whose values were written into every row of a live table.

## Why it matters

The whole table and all its indexes are written anew while nobody can read or write it.

## Setup

```sql
CREATE TABLE orders (id bigint PRIMARY KEY, net integer);
INSERT INTO orders SELECT n, n FROM generate_series(1, 100) n;
```

## Bad

```sql
ALTER TABLE orders ADD COLUMN gross integer GENERATED ALWAYS AS (net * 119 / 100) STORED;
```

## Good

```sql
ALTER TABLE orders ADD COLUMN gross integer;
CREATE FUNCTION orders_gross() RETURNS trigger LANGUAGE plpgsql
    AS $$BEGIN NEW.gross := NEW.net * 119 / 100; RETURN NEW; END$$;
CREATE TRIGGER orders_gross BEFORE INSERT OR UPDATE ON orders
    FOR EACH ROW EXECUTE FUNCTION orders_gross();
```

## When it is fine

On a small table. From PostgreSQL 18 on a VIRTUAL generated column, which writes nothing, may do.

## References

- [Generated columns](https://www.postgresql.org/docs/current/ddl-generated-columns.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.actions import AddColumn
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.rewrites import add_bare_column, rewriting_columns, rewritten
from checks.rules.wording import code

SEVERITY = Severity.ERROR
ABOUT = (AddColumn,)
SCALES = True
_FIRST_WITH_VIRTUAL = 180000


def check(review: Review) -> Iterator[Finding]:
    virtual = "a VIRTUAL column, or " if review.postgres >= _FIRST_WITH_VIRTUAL else ""
    for run, column in rewriting_columns(review, lambda column: column.stored):
        yield found(
            __name__,
            SEVERITY,
            run,
            f"Storing `{column.column}` {rewritten(run, run.locate(column.relation))}. "
            f"Instead: {virtual}{code(add_bare_column(run, column))} with a trigger that fills it, "
            "then the old rows in batches.",
        )
