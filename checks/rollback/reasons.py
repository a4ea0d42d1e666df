"""Why a way back is not what it should be, in one sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from checks.model.differences import Difference
from checks.model.migrations import Script
from checks.model.observations import Trace
from checks.model.rollback import DataLoss, RollbackStatus

MANY = 3
"""How many things a reason names before it counts the rest."""


def reason_of(
    status: RollbackStatus,
    down: Script,
    run: Trace,
    differences: Sequence[Difference],
    lost: Sequence[DataLoss],
    unread: Collection[str],
) -> str:
    match status:
        case RollbackStatus.DIFFERS if not down.statements:
            return f"The down is empty: {listed(differences)}."
        case RollbackStatus.DIFFERS if not run.committed:
            return f"The down leaves its transaction open, so nothing of it stays: {listed(differences)}."
        case RollbackStatus.DIFFERS:
            return f"The schema after the down is not the one before the up: {listed(differences)}."
        case RollbackStatus.DATA_LOST:
            return data_reason(lost)
        case RollbackStatus.UNPROVEN:
            return f"The rows cannot be read after the down: {', '.join(sorted(unread))}."
        case _ if differences:
            return f"Only the order of columns differs: {listed(differences)}."
        case _:
            return ""


def data_reason(lost: Sequence[DataLoss]) -> str:
    texts = ", ".join(loss_text(loss) for loss in lost)
    if all(loss.only_nulls for loss in lost):
        return f"The schema comes back; NULLs that the up filled stay filled: {texts}."
    return f"The schema comes back, the data does not: {texts}."


def listed(differences: Sequence[Difference]) -> str:
    """The first differences, on one line, and how many there are besides."""
    texts = [" ".join(short(difference).split()) for difference in differences[:MANY]]
    more = f" and {len(differences) - MANY} more" if len(differences) > MANY else ""
    return "; ".join(texts) + more


def short(difference: Difference) -> str:
    text = str(difference)
    if len(text) <= 160:
        return text
    return f"{difference.object_type} {difference.name}: another {difference.property}"


def loss_text(loss: DataLoss) -> str:
    if not loss.rows:
        return f"whatever {loss.relation}{'.' + loss.column if loss.column else ''} holds"
    if loss.column is None:
        return f"{loss.relation}, {loss.rows:,} rows"
    return f"{loss.relation}.{loss.column}, {loss.rows:,} values"
