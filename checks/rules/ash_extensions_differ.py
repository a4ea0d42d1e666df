"""An extensions.json of Ash that is not what the migrations install.

## What it does

Compares `extensions.json` with the extensions that PostgreSQL has after all migrations, and its version of
`ash-functions` with the functions that are there.

## Why it matters

Ash calls these functions (`ash_raise_error`, `ash_required`, `ash_elixir_or` …) in queries and policies, and believes
from the file that they are there.

## Bad

```text
priv/resource_snapshots/repo/extensions.json   (edited: "ash_functions_version": 6)
```

## Good

```text
priv/resource_snapshots/repo/extensions.json                       (edited by `mix ash.codegen`)
priv/repo/migrations/20260601090000_ash_functions_extensions_1.exs (new)
```

## When it is fine

When the extensions are installed by hand. List them under `extensions:` in the configuration then.

## References

- [AshPostgres.Repo: installed extensions](https://hexdocs.pm/ash_postgres/AshPostgres.Repo.html)
- [How snapshots are compared](../ecto.md#ash)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.ash.drift import Cause
from checks.model.findings import Finding, Severity
from checks.rules.drifts import drifts
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.SNAPSHOTS,)
_REMEDY = "Put the file back as it was and run {command}, which writes it together with the migration."


def check(review: Review) -> Iterator[Finding]:
    return drifts(__name__, SEVERITY, review, Cause.EXTENSIONS, _REMEDY)
