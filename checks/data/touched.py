"""Which existing tables a change is about, judged by the names in its text: too many rather than too few."""

from __future__ import annotations

import re
from collections.abc import Collection

from checks.data.facts import Connection
from checks.data.queries import queries
from checks.sandbox.server import Database, Role

_WORD = re.compile(r'"((?:[^"]|"")+)"|([^\W\d][\w$]*)')


def touched_tables(database: Database, words: Collection[str]) -> frozenset[str]:
    """The tables (``schema.name``) behind all identifiers of the new scripts (``sql.mentions.words``).

    Named tables; those of named views, functions, indexes, constraints, sequences, triggers and types; their
    partitions, parents and children by inheritance; and the other ends of all their foreign keys.
    """
    with database.connect(Role.APP, options={"search_path": "pg_catalog", "jit": "off"}) as session:
        known, functions = _with_functions(session, set(words))
        rows = session.execute(
            queries("touched.sql")["tables"], {"words": sorted(known), "functions": functions}
        )
        return frozenset(str(name) for (name,) in rows)


def _with_functions(session: Connection, words: set[str]) -> tuple[set[str], list[int]]:
    """With the names in the bodies of named functions, and of the functions that those name."""
    functions: dict[int, str] = {}
    new = words
    while new:
        rows = session.execute(queries("touched.sql")["functions"], {"words": sorted(new)}).fetchall()
        found = {int(str(oid)): str(body) for oid, body in rows if oid not in functions}
        functions |= found
        new = {name for body in found.values() for name in _names(body)} - words
        words = words | new
    return words, list(functions)


def _names(body: str) -> set[str]:
    """Identifiers as PostgreSQL stores them: folded to lower case unless quoted."""
    return {quoted.replace('""', '"') or plain.lower() for quoted, plain in _WORD.findall(body)}
