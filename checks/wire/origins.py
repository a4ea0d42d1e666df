"""Where in its file a statement can come from, as far as that can be told before any word of it is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from checks.wire.python_source import Operation, calls_of, lone_call, operations_of
from checks.wire.sqlmigrate import operations_told


@dataclass(frozen=True)
class Origin:
    lines: frozenset[int] | None = None
    """From 1; None: anywhere in the file."""
    calls: frozenset[int] | None = None
    """Those of them on which something begins that may have sent it."""
    call: int | None = None
    """The one call that had it sent, where that is known."""
    is_sure: bool = False
    """Whether the call sent it itself, and not one of the file's functions for it."""

    def has(self, line: int) -> bool:
        return self.lines is None or line in self.lines

    def begins(self, line: int) -> bool:
        return self.calls is None or line in self.calls


ANYWHERE = Origin()
Direction = Literal["up", "down"]
_FUNCTION: Mapping[Direction, str] = {"up": "upgrade", "down": "downgrade"}
"""Alembic's."""


def origins_of(
    statements: Sequence[str], path: str, text: str, direction: Direction = "up", printed: str = ""
) -> list[Origin]:
    """``printed`` is what the tool itself says of the migration, where it was asked (Django's ``sqlmigrate``)."""
    if not path.endswith(".py"):
        return [ANYWHERE for _ in statements]
    operations = operations_of(text)
    if not operations:
        lone, calls = lone_call(text, _FUNCTION[direction]), calls_of(text)
        known = Origin(calls=calls, call=lone, is_sure=lone is not None) if calls else ANYWHERE
        return [known for _ in statements]
    told = operations_told(statements, printed, len(operations))
    is_lone = len(operations) == 1
    return [
        _origin([operations[place] for place in sorted(one.places)], one.is_told or is_lone) for one in told
    ]


def _origin(operations: Sequence[Operation], is_told: bool) -> Origin:
    inner = frozenset(line for one in operations for part in one.runs for line in part)
    lines = inner.union(*(range(one.line, one.end_line + 1) for one in operations))
    calls = inner.union(one.line for one in operations)
    if len(operations) > 1:
        return Origin(lines, calls)
    (only,) = operations
    return Origin(lines, calls, only.line, is_sure=is_told and not only.runs)
