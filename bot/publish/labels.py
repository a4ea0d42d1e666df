"""What a verdict and a finding are called, and how that is painted on a terminal."""

from __future__ import annotations

from checks.model.findings import Finding, Severity
from checks.model.report import Verdict

VERDICTS = {
    Verdict.PASS: "PASS",
    Verdict.WARN: "WARN",
    Verdict.NEEDS_APPROVAL: "NEEDS APPROVAL",
    Verdict.FAIL: "FAIL",
    Verdict.UNPROVEN: "UNPROVEN",
}
VERDICT_STYLES = {
    Verdict.PASS: "bold green",
    Verdict.WARN: "bold yellow",
    Verdict.NEEDS_APPROVAL: "bold cyan",
    Verdict.FAIL: "bold red",
    Verdict.UNPROVEN: "bold yellow",
}
_SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
APPROVAL = "approval"
IN_ITS_FILE = "in its file: `migration:ignore RULE reason: …` in a comment above the statement"
"""Where no App listens, there is nothing else that an approval could be kept in."""
LOCAL_APPROVAL = f"on its pull request, or {IN_ITS_FILE}"


def label(finding: Finding) -> str:
    """How grave it is; what cannot be undone waits for a person, however grave."""
    return APPROVAL if finding.irreversible else finding.severity.value


def style(finding: Finding) -> str:
    """That of its label."""
    return (
        VERDICT_STYLES[Verdict.NEEDS_APPROVAL] if finding.irreversible else _SEVERITY_STYLES[finding.severity]
    )
