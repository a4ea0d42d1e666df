"""A report's verdict once people have spoken: in words, and in what GitHub calls conclusions."""

from __future__ import annotations

from bot.approvals import unproven_id
from bot.model import Approval, Standing, Waiver
from bot.publish.check_output import Conclusion
from bot.publish.wording import counted, listed
from checks import risk
from checks.model.findings import Finding
from checks.model.report import Report, Verdict

CONCLUSIONS: dict[Verdict, Conclusion] = {
    Verdict.PASS: "success",
    Verdict.WARN: "neutral",
    Verdict.NEEDS_APPROVAL: "action_required",
    Verdict.UNPROVEN: "action_required",
    Verdict.FAIL: "failure",
}


def conclusion(report: Report, standing: Standing) -> Conclusion:
    """What was not proven is never green: a person can take it as it is, and then it is neutral."""
    if standing.verdict is Verdict.PASS and report.unproven:
        return "neutral"
    return CONCLUSIONS[standing.verdict]


def headline(report: Report, standing: Standing) -> str:
    """The verdict in one line: the report's own, until somebody has approved or waived something."""
    if not standing.approved and not standing.waived:
        return report.headline
    left = f"{counted(len(report.migrations), 'migration')}: nothing else stands against it"
    if standing.verdict is not Verdict.PASS:
        left = risk.headline(
            len(report.migrations), standing.verdict, open_findings(report, standing), standing.open_unproven
        )
    return f"{left}; {_settled(report, standing)}"


def _settled(report: Report, standing: Standing) -> str:
    parts = [_approved(report, standing)] if standing.approved else []
    if standing.waived:
        people = listed(list(dict.fromkeys(waiver.by for waiver in standing.waivers)))
        parts.append(f"{counted(len(standing.waived), 'finding')} waived by {people}")
    return "; ".join(parts)


def _approved(report: Report, standing: Standing) -> str:
    people = listed(list(dict.fromkeys(approval.by for approval in standing.approved)))
    unproven = {unproven_id(one) for one in report.unproven}
    taken = sum(approval.item in unproven for approval in standing.approved)
    lost = len(standing.approved) - taken
    parts = [f"{counted(lost, 'irreversible step')} approved"] if lost else []
    parts += [f"{counted(taken, 'unproven part')} taken unproven"] if taken else []
    return f"{', '.join(parts)} by {people}"


def open_findings(report: Report, standing: Standing) -> list[Finding]:
    """All that nobody has approved or waived, those that can be mended too."""
    return [one for one in report.findings if not is_approved(one, standing) and not is_waived(one, standing)]


def is_approved(finding: Finding, standing: Standing) -> bool:
    return finding.irreversible and any(one.item == finding.id for one in standing.approved)


def is_waived(finding: Finding, standing: Standing) -> bool:
    return finding in standing.waived


def unwaived(report: Report, standing: Standing) -> list[Finding]:
    """What is shown as a finding: what was waived has a list of its own."""
    return [one for one in report.findings if not is_waived(one, standing)]


def waived(standing: Standing) -> list[tuple[Finding, Waiver]]:
    """Each waived finding, with what covers it."""
    waivers = {waiver.rule: waiver for waiver in standing.waivers}
    return [(one, waivers[one.rule]) for one in standing.waived]


def waiting(standing: Standing) -> list[tuple[str, str]]:
    """What a person has to decide: the id that approves it, and what it is about."""
    findings = [(one.id, f"`{one.rule}` in `{one.path}:{one.line}`") for one in standing.open_findings]
    unproven = [
        (unproven_id(one), f"not proven in `{one.path}:{one.line}`: {one.reason}")
        for one in standing.open_unproven
    ]
    return findings + unproven


def given(report: Report, standing: Standing) -> list[tuple[Approval, str]]:
    """Each approval, with what it is about."""
    about = {one.id: f"`{one.rule}` in `{one.path}:{one.line}`" for one in report.findings}
    about |= {unproven_id(one): f"not proven in `{one.path}:{one.line}`" for one in report.unproven}
    return [(approval, about[approval.item]) for approval in standing.approved if approval.item in about]
