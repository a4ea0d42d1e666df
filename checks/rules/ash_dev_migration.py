"""A migration or snapshot that `mix ash.codegen --dev` wrote.

## What it does

Flags migrations and resource snapshots whose names end in `_dev`, in folders that Ash generates.

## Why it matters

They are drafts: the next `mix ash.codegen NAME` rolls them back on the developer's machine, deletes them, and writes one
migration in their place. Databases that have applied them keep a version in `schema_migrations` of which there is no
file any more, and `mix ash.codegen --check` fails as long as they are there.

## Bad

```text
priv/repo/migrations/20260601090000_migrate_resources1_dev.exs
priv/resource_snapshots/repo/books/20260601090000_dev.json
```

## Good

```text
priv/repo/migrations/20260601090000_add_isbn.exs
priv/resource_snapshots/repo/books/20260601090000.json
```

## When it is fine

On a branch that is not merged yet.

## References

- [Ash: development utilities](https://hexdocs.pm/ash/Mix.Tasks.Ash.Codegen.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.rules.findings import found_in_file
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.SNAPSHOTS,)
_MESSAGE = (
    "`{command} --dev` wrote this as a draft: it is deleted when the final one is written, and databases that "
    "applied it are left behind. Run `{command} NAME`, which puts one migration in the place of all drafts."
)


def check(review: Review) -> Iterator[Finding]:
    for path in review.snapshots.dev if review.snapshots else ():
        message = _MESSAGE.format(command="mix ash.codegen")
        yield found_in_file(__name__, SEVERITY, path, message)
