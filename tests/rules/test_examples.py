"""The SQL on every rule's page, run for real: Bad shows the hazard, Good does not, and both do what the page says."""

from __future__ import annotations

import pytest
from test_pages import WITHOUT_SQL

from checks.examples.observe import observe
from checks.rules import all_rules
from checks.rules.observed import all_observed
from checks.sandbox import Server

BY_TEXT = {"suppression-without-effect"}
"""Found in the text of a file, without a run: tests/rules/test_suppress.py."""
SINCE = {"constraint-not-enforced": 18}
"""Rules about what older versions do not have."""
RULES = [id for id in all_rules() if id not in WITHOUT_SQL.keys() | BY_TEXT]


@pytest.mark.parametrize("id", RULES)
def test_bad_shows_the_hazard_good_does_not_and_the_page_says_what_both_do(server: Server, id: str) -> None:
    version = server.version // 10_000
    seen = observe(server, id)
    assert seen.fires == (version >= SINCE.get(id, 0))
    assert seen.good_is_quiet
    assert seen == all_observed()[id][version], "run: python -m checks.examples"
