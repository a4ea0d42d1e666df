"""Findings and unproven parts as marks on the lines of the pull request. GitHub shows them as plain text."""

from __future__ import annotations

from bot.model import Standing
from bot.publish import view
from bot.publish.check_output import MOST_MESSAGE, MOST_TITLE, Annotation, shortened
from bot.publish.escape import one_line, visible
from bot.publish.evidence import evidence_lines
from bot.publish.standing import is_approved, is_waived
from checks.model.findings import Finding, Severity, Unproven
from checks.model.report import Report

LEVELS = {Severity.ERROR: "failure", Severity.WARNING: "warning", Severity.INFO: "notice"}
APPROVED = " (approved)"
WAIVED = " (waived)"
CUT = "\n… cut here: the report has all of it."


def annotations_of(report: Report, standing: Standing) -> tuple[Annotation, ...]:
    """The gravest first; what was approved or waived is only a notice; unproven parts before what is only for information."""
    findings = view.by_severity(report.findings)
    grave = [_of_finding(report, standing, one) for one in findings if one.severity is not Severity.INFO]
    slight = [_of_finding(report, standing, one) for one in findings if one.severity is Severity.INFO]
    return (*grave, *map(_of_unproven, report.unproven), *slight)


def _of_finding(report: Report, standing: Standing, finding: Finding) -> Annotation:
    start = max(1, finding.line)
    settled = _settled(finding, standing)
    details = "\n".join(visible(line) for line in evidence_lines(report, finding))
    return Annotation.model_validate(
        {
            "path": visible(finding.path),
            "start_line": start,
            "end_line": max(start, finding.end_line),
            "annotation_level": "notice" if settled else LEVELS[finding.severity],
            "title": shortened(one_line(finding.rule), MOST_TITLE - len(settled)) + settled,
            "message": shortened(visible(view.message(finding)[: MOST_MESSAGE + 1]), MOST_MESSAGE, CUT),
            "raw_details": shortened(details, MOST_MESSAGE, CUT) or None,
        }
    )


def _settled(finding: Finding, standing: Standing) -> str:
    """How somebody has answered it, for the end of a title; empty while nobody has."""
    if is_approved(finding, standing):
        return APPROVED
    return WAIVED if is_waived(finding, standing) else ""


def _of_unproven(unproven: Unproven) -> Annotation:
    line = max(1, unproven.line)
    return Annotation(
        path=visible(unproven.path),
        start_line=line,
        end_line=line,
        annotation_level="warning",
        title="not proven",
        message=shortened(visible(unproven.reason[: MOST_MESSAGE + 1]), MOST_MESSAGE, CUT),
    )
