"""Rollout and rollback notes: what the evidence means for the person who deploys."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from checks.model.findings import Finding, Unproven
from checks.model.migrations import TransactionMode
from checks.model.observations import Observation
from checks.model.report import MigrationReport
from checks.model.rollback import RollbackProof, RollbackStatus
from checks.production import words
from checks.sql.parse import command_tag

_LEAVE_NOTHING = frozenset({"SET", "RESET", "BEGIN", "START TRANSACTION", "COMMIT"})
CHANGE_ROWS = frozenset({"UPDATE", "DELETE", "MERGE"})
"""Whose rows are locked until commit."""
KEEPS_ROWS = "closes no table; who writes one of the rows that it changes waits until it commits."
LIMIT = "set lock_timeout and be ready to retry"


def rollout(
    migrations: Sequence[MigrationReport], findings: Sequence[Finding], unproven: Sequence[Unproven]
) -> tuple[str, ...]:
    """One note per migration, in the order in which the tool applies them."""
    doubted = {(place.path, place.line) for place in unproven}
    return tuple(
        f"{migration.path}: {note}"
        for migration in migrations
        for note in _rollout_of(migration, findings, doubted)
    )


def _rollout_of(
    migration: MigrationReport, findings: Sequence[Finding], doubted: Collection[tuple[str, int]]
) -> Iterator[str]:
    statements = migration.up.statements
    failed = next((statement for statement in statements if statement.error), None)
    of_this = [finding for finding in findings if finding.migration == migration.id]
    mend = [finding for finding in of_this if finding.must_be_mended]
    is_its_own = failed is not None and any(failed.id in finding.evidence for finding in mend)
    if failed and not is_its_own and (failed.path, failed.line) in doubted:
        yield f"nothing is known from line {failed.line} on, which could not be run here."
        return
    if failed:
        yield f"do not deploy it; line {failed.line} fails."
        return
    approve = [finding for finding in of_this if finding.irreversible]
    waits = [text for statement in statements for text in _waits(statement)]
    has_limit = any("lock_timeout" in one.sql for one in statements if command_tag(one.sql) == "SET")
    advice = [
        *([f"not as it is, mend {_named(mend)} first"] if mend else []),
        *([f"not before somebody has approved {_named(approve)}"] if approve else []),
        *([LIMIT] if waits and not mend and not has_limit else []),
        *dict.fromkeys(waits),
    ]
    if advice:
        yield f"{'; '.join(advice)}."
    elif statements:
        changes_rows = any(one.rows and command_tag(one.sql) in CHANGE_ROWS for one in statements)
        yield KEEPS_ROWS if changes_rows else "blocks nobody on tables that exist today."
    if _commits_in_parts(statements):
        yield (
            f"its statements commit one by one ({TransactionMode.AUTOCOMMIT}); "
            "if one fails, those before it stay applied."
        )


def _commits_in_parts(statements: Sequence[Observation]) -> bool:
    """Whether something stays when a later statement fails; a setting ends with its session."""
    ran = [one for one in statements if one.ran and command_tag(one.sql) not in _LEAVE_NOTHING]
    return any(one.transaction is None for one in ran) and len(ran) > 1


def _named(findings: Sequence[Finding]) -> str:
    return ", ".join(dict.fromkeys(f"{finding.rule} (line {finding.line})" for finding in findings))


def _waits(statement: Observation) -> Iterator[str]:
    for lock in statement.locks:
        if lock.existed_before and lock.mode.blocks_writes and lock.relation_kind != "index":
            who = "reads and writes" if lock.mode.blocks_reads else "writes"
            behind = f", behind it {lock.statements_behind} more" if lock.statements_behind else ""
            end = "commit" if lock.held_until == "commit" else "it ends"
            lasts = statement.predicted
            lasting = f", predicted {words.span(lasts.low_ms, lasts.high_ms)}" if lasts else ""
            yield f"{who} on {lock.relation} wait for line {statement.line} until {end}{lasting}{behind}"


def rollback(migrations: Sequence[MigrationReport]) -> tuple[str, ...]:
    """One note per migration, in the order in which they are taken back: newest first."""
    return tuple(
        f"{migration.path}: {_way_back(migration.rollback, had_rows=bool(migration.rows_before))}"
        for migration in reversed(migrations)
    )


def _way_back(proof: RollbackProof, *, had_rows: bool) -> str:
    script = "the drafted down" if proof.drafted else "its down"
    match proof.status:
        case RollbackStatus.RESTORED:
            what = "schema and data" if had_rows else "the schema (there were no rows)"
            return f"{script} brings back {what}; this was run."
        case RollbackStatus.DATA_LOST:
            lost = ", ".join(
                f"{loss.relation}{'.' + loss.column if loss.column else ''}{f' ({loss.rows:,})' if loss.rows else ''}"
                for loss in proof.data_lost
            )
            if all(loss.only_nulls for loss in proof.data_lost):
                return f"{script} brings the schema back; NULLs that the up filled stay filled: {lost}."
            return f"{script} brings the schema back, not the data: {lost}. Back up first."
        case RollbackStatus.DIFFERS:
            return f"{script} leaves another schema ({len(proof.differences)} differences). {proof.reason}"
        case RollbackStatus.FAILED:
            return f"{script} fails. {proof.reason}"
        case RollbackStatus.MISSING:
            return "there is no down, and none could be drafted that works. Restore from a backup."
        case RollbackStatus.IRREVERSIBLE:
            return f"there is no way back. {proof.reason} Back up first."
        case RollbackStatus.UNPROVEN:
            return f"not proven. {proof.reason}"
