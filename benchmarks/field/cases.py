"""The set: what is there, what is changed, and which hazard of the field its author means by it."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).with_name("cases")
HELD_OUT = "held_out"
"""Files of this name hold the cases that were written after the last change of our rules."""
DEFAULT_VERSION = 17
TIMEOUTS = """\
SET lock_timeout = '5s';
SET statement_timeout = '10min';
SET idle_in_transaction_session_timeout = '30s';
SET application_name = 'migration';
"""
"""Ahead of each change, so that no tool has to ask for them: nothing here is about their absence."""


class Case(BaseModel):
    """A change of a database, in context."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """``<file>/<name>``."""
    area: str
    schema_sql: str
    rows_sql: str
    before: tuple[str, ...] = ()
    """Earlier migrations, each a file of its own."""
    change: str
    kinds: tuple[str, ...] = ()
    """Ids of ``checks/rules/hazards.toml``, one of which a tool has to name; none where the change is harmless."""
    transaction: bool = True
    """Whether the file is one transaction; the text says so then, with BEGIN and COMMIT."""
    postgres: int = DEFAULT_VERSION
    code: tuple[str, ...] = ()
    """Statements of the application as it is before the change."""
    roles: tuple[str, ...] = ()
    why: str = ""
    """Where one may argue."""

    @property
    def text(self) -> str:
        """The file, as every tool sees it."""
        body = f"BEGIN;\n{self.change}\nCOMMIT;" if self.transaction else self.change
        return f"{TIMEOUTS}{body}\n"

    @property
    def held_out(self) -> bool:
        return self.area.startswith(HELD_OUT)


@cache
def all_cases() -> tuple[Case, ...]:
    return tuple(case for path in sorted(FOLDER.glob("*.toml")) for case in read(path))


def read(path: Path) -> tuple[Case, ...]:
    """``[database.NAME]`` with ``schema`` and ``rows``, ``[cases.NAME]`` for each case; a case without a ``database``
    has that of ``default``. Raises pydantic's ValidationError and KeyError for a file that is not in this form."""
    content = tomllib.loads(path.read_text())
    databases = content["database"]
    return tuple(_case(path.stem, name, row, databases) for name, row in content["cases"].items())


def _case(area: str, name: str, row: dict[str, object], databases: Mapping[str, dict[str, str]]) -> Case:
    database = databases[str(row.pop("database", "default"))]
    return Case.model_validate(
        {
            **row,
            "id": f"{area}/{name}",
            "area": area,
            "schema_sql": database["schema"],
            "rows_sql": database["rows"],
        }
    )


def chosen(words: Collection[str]) -> list[Case]:
    """The cases whose id has one of these words in it; all for none."""
    return [case for case in all_cases() if not words or any(word in case.id for word in words)]
