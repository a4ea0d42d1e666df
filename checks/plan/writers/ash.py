"""What a repository of Ash has to know of files that take the place of a generated migration.

``mix ash.codegen`` compares the resources with ``priv/resource_snapshots`` and never reads a migration
(ash_postgres 2.12, ``lib/migration_generator/migration_generator.ex``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.frameworks.view import View, is_inside, join
from checks.plan.model import Step
from checks.sql.parse import find, parse

KEEP = (
    "Ash: leave the resource and `priv/resource_snapshots` as this change has them. They say what the schema is in the "
    "end, which is the same, and `mix ash.codegen` compares nothing but these two, so it does not undo this file."
)
INDEX = (
    "`concurrently: true` in `custom_indexes` of the resource makes Ash write such an index so by itself; it is part of "
    "the snapshot, so add it before this migration is generated (take back file and snapshot, run `mix ash.codegen` "
    "again), or the next run drops the index and builds it anew."
)
IDENTITY = "For an identity `mix ash_postgres.generate_migrations --concurrent-indexes` writes the index so by itself."
NOT_VALID = "Neither `references` nor `check_constraints` of a resource has a word for NOT VALID: it stands in the file alone."


def is_ash(view: View, folder: str) -> bool:
    """Whether the mix project of a folder of migrations keeps snapshots of resources."""
    root = folder.partition("priv/")[0].strip("/")
    snapshots = join(root, "priv/resource_snapshots")
    return any(is_inside(place, snapshots) for place in view.folders)


def notes(steps: Sequence[Step], *, is_first: bool) -> str:
    """Sentences for a file that takes these steps; the first file of a migration says what holds for all."""
    statements = [parse(sql) for step in steps for sql in step.sql]
    specific = dict.fromkeys(note for node in statements if node is not None for note in _of(node))
    return " ".join([*([KEEP] if is_first else []), *specific])


def _of(node: Any) -> Iterator[str]:
    if type(node).__name__ == "IndexStmt" and node.concurrent:
        yield IDENTITY if node.unique else INDEX
    constraints: Iterator[Any] = find(node, "Constraint")
    if any(
        one.skip_validation and one.contype in (pg.CONSTR_CHECK, pg.CONSTR_FOREIGN) for one in constraints
    ):
        yield NOT_VALID
