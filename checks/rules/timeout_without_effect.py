"""A timeout that does not do what it seems to do.

## What it does

Flags SET LOCAL of a timeout outside of a transaction, a lock_timeout that is set to 0, or to more than a minute, and one
that is set behind the only lock that it could limit.

## Why it matters

The migration looks guarded and is not: SET LOCAL ends at once where there is no transaction, 0 means to wait for
ever, and all queries of the table wait as long as the timeout allows.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY);
```

## Bad

```sql
-- migration 1, outside a transaction
SET LOCAL lock_timeout = '2s';
ALTER TABLE users ADD COLUMN email text;
```

## Good

```sql
-- migration 1, outside a transaction
SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN email text;
```

## When it is fine

When nobody reads or writes the table meanwhile. `lock_timeout = 0` behind the last lock is not flagged.

## References

- [lock_timeout](https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT)
- [SET](https://www.postgresql.org/docs/current/sql-set.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.observations import LockMode
from checks.rules.findings import found
from checks.rules.objects import SetParameter
from checks.rules.review import Review, Run
from checks.rules.wording import short

SEVERITY = Severity.WARNING
ABOUT = (SetParameter,)
_TIMEOUTS = (
    "lock_timeout",
    "statement_timeout",
    "idle_in_transaction_session_timeout",
    "transaction_timeout",
)
_NO_TRANSACTION = "WARNING: SET LOCAL can only be used in transaction blocks"
_MILLISECONDS = {
    "": 1.0,
    "us": 0.001,
    "ms": 1.0,
    "s": 1000.0,
    "min": 60_000.0,
    "h": 3_600_000.0,
    "d": 86_400_000.0,
}
_LONGEST_MS = 60_000


def check(review: Review) -> Iterator[Finding]:
    for run in review.runs:
        for setting in run.each(SetParameter):
            message = _message(run, setting) if setting.relation in _TIMEOUTS else None
            if message is not None:
                yield found(__name__, SEVERITY, run, message)


def _message(run: Run, setting: SetParameter) -> str | None:
    name = setting.relation
    if _NO_TRANSACTION in run.observation.notices:
        return f"There is no transaction here, so SET LOCAL {name} ends at once. Write SET {name} = '{setting.value}'."
    milliseconds = _milliseconds(setting.value)
    if name != "lock_timeout" or milliseconds is None:
        return None
    if milliseconds == 0:
        return _unlimited(run)
    if milliseconds > _LONGEST_MS:
        return f"While this waits for its lock, up to {setting.value}, the application's queries wait behind it. Use a few seconds, and try again."
    late = _locked_before(run)
    return (
        f"Comes too late: the lock on `{short(late)}` is taken above it, without a limit. Set it first."
        if late
        else None
    )


def _unlimited(run: Run) -> str | None:
    """0 is harmless when it only ends a limit behind the last lock."""
    later = run.review.runs[run.review.runs.index(run) + 1 :]
    locks = [lock for other in later if other.step is run.step for lock in other.live_locks(LockMode.SHARE)]
    if not locks:
        return None
    return f"0 means without a limit: the lock on `{short(locks[0].relation)}` below is waited for as long as it takes, and queries wait behind it."


def _locked_before(run: Run) -> str | None:
    """A live table whose lock an earlier statement took without a limit, when none is taken below."""
    here = [other for other in run.review.runs if other.step is run.step]
    before = [
        lock
        for other in here
        if other.position < run.position and not other.has_lock_timeout
        for lock in other.live_locks(LockMode.SHARE)
    ]
    after = any(other.live_locks(LockMode.SHARE) for other in here if other.position > run.position)
    return before[0].relation if before and not after else None


def _milliseconds(value: str) -> float | None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?", value)
    return float(match[1]) * _MILLISECONDS[match[2] or ""] if match else None
