"""Every sentence rests on something, and every id it names is there."""

from __future__ import annotations

from collections.abc import Iterator

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.evidence import ids_of

NOTHING = "it cites nothing; name the id of a finding, a statement or a migration of the report"
UNKNOWN = "it cites `{id}`, which is no id of this report; copy ids whole and exactly"


def reasons(claim: Claim) -> Iterator[str]:
    known = ids_of(claim.report)
    if known and not claim.rests_on:
        yield NOTHING
    for id in claim.rests_on:
        if id not in known:
            yield UNKNOWN.format(id=id)
