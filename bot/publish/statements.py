"""What PostgreSQL did for one statement, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.publish.wording import counted, listed, milliseconds, short_name
from checks.model.observations import Lock, LockMode, Observation, SqlError


@dataclass(frozen=True)
class StatementRow:
    """One line of the statements table. Texts are strangers' text: not escaped yet."""

    line: str
    """With a question mark where it is a guess."""
    sql: str
    locks: tuple[str, ...]
    """On relations that were there before the change, strongest first: ``ACCESS EXCLUSIVE users, orders``."""
    blocks: str
    until: str
    work: tuple[str, ...]
    rows: str
    ms: str
    error: tuple[str, ...]
    ran: bool

    @property
    def is_quiet(self) -> bool:
        return not (self.locks or self.error)


def statement_row(observation: Observation) -> StatementRow:
    locks = live_locks(observation)
    return StatementRow(
        line=f"{observation.line}?" if observation.line_is_guess else str(observation.line),
        sql=observation.sql,
        locks=tuple(f"{mode} {listed(relations)}" for mode, relations in by_mode(locks)),
        blocks=blocks(locks),
        until=until(locks),
        work=work(observation),
        rows="" if observation.rows is None else f"{observation.rows:,}",
        ms=milliseconds(observation.duration_ms) if observation.ran else "",
        error=error_lines(observation.error) if observation.error else (),
        ran=observation.ran,
    )


def live_locks(observation: Observation) -> list[Lock]:
    """Locks that somebody else can wait for: on relations that existed, stronger than what every writer takes."""
    live = [
        lock
        for lock in observation.locks
        if lock.existed_before and lock.mode.strength > LockMode.ROW_EXCLUSIVE.strength
    ]
    beyond_indexes = [lock for lock in live if lock.relation_kind != "index"]
    return sorted(beyond_indexes or live, key=lambda lock: -lock.mode.strength)


def by_mode(locks: Iterable[Lock]) -> list[tuple[str, list[str]]]:
    modes: dict[str, list[str]] = {}
    for lock in locks:
        modes.setdefault(lock.mode.value, []).append(short_name(lock.relation))
    return list(modes.items())


def blocks(locks: Sequence[Lock]) -> str:
    if any(lock.mode.blocks_reads for lock in locks):
        return "reads, writes"
    if any(lock.mode.blocks_writes for lock in locks):
        return "writes"
    return "schema changes" if locks else ""


def until(locks: Sequence[Lock]) -> str:
    """When the strongest lock is let go."""
    if not locks:
        return ""
    strongest = locks[0]
    if strongest.held_until == "statement":
        return "it ends"
    if strongest.statements_behind == 0:
        return "commit"
    return f"commit, {counted(strongest.statements_behind, 'statement')} later"


def work(observation: Observation) -> tuple[str, ...]:
    """What PostgreSQL had to do besides changing its catalogs."""
    done = (
        ("rewrites", observation.rewrites),
        ("scans", [table for table in observation.scans if table not in observation.rewrites]),
        ("builds", observation.indexes_built),
        ("validates", observation.validated),
    )
    return tuple(f"{verb} {listed([short_name(name) for name in names])}" for verb, names in done if names)


def error_lines(error: SqlError) -> tuple[str, ...]:
    at = f" (line {error.line})" if error.line else ""
    lines = [f"error {error.sqlstate}: {error.message}{at}"]
    lines += [f"{label}: {text}" for label, text in (("detail", error.detail), ("hint", error.hint)) if text]
    return tuple(lines)
