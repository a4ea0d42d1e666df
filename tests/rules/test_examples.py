"""The SQL on every rule's page, run for real: Bad shows the hazard, Good does not."""

from __future__ import annotations

import re

import pytest
from running import fired
from test_pages import WITHOUT_SQL

from checks.rules import all_rules
from checks.sandbox.server import Database
from checks.settings import Settings

BY_TEXT = {"suppression-without-effect"}
"""Found in the text of a file, without a run: tests/rules/test_suppress.py."""
SINCE = {"constraint-not-enforced": 180000}
"""Rules about what older versions do not have."""
STRICT = Settings(preset="strict")
RULES = [id for id in all_rules() if id not in WITHOUT_SQL.keys() | BY_TEXT]


def block(id: str, heading: str) -> str:
    found = re.search(
        rf"^## {heading}\n\n```sql\n(.*?)```", all_rules()[id].documentation, re.MULTILINE | re.DOTALL
    )
    return found[1] if found else ""


@pytest.mark.parametrize("id", RULES)
def test_bad(database: Database, id: str) -> None:
    if database.server.version < SINCE.get(id, 0):
        pytest.skip(f"PostgreSQL {database.server.version} does not have it")
    assert id in fired(database, block(id, "Bad"), block(id, "Setup"), STRICT)


@pytest.mark.parametrize("id", RULES)
def test_good(database: Database, id: str) -> None:
    assert id not in fired(database, block(id, "Good"), block(id, "Setup"), STRICT)
