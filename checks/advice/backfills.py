"""The batches in a migration of the other way, on the state that they begin with."""

from __future__ import annotations

from collections.abc import Iterator

from checks.advice.chains import Taken
from checks.backfill.model import Backfill
from checks.backfill.proof import prove
from checks.model.migrations import Migration, Script, TransactionMode
from checks.replay.execute import execute
from checks.sandbox.server import Database
from checks.state import State


def prove_batches(taken: Taken, ground: Database, state: State) -> Iterator[str]:
    """What their proof showed, a sentence each. ``ground``: the state before the migration. Raises NotProven."""
    for found in (step.backfill for step in taken.steps if step.backfill):
        with ground.clone("before_batches") as clone:
            before = _what_comes_before(taken.migration, found)
            if before.statements:
                execute(clone, [before], state.settings)
            yield from prove(found, clone, state.settings)


def _what_comes_before(migration: Migration, found: Backfill) -> Script:
    """The statements up to the first that names the progress table."""
    statements = migration.up.statements if migration.up else ()
    place = next((place for place, one in enumerate(statements) if found.progress in one.sql), 0)
    return Script(statements=statements[:place], transaction=TransactionMode.AUTOCOMMIT)
