"""Both passes as one account: what each statement does (pass A), in what really happens (pass B)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from checks.model.observations import Lock, Observation, Trace
from checks.replay.play import is_at_commit

_CONTROL = frozenset(
    [
        "BEGIN",
        "START TRANSACTION",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT",
        "RELEASE",
        "PREPARE TRANSACTION",
        "COMMIT PREPARED",
        "ROLLBACK PREPARED",
    ]
)
_HARMLESS = _CONTROL | frozenset(
    ["SET", "RESET", "SHOW", "SET CONSTRAINTS", "FETCH", "MOVE", "CLOSE CURSOR", "DEALLOCATE"]
)
"""Commands that lock no relation by themselves."""


_ROUND_TRIP_MS = 0.05
"""Less means that its answer came together with the one before it: the script went out as one query."""


def merge(pass_a: Trace, pass_b: Trace) -> tuple[Observation, ...]:
    """Locks, rewrites, scans and indexes of pass A; transaction, time, rows, notices and error of pass B.

    A lock is held until the commit of the tool's transaction, behind the later statements that ran in it.
    A statement that failed in pass B has no locks, and one that failed only in pass A gets those that the
    tool's transaction held at its end and that no other statement explains.
    """
    alone, real = pass_a.observations, pass_b.observations
    transactions = _transactions(real)
    locks = _locks(alone, real, transactions)
    behind = _behind(real, transactions)
    return tuple(
        together.model_copy(
            update={
                **_facts(single, together),
                "locks": _held(locks[index], behind.get(index)),
            }
        )
        for index, (single, together) in enumerate(zip(alone, real, strict=True))
    )


def unseen(pass_a: Trace, pass_b: Trace) -> tuple[str, ...]:
    """What neither pass could observe, and why: for ``Trace.unproven`` of the merged account."""
    failed_alone = [
        f"line {single.line}: runs only together with other statements of its transaction "
        f"({single.error.sqlstate}: {single.error.message}), so rewrites and scans of this one were not observed"
        for single, real in zip(pass_a.observations, pass_b.observations, strict=True)
        if single.error and real.ran and not real.error and real.kind not in _HARMLESS
    ]
    return (*pass_a.unproven, *pass_b.unproven, *failed_alone)


def _facts(single: Observation, together: Observation) -> dict[str, object]:
    if not _had_effect(together) or single.error:
        return {"nested": single.nested}
    names = ("rewrites", "scans", "indexes_built", "indexes_reused", "validated", "nested")
    facts = {name: getattr(single, name) for name in names}
    if together.duration_ms < _ROUND_TRIP_MS:
        facts["duration_ms"] = single.duration_ms
    return facts


def _had_effect(observation: Observation) -> bool:
    """Whether the statement itself succeeded, whatever its COMMIT said."""
    return observation.ran and (observation.error is None or is_at_commit(observation.error))


def _transactions(real: Sequence[Observation]) -> dict[int | None, list[int]]:
    """The positions of the statements of each transaction."""
    members: dict[int | None, list[int]] = {}
    for index, observation in enumerate(real):
        if observation.transaction is not None:
            members.setdefault(observation.transaction, []).append(index)
    return members


def _locks(
    alone: Sequence[Observation], real: Sequence[Observation], transactions: Mapping[int | None, list[int]]
) -> list[tuple[Lock, ...]]:
    found = [
        single.locks if _had_effect(together) else () for single, together in zip(alone, real, strict=True)
    ]
    for members in transactions.values():
        hidden = [index for index in members if alone[index].error and _had_effect(real[index])]
        for lock in (
            _unexplained(real[members[-1]].locks, [found[index] for index in members]) if hidden else ()
        ):
            found[_owner(lock, hidden, alone)] += (lock,)
    return found


def _unexplained(at_end: Iterable[Lock], seen: Iterable[tuple[Lock, ...]]) -> list[Lock]:
    strongest: dict[str, int] = {}
    for lock in (lock for locks in seen for lock in locks):
        strongest[lock.relation] = max(lock.mode.strength, strongest.get(lock.relation, -1))
    return [lock for lock in at_end if lock.mode.strength > strongest.get(lock.relation, -1)]


def _owner(lock: Lock, hidden: Sequence[int], alone: Sequence[Observation]) -> int:
    """Of the statements that could not be seen alone, the first that names the relation, or else the first."""
    name = re.compile(rf"\b{re.escape(lock.relation.partition('.')[2])}\b")
    return next((index for index in hidden if name.search(alone[index].sql)), hidden[0])


def _behind(real: Sequence[Observation], transactions: Mapping[int | None, list[int]]) -> dict[int, int]:
    """Statement in a transaction → how many come behind it there."""
    found: dict[int, int] = {}
    for members in transactions.values():
        count = 0
        for index in reversed(members):
            found[index] = count
            count += real[index].kind not in _CONTROL
    return found


def _held(locks: Sequence[Lock], behind: int | None) -> tuple[Lock, ...]:
    """``behind``: None for a statement in no transaction."""
    if behind is None:
        return tuple(lock.model_copy(update={"held_until": "statement"}) for lock in locks)
    return tuple(
        lock.model_copy(update={"held_until": "commit", "statements_behind": behind}) for lock in locks
    )
