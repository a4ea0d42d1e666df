"""What one evaluation may use: steps, memory, depth. A file of strangers cannot keep the evaluator busy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from checks.elixir.operators import bounded
from checks.elixir.stops import TooMuchError
from checks.elixir.values import Value

_MAX_STEPS = 200_000
_MAX_CALLS = 60
_MAX_MADE = 20_000_000
_PER_STEP = 50
"""Characters or elements that are worked on in one step."""


class Limits:
    """Counts, and raises TooMuchError."""

    def __init__(self) -> None:
        self.line = 0
        """Of the call that is being evaluated."""
        self._steps = 0
        self._made = 0
        self._calls = 0

    def step(self, line: int) -> None:
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise TooMuchError(f"more than {_MAX_STEPS:,} steps of evaluation", line)

    def charge(self, values: Sequence[Value]) -> None:
        """Large values take more than one step to work on."""
        self._steps += sum(len(value) // _PER_STEP for value in values if isinstance(value, (str, list)))

    def kept(self, value: Value, line: int) -> Value:
        """A new value, within what all of them together may take."""
        self._made += len(value) if isinstance(value, (str, list)) else 0
        if self._made > _MAX_MADE:
            raise TooMuchError(f"its values take more than {_MAX_MADE:,} characters and elements", line)
        return bounded(value, line)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Inside of one more call."""
        self._calls += 1
        if self._calls > _MAX_CALLS:
            raise TooMuchError(f"functions call each other more than {_MAX_CALLS} levels deep", self.line)
        try:
            yield
        finally:
            self._calls -= 1
