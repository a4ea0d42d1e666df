"""A rollback proof in one sentence."""

from __future__ import annotations

from bot.publish.statements import error_lines
from bot.publish.wording import counted, listed, short_name
from checks.model.differences import Significance
from checks.model.report import MigrationReport
from checks.model.rollback import DataLoss, RollbackProof, RollbackStatus


def rollback_line(migration: MigrationReport) -> str:
    """The whole proof in one sentence."""
    proof = migration.rollback
    drafted = "no down in the file; a drafted one: " if proof.drafted else ""
    return drafted + _rollback_outcome(proof, had_rows=bool(migration.rows_before)) + _up_again(proof)


def _rollback_outcome(proof: RollbackProof, *, had_rows: bool) -> str:
    match proof.status:
        case RollbackStatus.RESTORED:
            what = (
                "schema and rows are as before"
                if had_rows
                else "the schema is as before (there were no rows)"
            )
            return f"restored, {what}"
        case RollbackStatus.DATA_LOST:
            return f"{_lost(proof)}: {data_lost(proof)}; {_schema_after_down(proof)}"
        case RollbackStatus.DIFFERS:
            return f"differs: {differences(proof)}"
        case RollbackStatus.FAILED:
            return f"fails: {_down_error(proof) or proof.reason or 'the down script did not run'}"
        case RollbackStatus.MISSING:
            return f"missing: {proof.reason or 'there is no down script'}"
        case RollbackStatus.IRREVERSIBLE:
            return f"irreversible: {proof.reason or 'there is no way back'}"
        case RollbackStatus.UNPROVEN:
            return f"unproven: {proof.reason or 'it was not run'}"


def _lost(proof: RollbackProof) -> str:
    only_nulls = proof.data_lost and all(loss.only_nulls for loss in proof.data_lost)
    return "filled NULLs stay filled" if only_nulls else "data lost"


def _schema_after_down(proof: RollbackProof) -> str:
    if not proof.differences:
        return "the schema is restored"
    if all(difference.significance is Significance.ORDER for difference in proof.differences):
        return "the schema is restored but for the order of columns"
    return f"the schema differs: {differences(proof)}"


def data_lost(proof: RollbackProof) -> str:
    return listed([_loss(loss) for loss in proof.data_lost]) or "which rows is not known"


def _loss(loss: DataLoss) -> str:
    """``customers.phone 86 values``; on empty tables nothing could be counted."""
    what = f"{short_name(loss.relation)}.{loss.column}" if loss.column else short_name(loss.relation)
    if not loss.rows:
        return f"{what}, whatever it holds"
    return f"{what} {counted(loss.rows, 'value' if loss.column else 'row')}"


def differences(proof: RollbackProof) -> str:
    return (
        listed([str(difference) for difference in proof.differences], 2)
        or proof.reason
        or "see the JSON report"
    )


def _down_error(proof: RollbackProof) -> str:
    for observation in proof.down:
        if observation.error:
            return f"{observation.path}:{observation.line} {error_lines(observation.error)[0]}"
    return ""


def _up_again(proof: RollbackProof) -> str:
    match proof.up_again:
        case "identical" if proof.status is RollbackStatus.RESTORED:
            return "; up again gives the same"
        case "differs":
            return f"; up again differs: {listed([str(item) for item in proof.up_again_differences], 2)}"
        case "failed":
            return (
                f"; up again fails: {error_lines(proof.up_again_error)[0]}"
                if proof.up_again_error
                else "; up again fails"
            )
        case _:
            return ""
