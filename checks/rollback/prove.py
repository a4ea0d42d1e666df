"""Prove the way back of one migration: run the down, compare, run the up again, compare."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from checks import catalog, data
from checks.catalog import Catalog
from checks.data import DataFingerprint
from checks.model.differences import Difference, Significance
from checks.model.migrations import Migration, Script, Statement, TransactionMode
from checks.model.observations import SqlError, Trace
from checks.model.rollback import DataLoss, RollbackProof, RollbackStatus
from checks.rollback.draft import draft
from checks.rollback.losses import destroyed, extended_enums, unseen_losses
from checks.rollback.reasons import MANY, loss_text, reason_of
from checks.rollback.settle import settle_in
from checks.rollback.words import DraftError
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.trace import as_the_tool_runs_it


@dataclass(frozen=True)
class Ground:
    """What a way back is measured against."""

    database: Database
    """Behind the up script; its schema and rows are changed here."""
    migration: Migration
    settings: Settings
    before: Catalog
    data_before: DataFingerprint
    after: Catalog
    data_after: DataFingerprint
    ids: str
    existing: Collection[str]
    read: Callable[[], Catalog]
    """The schema of the database as it is now."""

    def run(self, script: Script, direction: str) -> Trace:
        return as_the_tool_runs_it(
            self.database, script, self.settings, ids=f"{self.ids}/{direction}", existing=self.existing
        )


def prove(
    database: Database,
    migration: Migration,
    settings: Settings,
    before: Catalog,
    data_before: DataFingerprint,
    after: Catalog,
    data_after: DataFingerprint,
    *,
    ids: str,
    existing: Collection[str],
    reader: catalog.Reader | None = None,
) -> RollbackProof:
    """Whether the down brings back the schema and the rows that were there before the up.

    ``database`` is where the up has just run; ``before`` and ``after`` are its schema and rows around that.
    ``reader`` is one that is open there, which spares the reading of all that stays as it was. Observation ids
    are ``<ids>/down/<n>``. Raises SandboxLost.
    """
    read = reader.read if reader else partial(catalog.read, database)
    ground = Ground(
        database, migration, settings, before, data_before, after, data_after, ids, existing, read
    )
    if migration.up is None:
        return unproven(migration.opaque or "The up script cannot be run here.")
    if migration.irreversible and not (migration.down and migration.down.statements):
        return RollbackProof(
            status=RollbackStatus.IRREVERSIBLE, reason=f"The file says so: {migration.irreversible}"
        )
    if migration.down is None:
        return prove_draft(ground)
    if code := next((gap for gap in migration.gaps if gap.direction == "down" and gap.kind != "doubt"), None):
        return unproven(f"A part of the down is code (line {code.line}): {code.reason}.")
    return prove_down(ground, migration.down)


def unproven(reason: str) -> RollbackProof:
    return RollbackProof(status=RollbackStatus.UNPROVEN, reason=reason)


def prove_down(ground: Ground, down: Script) -> RollbackProof:
    """Down, compare, up again, compare."""
    run = ground.run(down, "down")
    if run.failed:
        return failed(run)
    restored, rows = ground.read(), data.fingerprint(ground.database)
    unread = {table for table, _ in rows.unread} - {table for table, _ in ground.data_before.unread}
    differences = catalog.compare(ground.before, restored)
    lost = (
        *data.compare(ground.data_before, rows),
        *unseen_losses(ground.before, ground.after, ground.data_before),
    )
    status = status_of(differences, lost, unread)
    proof = RollbackProof(
        status=status,
        down=run.observations,
        differences=differences,
        data_lost=lost,
        reason=reason_of(status, down, run, differences, lost, unread),
    )
    return proof.model_copy(update=up_again(ground))


def failed(run: Trace) -> RollbackProof:
    error = next((seen.error for seen in run.observations if seen.error), None)
    text = f"{error.message} ({error.sqlstate})" if error else "it did not come to an end"
    where = next((f"line {seen.line}: " for seen in run.observations if seen.error), "")
    if run.stopped_by in ("time limit", "resource limit"):
        return RollbackProof(
            status=RollbackStatus.UNPROVEN,
            down=run.observations,
            reason=f"The down was stopped by the sandbox's {run.stopped_by}: {where}{text}",
        )
    return RollbackProof(
        status=RollbackStatus.FAILED, down=run.observations, reason=f"The down fails: {where}{text}"
    )


def status_of(
    differences: Sequence[Difference], lost: Sequence[DataLoss], unread: Collection[str]
) -> RollbackStatus:
    if any(difference.significance is not Significance.ORDER for difference in differences):
        return RollbackStatus.DIFFERS
    if lost:
        return RollbackStatus.DATA_LOST
    return RollbackStatus.UNPROVEN if unread else RollbackStatus.RESTORED


def up_again(ground: Ground) -> dict[str, object]:
    """What running the up a second time, on what the down left, says."""
    assert ground.migration.up is not None
    run = ground.run(ground.migration.up, "up-again")
    if run.failed:
        error: SqlError | None = next((seen.error for seen in run.observations if seen.error), None)
        return {"up_again": "failed", "up_again_error": error}
    differences = catalog.compare(ground.after, ground.read())
    material = [one for one in differences if one.significance is not Significance.ORDER]
    return {"up_again": "differs" if material else "identical", "up_again_differences": differences}


# ── without a down ──────────────────────────────────────────────────────────────────────────────────


def prove_draft(ground: Ground) -> RollbackProof:
    """Draft the down, and offer it when it brings the schema back."""
    if ground.before == ground.after:
        return nothing_to_draft(ground)
    gone = [
        *(
            f"{kind} {name} is gone with all that it held"
            for kind, name in destroyed(ground.before, ground.after)
        ),
        *(
            f"PostgreSQL drops no label of an enum ({name})"
            for name in extended_enums(ground.before, ground.after)
        ),
    ]
    try:
        drafted = draft(ground.before, ground.after)
    except DraftError as error:
        return not_drafted(gone, f"none can be drafted: {error.message}")
    settled = settle_in(ground.database, ground.settings, drafted)
    if isinstance(settled, SqlError):
        return not_drafted(gone, f"a drafted one fails: {settled.message} ({settled.sqlstate})")
    proof = prove_down(ground, script_of(settled, ground.migration))
    if proof.status not in (RollbackStatus.RESTORED, RollbackStatus.DATA_LOST):
        return not_drafted(gone, f"a drafted one does not do: {proof.reason}")
    reason = f"Irreversible. {proof.reason}" if proof.status is RollbackStatus.DATA_LOST else proof.reason
    return proof.model_copy(update={"drafted": True, "draft": text_of(settled), "reason": reason})


def nothing_to_draft(ground: Ground) -> RollbackProof:
    """The schema stays as it is; only rows may have changed."""
    lost = data.compare(ground.data_before, ground.data_after)
    if lost:
        does = "fills NULLs of" if all(loss.only_nulls for loss in lost) else "overwrites or deletes"
        return RollbackProof(
            status=RollbackStatus.IRREVERSIBLE,
            data_lost=lost,
            reason=f"There is no down, and the up {does} {', '.join(loss_text(loss) for loss in lost)}.",
        )
    if ground.data_before == ground.data_after:
        return RollbackProof(
            status=RollbackStatus.RESTORED,
            reason="There is nothing to undo: schema and rows stay as they were.",
        )
    return RollbackProof(
        status=RollbackStatus.MISSING, reason="There is no down, and the rows that the up adds stay."
    )


def not_drafted(gone: Sequence[str], why: str) -> RollbackProof:
    """No way back: irreversible when something is destroyed, else only missing."""
    if gone:
        return RollbackProof(
            status=RollbackStatus.IRREVERSIBLE,
            reason=f"There is no down, {'; '.join(gone[:MANY])}, and {why}",
        )
    return RollbackProof(status=RollbackStatus.MISSING, reason=f"There is no down, and {why}")


def script_of(statements: Sequence[str], migration: Migration) -> Script:
    """The draft as a script; its lines count in the draft's own text."""
    numbered: list[Statement] = []
    line = 1
    for sql in statements:
        end = line + sql.count("\n")
        path = f"{migration.path} (drafted down)"
        numbered.append(Statement(sql=sql, path=path, line=line, end_line=end))
        line = end + 1
    return Script(statements=tuple(numbered), transaction=TransactionMode.TRANSACTION)


def text_of(statements: Sequence[str]) -> str:
    return "".join(f"{sql};\n" for sql in statements)
