"""What approvals do to a verdict: they answer what is a person's to decide, and mend nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

from bot.model import Approval, Standing, Waiver
from checks import risk
from checks.model.findings import Finding, Unproven
from checks.model.report import Report


def stand(
    report: Report,
    approvals: Sequence[Approval],
    waivers: Sequence[Waiver] = (),
    *,
    today: date | None = None,
) -> Standing:
    """The verdict of ``report`` without the irreversible findings and unproven parts that were approved.

    A finding's id changes with its statement, so an approval does not outlive what it was given for.
    A hazard that can be mended cannot be approved: it is mended, accepted in the file, or waived for this pull
    request until a day. ``today`` decides which waivers have run out (None: the date of this machine).
    """
    given = {approval.item: approval for approval in approvals}
    counting = _counting(waivers, today or date.today())
    waived = _waived(report, counting)
    findings = [
        one for one in report.findings if not (one.irreversible and one.id in given) and one not in waived
    ]
    unproven = [one for one in report.unproven if unproven_id(one) not in given]
    items = {one.id for one in report.findings if one.irreversible} | set(map(unproven_id, report.unproven))
    return Standing(
        verdict=risk.verdict(findings, unproven),
        open_findings=tuple(one for one in findings if one.irreversible),
        open_unproven=tuple(unproven),
        approved=tuple(approval for item, approval in given.items() if item in items),
        waived=waived,
        waivers=tuple(counting[rule] for rule in dict.fromkeys(one.rule for one in waived)),
    )


def _counting(waivers: Sequence[Waiver], today: date) -> dict[str, Waiver]:
    """Rule → its waiver; of several the one that counts longest."""
    left = [waiver for waiver in waivers if today <= waiver.until]
    return {waiver.rule: waiver for waiver in sorted(left, key=lambda waiver: waiver.until)}


def _waived(report: Report, waivers: Mapping[str, Waiver]) -> tuple[Finding, ...]:
    """A waiver outlives a push, so it must not cover what somebody has to look at each time."""
    return tuple(one for one in report.findings if one.rule in waivers and not one.irreversible)


def approvable(report: Report) -> dict[str, Finding | Unproven]:
    """What of a report can be approved, by its id."""
    irreversible = {one.id: one for one in report.findings if one.irreversible}
    return {**irreversible, **{unproven_id(one): one for one in report.unproven}}


def unproven_id(unproven: Unproven) -> str:
    """A name for what could not be proven, the same for as long as the reason and its place are."""
    text = f"{unproven.path}\0{unproven.line}\0{unproven.reason}"
    return f"unproven-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
