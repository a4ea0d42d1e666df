"""Whether prose about a Report says only what the Report says. ``faults`` is the one door."""

from __future__ import annotations

from bot.summary.grounding import (
    advice,
    blocking,
    citations,
    form,
    locks,
    names,
    numbers,
    proof,
    rollback,
    severity,
    silence,
    work,
)
from bot.summary.grounding.claim import Claim, Fault, claims_of
from bot.summary.model import Draft, Summary
from checks.model.report import Report

__all__ = ["Fault", "faults"]

_CHECKS = (
    citations, form, names, locks, numbers, blocking, work, severity, rollback, proof, silence, advice,
)  # fmt: skip
"""Each is a question about one sentence: ``reasons`` gives what is wrong, in the order in which it is told."""


def faults(draft: Draft | Summary, report: Report) -> tuple[Fault, ...]:
    """One fault for each sentence that does not hold, with all that is wrong with it, so that one answer can mend it."""
    return tuple(fault for claim in claims_of(draft, report) if (fault := _fault_of(claim)))


def _fault_of(claim: Claim) -> Fault | None:
    reasons = dict.fromkeys(reason for check in _CHECKS for reason in check.reasons(claim))
    if not reasons:
        return None
    return Fault(part=claim.part, index=claim.index, text=claim.text, reason="; ".join(reasons))
