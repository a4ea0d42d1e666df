"""A suppression that suppresses nothing.

## What it does

Flags `migration:ignore` comments that are not valid (no reason, an unknown rule, a date that cannot be read), that have
run out, or to which no finding belongs.

## Why it matters

Somebody believes that a hazard has been looked at and accepted. A comment that outlives its finding hides the next one.

## Bad

```sql
-- migration:ignore drop-tabel reason: nobody reads it
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Good

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## When it is fine

Never: remove the comment, or mend it.

## References

- [Suppressing a finding](../configuration.md)
"""

from __future__ import annotations

from checks.model.findings import Finding, Severity
from checks.rules.findings import found_in_file

SEVERITY = Severity.WARNING


def said(path: str, line: int, message: str) -> Finding:
    return found_in_file(__name__, SEVERITY, path, message, line=line)
