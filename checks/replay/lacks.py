"""Errors that say something about the sandbox, not about the migration: what would have to be there."""

from __future__ import annotations

from checks.model.observations import SqlError
from checks.model.rollback import RollbackProof, RollbackStatus

_OF_THE_MACHINE = ("53", "57", "58")
"""Classes insufficient_resources, operator_intervention, system_error (PostgreSQL docs, appendix A)."""
_ENDED_BY = {
    "53100": "The sandbox's disk is full",
    "53200": "The sandbox's memory is used up",
    "57014": "It ran into the sandbox's time limit",
    "57P01": "It ended its own session, or ran into the sandbox's time limit",
}


def what_the_sandbox_lacks(error: SqlError) -> str | None:
    """What would let this statement run; None when the error is the statement's own."""
    if "extension" in error.message and error.sqlstate in ("0A000", "58P01"):
        return (
            "This PostgreSQL does not have the extension. `migration sandbox install VERSION` brings all of contrib; "
            "for others name an `image:` that has it."
        )
    if error.sqlstate == "42704" and error.message.startswith("role "):
        return "If production has that role, list it under `roles:`."
    if error.sqlstate == "42501":
        if "role" in error.message:
            return "Roles belong to the whole server, so migrations may not make them here: list them under `roles:`."
        return "It needs a superuser, and migrations do not run as one here."
    if error.sqlstate == "57014" and "user request" not in error.message:
        return None  # its own statement_timeout, or a COPY that waits for data from a client
    if error.sqlstate.startswith(_OF_THE_MACHINE):
        return f"{_ENDED_BY.get(error.sqlstate, 'It was ended from outside')}: see `limits:` in the configuration."
    return None


def is_own_check(error: SqlError) -> bool:
    """Whether a DO block of the migration raised it itself: what it looks for is not among rows that were made up.

    (PostgreSQL docs, PL/pgSQL, Errors and Messages: ``raise_exception`` is what RAISE gives where it names no other.)
    """
    raised_in, _, _ = (error.context or "").partition("\n")
    return error.sqlstate == "P0001" and "inline_code_block" in raised_in


def what_the_base_lacks(error: SqlError) -> str | None:
    """Where a step of the base could get what it does not find."""
    if error.sqlstate == "3F000":
        return "If production has that schema, list it under `schemas:` or make it in a `prelude:`."
    if error.sqlstate in ("42P01", "42703", "42883", "42704"):
        return "If something else makes it in production, make it in a `prelude:`."
    return None


def unproven_where_the_base_lacks(proof: RollbackProof) -> RollbackProof:
    """Of a base that is not whole: a down that stops at what is not there may well work in production."""
    errors = (seen.error for seen in proof.down if seen.error is not None)
    lacks = any(what_the_base_lacks(error) is not None for error in errors)
    if proof.status is not RollbackStatus.FAILED or not lacks:
        return proof
    reason = f"{proof.reason.rstrip('.')}. What it stands on is not whole, which may be why."
    return proof.model_copy(update={"status": RollbackStatus.UNPROVEN, "reason": reason})
