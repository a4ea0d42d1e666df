"""Every sentence rests on something, and every id it names is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.evidence import ids_of

NOTHING = "it cites nothing; name the id of a finding, a statement or a migration of the report"
_LOOKS_LIKE_AN_ID = re.compile(r"[\w:/.-]+/(?:up|down)/\d+|\b(?=\w*\d)(?=\w*[a-f])[0-9a-f]{12,64}\b")
"""Of a statement, or of a finding."""
UNKNOWN = "it cites `{id}`, which is no id of this report; copy ids whole and exactly"


def reasons(claim: Claim) -> Iterator[str]:
    known = ids_of(claim.report)
    if known and not claim.rests_on:
        yield NOTHING
    for id in (*claim.rests_on, *_LOOKS_LIKE_AN_ID.findall(claim.text)):
        if id not in known:
            yield UNKNOWN.format(id=id)
