"""``Oban.Migrations.up`` and ``down``: from the version that the database has to the one that is asked for.

Which version the database has stands in the comment of ``oban_jobs``; here it is what the migrations before have left.
Source: Oban's ``lib/oban/migrations/postgres.ex`` and the modules ``V01`` to ``V14`` beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from checks.elixir.values import Value, is_integer, pair_of

MODULES = frozenset({"Oban.Migration", "Oban.Migrations"})
NEWEST = 14
_VERSIONS = {(2, 0): 8, (2, 3): 9, (2, 4): 10, (2, 11): 11, (2, 17): 12, (2, 20): 13, (2, 21): 14}
"""The first release of Oban with each version (its changelog)."""
_HEADING = re.compile(r"^-- (V\d+ (?:up|down))\n", re.MULTILINE)
_LOCKED = re.compile(r'"oban":\s*\{:hex,\s*:oban,\s*"(\d+)\.(\d+)\.')
_FOUND = """SELECT pg_catalog.obj_description(pg_class.oid, 'pg_class')
FROM pg_class
LEFT JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
WHERE pg_class.relname = 'oban_jobs'
AND pg_namespace.nspname = '{escaped}'
"""


@dataclass
class ObanState:
    """The version per prefix that the migrations so far have left."""

    newest: int = NEWEST
    """What the project's own Oban goes to when no version is named."""
    versions: dict[str, int] = field(default_factory=dict)

    def copy(self) -> ObanState:
        return ObanState(self.newest, dict(self.versions))


@dataclass(frozen=True)
class ObanCall:
    """What one call of ``up`` or ``down`` asks for. Raises ValueError for options that are no constants."""

    direction: str
    options: list[tuple[Value, Value]]

    @property
    def prefix(self) -> str:
        given, prefix = pair_of(self.options, "prefix")
        if given and not isinstance(prefix, str):
            raise ValueError("a prefix that is no string")
        return str(prefix) if given else "public"

    def _option(self, name: str, default: Value) -> Value:
        given, value = pair_of(self.options, name)
        return value if given else default

    def query(self) -> str:
        return _FOUND.replace("{escaped}", self.prefix.replace("'", "''"))

    def statements(self, state: ObanState) -> Iterator[str]:
        """Those that are queued; ``state`` is then what they leave behind."""
        found = state.versions.get(self.prefix, 0)
        wanted = self._option("version", state.newest if self.direction == "up" else 1)
        if not is_integer(wanted) or not 1 <= wanted <= NEWEST:
            raise ValueError("a version of Oban that is not known here")
        steps = (
            range(found + 1, wanted + 1) if self.direction == "up" else range(max(found, 1), wanted - 1, -1)
        )
        for step in steps:
            yield from self._step(step)
        left = wanted if self.direction == "up" else wanted - 1
        if not steps:
            return
        state.versions[self.prefix] = left
        if left:
            yield f"COMMENT ON TABLE {self._filled('{quoted}')}.oban_jobs IS '{left}'"

    def _step(self, step: int) -> Iterator[str]:
        for sql in _steps()[f"V{step} {self.direction}"]:
            is_schema = sql.startswith("CREATE SCHEMA")
            if is_schema and not self._option("create_schema", self.prefix != "public"):
                continue
            if not (sql.endswith("SET UNLOGGED") and not self._option("unlogged", True)):
                yield self._filled(sql)

    def _filled(self, sql: str) -> str:
        quoted, escaped = f'"{self.prefix}"', self.prefix.replace("'", "''")
        return sql.replace("{quoted}", quoted).replace("{escaped}", escaped)


def newest_in(lock: str | None) -> int:
    """The version that the Oban of a mix.lock goes to; the newest known without one."""
    match = _LOCKED.search(lock) if lock else None
    if match is None:
        return NEWEST
    release = int(match[1]), int(match[2])
    return max((version for first, version in _VERSIONS.items() if first <= release), default=NEWEST)


@cache
def _steps() -> Mapping[str, list[str]]:
    text = Path(__file__).with_suffix(".sql").read_text()
    _, *parts = _HEADING.split(text)
    bodies = zip(parts[::2], parts[1::2], strict=True)
    return {name: [sql.strip("\n") for sql in body.split("\n--;\n") if sql.strip()] for name, body in bodies}
