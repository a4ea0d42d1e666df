"""What approvals do to a verdict: they answer what is a person's to decide, and mend nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.model import Approval, Standing
from checks import risk
from checks.model import Report, Unproven


def stand(report: Report, approvals: Sequence[Approval]) -> Standing:
    """The verdict of ``report`` without the irreversible findings and unproven parts that were approved.

    A finding's id changes with its statement, so an approval does not outlive what it was given for.
    A hazard that can be mended cannot be approved: it is mended, or accepted in the file.
    """
    given = {approval.item: approval for approval in approvals}
    findings = [one for one in report.findings if not (one.irreversible and one.id in given)]
    unproven = [one for one in report.unproven if unproven_id(one) not in given]
    items = {one.id for one in report.findings if one.irreversible} | set(map(unproven_id, report.unproven))
    return Standing(
        verdict=risk.verdict(findings, unproven),
        open_findings=tuple(one for one in findings if one.irreversible),
        open_unproven=tuple(unproven),
        approved=tuple(approval for item, approval in given.items() if item in items),
    )


def unproven_id(unproven: Unproven) -> str:
    """A name for what could not be proven, the same for as long as the reason and its place are."""
    text = f"{unproven.path}\0{unproven.line}\0{unproven.reason}"
    return f"unproven-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
