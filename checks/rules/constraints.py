"""The remedies that rules about constraints share: SQL with the author's names."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model.observations import LockMode
from checks.rules.actions import AddConstraint, ConstraintKind
from checks.rules.review import Run
from checks.rules.wording import columns, quoted, short, table_part

SUFFIXES = {
    "check": "check",
    "foreign key": "fkey",
    "unique": "key",
    "primary key": "pkey",
    "exclusion": "excl",
    "not null": "not_null",
}
"""How the names of constraints end that PostgreSQL chooses (``ChooseIndexName``, ``ChooseConstraintName``)."""


def constraint_name(run: Run, constraint: AddConstraint) -> str:
    return constraint.name or default_name(run.locate(constraint.relation), constraint)


def default_name(table: str, constraint: AddConstraint) -> str:
    """The one that PostgreSQL gives such a constraint (``users_email_key``)."""
    middle = () if constraint.kind == "primary key" else constraint.columns
    return "_".join([table_part(table), *middle, SUFFIXES[constraint.kind]])[:63]


def alter(run: Run, constraint: AddConstraint, command: str) -> str:
    return f"ALTER TABLE {quoted(short(run.locate(constraint.relation)))} {command}"


def add_not_valid(run: Run, constraint: AddConstraint) -> str:
    name = quoted_name(run, constraint)
    return alter(run, constraint, f"ADD CONSTRAINT {name} {constraint.definition or '…'} NOT VALID")


def validate(run: Run, constraint: AddConstraint) -> str:
    return alter(run, constraint, f"VALIDATE CONSTRAINT {quoted_name(run, constraint)}")


def build_unique(run: Run, constraint: AddConstraint) -> str:
    table = quoted(short(run.locate(constraint.relation)))
    name = quoted_name(run, constraint)
    return f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns(constraint.columns)})"


def use_index(run: Run, constraint: AddConstraint) -> str:
    name = quoted_name(run, constraint)
    return alter(run, constraint, f"ADD CONSTRAINT {name} {constraint.kind.upper()} USING INDEX {name}")


def quoted_name(run: Run, constraint: AddConstraint) -> str:
    return quoted(constraint_name(run, constraint))


def built_under_lock(run: Run, kind: ConstraintKind) -> Iterator[AddConstraint]:
    """New constraints of one kind whose index was built while nobody could read or write the live table."""
    for constraint in run.each(AddConstraint):
        table = run.locate(constraint.relation)
        built = {run.table_of_index(name) for name in run.observation.indexes_built}
        if (
            constraint.kind == kind
            and constraint.index is None
            and run.blocks(table, LockMode.ACCESS_EXCLUSIVE)
            and table in built
        ):
            yield constraint
