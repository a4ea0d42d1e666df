"""Base types that ``values`` has never heard of: some text that their input function takes."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from checks.data.facts import Connection, Type, literal
from checks.data.values import BASES

GUESSES = (
    "1", "a", "", "1.2.3", "{}", "[1,2,3]", "(1,1)", "1,1", "1-1", "a=>1", '{"a": 1}', "2025-01-01", "00:00:01",
    "192.0.2.1", "md5", "00000000-0000-0000-0000-000000000001", "a@example.com", "1 m", "USD 1", "8928308280fffff",
)  # fmt: skip


def probe(connection: Connection, types: Iterable[Type]) -> dict[int, str]:
    """Type → the first guess that it takes. Types that take none are left out."""
    found = {}
    for type_ in types:
        if type_.kind == "b" and not type_.element and type_.name not in BASES:
            guess = next((guess for guess in GUESSES if _takes(connection, type_, guess)), None)
            if guess is not None:
                found[type_.oid] = guess
    return found


def _takes(connection: Connection, type_: Type, text: str) -> bool:
    try:
        connection.execute(f"SELECT {literal(text)}::{type_.sql}".encode())
    except psycopg.Error:
        if connection.broken:
            raise
        return False
    return True
