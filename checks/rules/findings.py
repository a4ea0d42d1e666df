"""How a rule says what it found."""

from __future__ import annotations

import hashlib

from checks.model.findings import Certainty, Finding, Severity
from checks.rules.review import Run, Step


def rule_id(module: str) -> str:
    """``checks.rules.drop_column`` → ``drop-column``."""
    return module.rpartition(".")[2].replace("_", "-")


def found(
    module: str,
    severity: Severity,
    run: Run,
    message: str,
    *,
    certainty: Certainty = Certainty.OBSERVED,
    irreversible: bool = False,
) -> Finding:
    """A finding about a statement. ``module`` is the rule's ``__name__``."""
    seen = run.observation
    return Finding(
        id=finding_id(rule_id(module), seen.path, seen.sql),
        rule=rule_id(module),
        severity=severity,
        certainty=certainty,
        path=seen.path,
        line=seen.line,
        end_line=seen.end_line,
        line_is_guess=seen.line_is_guess,
        message=message,
        migration=run.step.id,
        evidence=(seen.id,),
        irreversible=irreversible,
    )


def found_in_file(
    module: str,
    severity: Severity,
    path: str,
    message: str,
    *,
    line: int = 1,
    end_line: int | None = None,
    step: Step | None = None,
    evidence: tuple[str, ...] = (),
    certainty: Certainty = Certainty.STATIC,
    irreversible: bool = False,
) -> Finding:
    """A finding about a file, or about a migration as a whole."""
    return Finding(
        id=finding_id(rule_id(module), path, message if step is None else ""),
        rule=rule_id(module),
        severity=severity,
        certainty=certainty,
        path=path,
        line=line,
        end_line=end_line or line,
        message=message,
        migration=step.id if step else None,
        evidence=evidence,
        irreversible=irreversible,
    )


def finding_id(rule: str, path: str, text: str, ordinal: int = 0) -> str:
    """The same for the same hazard on the same text, wherever in the file the text has moved to."""
    parts = "\0".join([rule, path, " ".join(text.split()), str(ordinal)])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]
