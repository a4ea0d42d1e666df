"""Names, lists and numbers, as people write them."""

from __future__ import annotations

from collections.abc import Sequence

GUESS = "The line is a guess: PostgreSQL got this statement from the migration tool."
GUESSES = "A line with a question mark is a guess: PostgreSQL got the statement from the migration tool."


def short_name(name: str) -> str:
    """A relation as people call it: without the schema that every database has."""
    return name.removeprefix("public.")


def listed(names: Sequence[str], at_most: int = 3) -> str:
    shown = ", ".join(names[:at_most])
    return shown if len(names) <= at_most else f"{shown} and {len(names) - at_most} more"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def milliseconds(duration: float) -> str:
    return f"{duration:.1f}" if duration < 10 else f"{duration:,.0f}"
