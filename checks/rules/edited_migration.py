"""A migration that the base already has, with another text.

## What it does

Flags a migration whose SQL differs from the one under the same version on the base. Repeatable migrations are meant
to be edited and are not flagged; where only comments or blanks differ, it is flagged for tools that compare checksums. Of
Liquibase's changesets each is looked at by itself, and only what its checksum covers: not rollbacks, preconditions and
attributes, and not one with `validCheckSum`, `runOnChange` or `runAlways`.

## Why it matters

Databases that have applied it never see the new text, new databases see nothing else: from then on they differ. Tools
that keep a checksum (Flyway, Liquibase, Prisma, sqlx, Atlas) refuse to start.

## Bad

```sql
-- base: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY);
-- change: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY, email text);
```

## Good

```sql
-- base: 0001_users.sql
CREATE TABLE users (id bigint PRIMARY KEY);
-- change: 0002_users_email.sql
ALTER TABLE users ADD COLUMN email text;
```

## When it is fine

When the migration has never run outside of its author's machine.

## References

- [Flyway: Validate](https://documentation.red-gate.com/fd/validate-277578899.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.findings import Finding, Severity
from checks.model.migrations import ChangedMigration, ChangeKind, Migration
from checks.rules.findings import found_in_file
from checks.rules.review import Review
from checks.rules.topics import Topic

SEVERITY = Severity.ERROR
ABOUT = (Topic.CHANGES,)
_WITH_CHECKSUMS = {"atlas", "flyway", "liquibase", "prisma", "sqlx"}


def check(review: Review) -> Iterator[Finding]:
    tool = review.change.head.tool
    for changed in review.change.migrations:
        if changed.kind is not ChangeKind.EDITED or changed.migration.repeatable or _is_accepted(changed):
            continue
        migration = changed.migration
        if _runs_the_same(changed):
            if tool in _WITH_CHECKSUMS:
                yield found_in_file(
                    __name__,
                    Severity.WARNING,
                    migration.path,
                    f"The SQL is the same, but {tool} compares checksums and refuses a file that differs from the applied "
                    f"one. Take {migration.path} back as it was.",
                    line=_line(migration, tool),
                )
            continue
        refuses = (
            f" {tool} notices the other checksum and refuses to start." if tool in _WITH_CHECKSUMS else ""
        )
        yield found_in_file(
            __name__,
            SEVERITY,
            migration.path,
            f"The base already has version {migration.version}: databases that have applied it never run the new text.{refuses} "
            "Take the file back as it was, and put the difference into a new migration.",
            line=_line(migration, tool),
        )


def _is_accepted(changed: ChangedMigration) -> bool:
    """Liquibase takes the new text, or does not see a difference: rollback, comments in XML, attributes."""
    before, after = changed.before, changed.migration
    same = before is not None and after.checksummed and before.checksummed == after.checksummed
    return after.accepts_edits or bool(same)


def _line(migration: Migration, tool: str) -> int:
    """Of a changeset, for files that have several; the first line for every other tool."""
    if tool != "liquibase":
        return 1
    is_read = migration.up is not None and not migration.translation
    first = next(iter(migration.up.statements), None) if migration.up and is_read else None
    return first.line if first else migration.opaque_line


def _runs_the_same(changed: ChangedMigration) -> bool:
    """Whether up is the same; another down is what somebody who mends a rollback writes.

    Of code that was heard at the head, nobody knows what the base's file sent: it has no translation there.
    """
    before = changed.before
    if before is None or bool(before.translation) != bool(changed.migration.translation):
        return False
    return _texts(before) == _texts(changed.migration)


def _texts(migration: Migration) -> tuple[object, ...]:
    up = migration.up
    if up is None:
        return (migration.digest,)
    return (up.transaction, *(" ".join(statement.sql.split()) for statement in up.statements))
