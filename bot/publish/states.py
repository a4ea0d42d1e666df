"""A rollback proof side by side: each object before up, after up, and after down."""

from __future__ import annotations

from dataclasses import dataclass

from checks.model.differences import Difference, DifferenceKind
from checks.model.report import MigrationReport
from checks.model.rollback import RollbackStatus

DOWN_RAN = (RollbackStatus.RESTORED, RollbackStatus.DATA_LOST, RollbackStatus.DIFFERS)
ABSENT = "—"
THERE = "there"
UNKNOWN = "not known"


@dataclass(frozen=True)
class States:
    """One object, or one property of it. Texts are strangers' text: not escaped yet."""

    name: str
    before: str
    up: str
    down: str
    restored: bool | None
    """None when down did not get through."""


def states(migration: MigrationReport) -> list[States]:
    proof = migration.rollback
    up = {_key(one): one for one in migration.schema_diff}
    down = {_key(one): one for one in proof.differences}
    ran = proof.status in DOWN_RAN
    return [_states(key, up.get(key), down.get(key), down_ran=ran) for key in dict.fromkeys([*up, *down])]


def _states(
    key: tuple[str, str, str], up: Difference | None, down: Difference | None, *, down_ran: bool
) -> States:
    object_type, name, changed = key
    first = up or down
    assert first is not None
    before = _before(first)
    return States(
        name=f"{object_type} {name}{f', {changed}' if changed else ''}",
        before=before,
        up=_after(up) if up else before,
        down=(_after(down) if down else before) if down_ran else UNKNOWN,
        restored=down is None if down_ran else None,
    )


def _key(difference: Difference) -> tuple[str, str, str]:
    return difference.object_type, difference.name, difference.property or ""


def _before(difference: Difference) -> str:
    return ABSENT if difference.kind is DifferenceKind.ADDED else difference.before or THERE


def _after(difference: Difference) -> str:
    return ABSENT if difference.kind is DifferenceKind.REMOVED else difference.after or THERE
