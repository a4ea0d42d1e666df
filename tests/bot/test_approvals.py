"""What people's words do to a verdict."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import sample_reports

from bot.approvals import approvable, stand
from bot.model import Approval, Waiver
from checks.model.findings import Severity
from checks.model.report import Report, Verdict

TODAY = date(2026, 11, 28)
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
REPORT = sample_reports.failing_report()


def approval(item: str) -> Approval:
    return Approval(item=item, by="wendy", at=NOON, head_sha="a" * 40)


def waiver(rule: str, days: int = 0) -> Waiver:
    return Waiver(
        rule=rule, by="wendy", at=NOON, head_sha="a" * 40, until=TODAY + timedelta(days=days), reason="night"
    )


def with_only(*rules: str) -> Report:
    findings = tuple(one for one in REPORT.findings if one.rule in rules)
    return REPORT.model_copy(update={"findings": findings, "unproven": ()})


def test_all_that_can_be_approved_approved_leaves_what_can_be_mended() -> None:
    standing = stand(REPORT, [approval(item) for item in approvable(REPORT)], today=TODAY)
    assert (standing.open_findings, standing.open_unproven) == ((), ())
    assert standing.verdict is Verdict.FAIL


def test_an_irreversible_finding_waits_until_it_is_approved() -> None:
    report = with_only("drop-column")
    assert stand(report, [], today=TODAY).verdict is Verdict.NEEDS_APPROVAL
    assert stand(report, [approval(report.findings[0].id)], today=TODAY).verdict is Verdict.PASS


def test_a_waiver_covers_its_rule_up_to_its_last_day() -> None:
    report = with_only("index-without-concurrently")
    assert stand(report, [], today=TODAY).verdict is not Verdict.PASS
    standing = stand(report, [], [waiver("index-without-concurrently")], today=TODAY)
    assert (standing.verdict, standing.waived) == (Verdict.PASS, report.findings)
    late = stand(report, [], [waiver("index-without-concurrently", days=-1)], today=TODAY)
    assert (late.verdict, late.waived) == (stand(report, [], today=TODAY).verdict, ())


def test_a_waiver_never_covers_what_cannot_be_undone() -> None:
    report = with_only("drop-column")
    standing = stand(report, [], [waiver("drop-column")], today=TODAY)
    assert (standing.verdict, standing.waived) == (Verdict.NEEDS_APPROVAL, ())


def test_what_can_be_mended_cannot_be_approved() -> None:
    report = with_only("statement-fails")
    assert report.findings[0].severity is Severity.ERROR
    assert stand(report, [approval(report.findings[0].id)], today=TODAY).verdict is Verdict.FAIL
    assert approvable(report) == {}
