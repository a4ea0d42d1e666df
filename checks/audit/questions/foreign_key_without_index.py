"""Is there a foreign key whose columns no index begins with?

Each DELETE or key UPDATE of the referenced table then reads the referencing table from end to end, while it holds
locks (PostgreSQL docs, 5.5.5).
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_schema, sql_name
from checks.catalog import Constraint, Index
from checks.model.findings import Severity
from checks.rules.wording import columns, listed, short


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for table in sorted(subject.own_tables):
        indexes = subject.catalog.indexes(table)
        for key in subject.catalog.constraints(table):
            if key.kind == "foreign key" and not any(_serves(index, key) for index in indexes):
                yield about_schema(
                    __name__,
                    Severity.WARNING,
                    f"{table}.{key.name}",
                    f"No index of `{short(table)}` begins with {listed(key.columns)}: each DELETE in "
                    f"`{short(key.references or '')}` reads all of `{short(table)}` for `{key.name}`.",
                    *_remedy(subject, table, key),
                )


def _serves(index: Index, key: Constraint) -> bool:
    """Its first columns are the key's, in any order; an index that leaves rows out, other than NULLs, does not."""
    first = index.columns[: len(key.columns)]
    whole = index.predicate is None or "IS NOT NULL" in index.predicate
    return index.valid and whole and index.method in ("btree", "hash") and set(first) == set(key.columns)


def _remedy(subject: Subject, table: str, key: Constraint) -> tuple[str, ...]:
    if subject.catalog.objects[("table", table)].get("partition_key") is not None:
        return ()
    return (f"CREATE INDEX CONCURRENTLY ON {sql_name(table)} ({columns(key.columns)})",)
