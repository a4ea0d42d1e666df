"""The ways back of the newest migrations, each proven on the state before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checks import catalog, data, rollback, trace
from checks.model.migrations import History, Migration
from checks.model.rollback import RollbackProof
from checks.progress import Progress
from checks.replay.base import base_state
from checks.replay.execute import execute
from checks.sandbox.server import Database
from checks.sandbox.watchdog import told_as_lost
from checks.settings import Settings
from checks.trees import Tree

NEWEST = 10
"""More would cost seconds each, and nobody goes back that far."""


def prove_newest(
    histories: Sequence[History], tree: Tree, settings: Settings, progress: Progress
) -> Mapping[str, RollbackProof]:
    """Path → proof for the last migrations of the last history; the others of its database are there before.

    A migration that fails ends it: what follows has no state to stand on. Raises SandboxError, FileError.
    """
    *earlier, last = histories
    newest = last.migrations[-NEWEST:]
    if not any(one.down and one.down.statements for one in newest) or settings.schema_file:
        return {}
    older = last.model_copy(update={"migrations": last.migrations[: -len(newest)]})
    statements = [
        statement
        for one in newest
        for script in (one.up, one.down)
        if script
        for statement in script.statements
    ]
    with base_state(
        [*earlier, older], tree, settings, progress, catalog.describe, also_named=statements
    ) as base:
        return dict(_prove_in_turn(newest, base.database, base.settings, progress))


def _prove_in_turn(
    newest: Sequence[Migration], database: Database, settings: Settings, progress: Progress
) -> list[tuple[str, RollbackProof]]:
    proofs = []
    for migration in newest:
        if migration.up is None:
            break
        with told_as_lost(database.server, migration.path):
            if migration.down and migration.down.statements:
                progress(f"taking {migration.path} back")
                proof = _prove(migration, database, settings)
                proofs += [(migration.path, proof)] if proof else []
            if not execute(database, [migration.up], settings).committed:
                break
    return proofs


def _prove(migration: Migration, database: Database, settings: Settings) -> RollbackProof | None:
    """None when the up itself does not get through."""
    assert migration.up is not None
    with database.clone("way_back") as clone:
        before, data_before = catalog.read(clone), data.fingerprint(clone)
        live = before.relations()
        up = trace.as_the_tool_runs_it(clone, migration.up, settings, ids="audit/up", existing=live)
        if up.failed:
            return None
        after, data_after = catalog.read(clone), data.fingerprint(clone)
        return rollback.prove(
            clone,
            migration,
            settings,
            before=before,
            data_before=data_before,
            after=after,
            data_after=data_after,
            ids="audit",
            existing=live,
        )
