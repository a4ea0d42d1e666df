"""Is there a down, among the newest migrations, that does not bring the schema back?

They are run on empty tables: up, down, up again.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_file
from checks.model.differences import Significance
from checks.model.findings import Severity
from checks.model.rollback import RollbackProof, RollbackStatus

_BAD = {RollbackStatus.FAILED: Severity.ERROR, RollbackStatus.DIFFERS: Severity.WARNING}


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for path, proof in subject.proofs.items():
        if proof.status in _BAD and not proof.drafted and not _is_only_order(proof):
            yield about_file(__name__, _BAD[proof.status], path, f"Its down does not restore: {proof.reason}")
        elif proof.up_again == "failed" and proof.up_again_error:
            message = f"After its down it cannot be run again: {proof.up_again_error.message}"
            yield about_file(__name__, Severity.WARNING, path, message)


def _is_only_order(proof: RollbackProof) -> bool:
    """No down can put a column back between others."""
    return bool(proof.differences) and all(
        one.significance is Significance.ORDER for one in proof.differences
    )
