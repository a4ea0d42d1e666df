"""A CHECK constraint whose answer changes by itself.

## What it does

Flags a new CHECK constraint that calls a function which PostgreSQL knows to be volatile or stable: `now()`,
`random()`, `current_user` …

## Why it matters

PostgreSQL checks a row when it is written, and never again. A row that was right then may be wrong now: then a dump
cannot be restored, and an UPDATE of another column fails.

## Setup

```sql
CREATE TABLE bookings (id bigint PRIMARY KEY, starts_at timestamptz);
```

## Bad

```sql
ALTER TABLE bookings ADD CONSTRAINT bookings_future CHECK (starts_at > now()) NOT VALID;
```

## Good

```sql
ALTER TABLE bookings ADD CONSTRAINT bookings_sane CHECK (starts_at > '2000-01-01') NOT VALID;
```

## When it is fine

When the condition can only become true with time, such as `created_at <= now()` (not flagged). Otherwise check it in
a trigger, or in the application.

## References

- [CHECK constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postgast import pg_query_pb2

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.actions import AddConstraint
from checks.rules.findings import found
from checks.rules.review import Review
from checks.rules.wording import short
from checks.sql.parse import find, name_parts, unwrap

SEVERITY = Severity.WARNING
ABOUT = ("check",)
_CLOCKS = frozenset(
    [
        "now",
        "clock_timestamp",
        "statement_timestamp",
        "transaction_timestamp",
        "timeofday",
        "current_date",
        "current_timestamp",
    ]
)
_CHANGING = _CLOCKS | frozenset(
    [
        "random",
        "gen_random_uuid",
        "nextval",
        "currval",
        "current_setting",
        "current_user",
        "session_user",
        "txid_current",
    ]
)
"""Stable and volatile in ``pg_proc``, with the answer not fixed by the arguments."""


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for constraint in run.each(AddConstraint):
            names = _changing(constraint) if constraint.kind == "check" else []
            if names and not run.failed:
                yield found(
                    __name__,
                    SEVERITY,
                    run,
                    f"The constraint on `{short(run.locate(constraint.relation))}` depends on `{names[0]}`, so a row that is right when it is "
                    "written may be wrong later: an UPDATE of it fails, and a dump cannot be restored. Check it in a trigger.",
                    certainty=Certainty.STATIC,
                )
                break


def _changing(constraint: AddConstraint) -> list[str]:
    expression: Any = constraint.node.raw_expr if constraint.node is not None else None
    if expression is None:
        return []
    names = [name for name in _calls(expression) if name in _CHANGING]
    return [] if set(names) <= _CLOCKS and _only_becomes_true(expression) else names


def _calls(expression: Any) -> Iterator[str]:
    for node in find(expression, "FuncCall", "SQLValueFunction"):
        call: Any = node
        if type(node).__name__ == "FuncCall":
            yield name_parts(call.funcname)[-1]
        else:
            word = pg_query_pb2.SQLValueFunctionOp.Name(call.op)
            yield word.removeprefix("SVFOP_").removesuffix("_N").lower()


def _only_becomes_true(expression: Any) -> bool:
    """``column <= clock``: what has been before now is so for ever."""
    node: Any = unwrap(expression)
    if type(node).__name__ != "A_Expr" or not node.name:
        return False
    operator = name_parts(node.name)[-1]
    left, right = bool(list(_calls(node.lexpr))), bool(list(_calls(node.rexpr)))
    return (operator in ("<", "<=") and not left) or (operator in (">", ">=") and not right)
