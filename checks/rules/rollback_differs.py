"""A down migration that runs and leaves another schema than there was before.

## What it does

Compares the complete schema before up with the one after up and down, and flags what differs; it also flags an up that
cannot run again after its down, or then gives another schema. Where only comments or privileges differ, it is a note;
another order of columns, which nothing can mend, is not flagged.

## Why it matters

After the rollback the application meets a schema that has never been tested: an index is missing, a default is gone, a
type is another one. The next attempt to deploy may fail on what was left behind.

## Setup

```sql
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(40) NOT NULL DEFAULT '');
```

## Bad

```sql
-- migrate:up
ALTER TABLE users ALTER COLUMN name TYPE text, ALTER COLUMN name DROP DEFAULT;

-- migrate:down
ALTER TABLE users ALTER COLUMN name TYPE varchar(40);
```

## Good

```sql
-- migrate:up
ALTER TABLE users ALTER COLUMN name TYPE text, ALTER COLUMN name DROP DEFAULT;

-- migrate:down
ALTER TABLE users ALTER COLUMN name TYPE varchar(40), ALTER COLUMN name SET DEFAULT '';
```

## When it is fine

When what stays behind does no harm: an extension. Of the order of columns, and of an enum that has a label more, nothing is said:
no statement mends them.

## References

- [System catalogs](https://www.postgresql.org/docs/current/catalogs.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checks.model.differences import Difference, Significance
from checks.model.findings import Certainty, Finding, Severity
from checks.model.rollback import RollbackProof, RollbackStatus
from checks.rules.findings import found_in_file
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.WARNING
ABOUT = (Topic.WAY_BACK,)
_LABEL = re.compile(r"'(?:[^']|'')*'")
_SHOWN = 3
_LONGEST = 160
"""Characters of a difference that is told in full; the report has all of it."""


def check(review: Review) -> Iterator[Finding]:
    for step in (*review.edited, *review.steps):
        proof = step.proof
        said = None if proof.drafted else _message(proof)
        if said is not None:
            down = step.migration.down
            first = down.statements[0] if down and down.statements else None
            severity, message = said
            yield found_in_file(
                __name__,
                severity,
                first.path if first else step.migration.path,
                message,
                line=first.line if first else 1,
                step=step,
                evidence=tuple(seen.id for seen in proof.down),
                certainty=Certainty.OBSERVED,
            )


def _message(proof: RollbackProof) -> tuple[Severity, str] | None:
    told = [one for one in proof.differences if not _cannot_be_mended(one)]
    if told and proof.status in (RollbackStatus.DIFFERS, RollbackStatus.DATA_LOST):
        matters = [difference for difference in told if _matters(difference)]
        return (
            SEVERITY if matters else Severity.INFO,
            f"After up and down the schema is not what it was: {_shown(matters or told)}.",
        )
    if proof.up_again == "failed":
        error = f": {proof.up_again_error.message}" if proof.up_again_error else ""
        return SEVERITY, f"After up and down, up cannot run again{error}. The down leaves something behind."
    if proof.up_again == "differs" and any(map(_matters, proof.up_again_differences)):
        return (
            SEVERITY,
            f"Up, run again after the down, gives another schema: {_shown(proof.up_again_differences)}.",
        )
    return None


def _cannot_be_mended(difference: Difference) -> bool:
    """No statement moves a column, or takes a label from an enum (PostgreSQL docs, ALTER TYPE); the way back says it."""
    if difference.object_type == "enum" and difference.property == "labels":
        before, after = (_LABEL.findall(text or "") for text in (difference.before, difference.after))
        return [label for label in after if label in before] == before
    return difference.significance is Significance.ORDER


def _matters(difference: Difference) -> bool:
    return difference.significance is Significance.SEMANTIC


def _shown(differences: Sequence[Difference]) -> str:
    more = f", and {len(differences) - _SHOWN} more" if len(differences) > _SHOWN else ""
    return "; ".join(map(_words, differences[:_SHOWN])) + more


def _words(difference: Difference) -> str:
    text = " ".join(str(difference).split())
    if len(text) <= _LONGEST:
        return text
    return f"{difference.object_type} {difference.name}: another {difference.property}"
