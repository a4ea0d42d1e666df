"""Words of safety and of danger agree with the verdict and with what is cited."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.phrases import phrases
from bot.summary.grounding.reading import NAME
from checks.model.findings import Severity
from checks.model.report import RiskLevel, Verdict
from checks.model.rollback import RollbackStatus

NOT_SAFE = "it calls safe what is not: {why}"
NOT_GRAVE = "it calls {what} what is not: the verdict is {verdict}"
NOT_THE_VERDICT = "the verdict is {verdict}"
NOT_THE_RISK = "the risk is {level}"

_SAID = phrases("severity")
_SAFE = _SAID["safe"]
_NOT_SO = re.compile(
    r"\b(?:not|never|cannot|no|un|isn't|aren't|nor|hardly|neither|before (?:it|this|they)(?: is| are)?|until it is|once it is|only|unless|if|would|safer|somewhere|in the way of|as far as|make)\b(?: \w+){0,4} ?$|n't(?: \w+){0,3} ?$"
)
_AFTERWARDS = re.compile(
    r"^\W*(?:only|once|after|if|when|until|unless|with care|with \S+ (?:care|warning|finding|note)|with some)\b"
)
_PROPER = _SAID["proper"]
_WHOLE = _SAID["whole"]

_WITH_CARE = re.compile(
    r"\b(?:warnings?|cares?|but|attention|consider|watch|caveat|look|read\w*|though|yet|otherwise|else|apart|findings?|mind)\b"
)
"""What a verdict of ``warn`` says beside its praise."""
_FORWARDS = _SAID["forwards"]

_FAIL = _SAID["fail"]
_APPROVAL = _SAID["approval"]
_UNPROVEN = re.compile(
    r"\bunproven\b|\bnot (?:be |been )?(?:fully )?(?:proven|verified|shown|tested|observed)\b|\bcould not be (?:run|proven|tested|executed|observed|verified)|\bnot (?:all|everything|every \w+)\b[^.;]{0,30}\b(?:proven|verified|tested|run|executed)\b"
)
_LOSS = _SAID["loss"]
_VERDICT = re.compile(
    r"\bverdict(?: is|:| of)?:?(?: an?)? (pass|warn|needs-approval|needs approval|fail|unproven)\b|^(pass|warn|needs-approval|needs approval|fail|unproven):"
)
_RISK = re.compile(
    r"\b(low|medium|high|critical)(?:[- ]| overall )risk\b|\brisk(?: level)?(?: is|:| of)? (?:rated )?(?:overall )?(low|medium|high|critical)\b"
)
_NO_RISK = re.compile(r"\b(?:no|zero|without(?: any)?) risks?\b(?! of)|\brisk[- ]free\b|\briskless\b")
_NEGATION = re.compile(r"\b(?:no|not|nothing|never|without|none)\b[^,.;]{0,25}$|n't\b[^,.;]{0,15}$")


def reasons(claim: Claim) -> Iterator[str]:
    english = claim.english
    yield from _verdict(english, claim)
    yield from _risk(english, claim)
    yield from _grave(english, claim)
    if claim.part != "headline" and _is_of_the_way_back_alone(english, claim):
        return
    names_nothing = claim.report.verdict is Verdict.WARN and not claim.reading.named
    of_all = claim.part == "headline" or names_nothing or bool(_WHOLE.search(english))
    why = why_not_safe(claim, of_all=of_all)
    if why and _is_called_safe(english):
        yield NOT_SAFE.format(why=why)


def _is_of_the_way_back_alone(english: str, claim: Claim) -> bool:
    """What is said of the rollback is held against the rollback."""
    if claim.speaks_of_the_way_back:
        return True
    return claim.part == "rollback" and not (_WHOLE.search(english) or _FORWARDS.search(english))


def _is_called_safe(english: str) -> bool:
    if _PROPER.search(english):
        return False
    return any(
        not _NOT_SO.search(english[: found.start()]) and not _AFTERWARDS.search(english[found.end() :])
        for found in _SAFE.finditer(english)
        if not (found.group(0).startswith("pass") and NAME in english[found.end() : found.end() + 4])
    )


def why_not_safe(claim: Claim, *, of_all: bool) -> str:
    """What stands against it: in all of the Report, or in what is cited."""
    if of_all and claim.report.verdict is Verdict.WARN and not _WITH_CARE.search(claim.english):
        return f"the verdict is {claim.report.verdict.value}"
    if of_all and claim.report.verdict not in (Verdict.PASS, Verdict.WARN):
        return f"the verdict is {claim.report.verdict.value}"
    cited = claim.cited
    grave = next((one for one in cited.findings if one.severity is Severity.ERROR or one.irreversible), None)
    if grave:
        return f"{grave.rule} in line {grave.line}"
    failed = next((one for one in cited.observations if one.error), None)
    if failed:
        return f"line {failed.line} fails"
    if cited.unproven:
        return f"line {cited.unproven[0].line} of {cited.unproven[0].path} is unproven"
    lossy = (RollbackStatus.DATA_LOST, RollbackStatus.IRREVERSIBLE)
    lost = next((one for one in cited.migrations if cited.is_whole and one.rollback.status in lossy), None)
    return f"{lost.path} loses data" if lost else ""


def _grave(english: str, claim: Claim) -> Iterator[str]:
    """Danger that nothing bears out; only where the whole Report knows none of its kind."""
    verdict, findings = claim.report.verdict, claim.report.findings
    statuses = {migration.rollback.status for migration in claim.report.migrations}
    failed = (
        verdict is Verdict.FAIL
        or any(one.error for one in claim.whole.observations)
        or RollbackStatus.FAILED in statuses
    )
    lossy = any(one.irreversible for one in findings) or not statuses.isdisjoint(
        (RollbackStatus.DATA_LOST, RollbackStatus.IRREVERSIBLE, RollbackStatus.MISSING)
    )
    unproven = (
        bool(claim.report.unproven) or RollbackStatus.UNPROVEN in statuses or verdict is Verdict.UNPROVEN
    )
    for what, pattern, is_so in (
        ("failing", _FAIL, failed or lossy or unproven or claim.speaks_of_the_way_back),
        ("irreversible", _APPROVAL, lossy),
        ("unproven", _UNPROVEN, unproven or claim.speaks_of_the_way_back),
        ("lossy", _LOSS, lossy or any(one.kind in ("DELETE", "TRUNCATE") for one in claim.whole.ups)),
    ):
        found = pattern.search(english)
        if (
            found
            and not is_so
            and not _NEGATION.search(english[: found.start()])
            and not _is_supposed(english)
        ):
            yield NOT_GRAVE.format(what=what, verdict=verdict.value)


def _is_supposed(english: str) -> bool:
    return bool(re.search(r"\b(?:if|would(?! break)|could(?! not)|might|may|in case|unless|code)\b", english))


def _verdict(english: str, claim: Claim) -> Iterator[str]:
    for pair in _VERDICT.findall(english):
        said = "".join(pair).replace(" ", "-")
        if said != claim.report.verdict.value:
            yield NOT_THE_VERDICT.format(verdict=claim.report.verdict.value)


def _risk(english: str, claim: Claim) -> Iterator[str]:
    if _NO_RISK.search(english) and claim.report.risk.level is not RiskLevel.LOW:
        yield NOT_THE_RISK.format(level=claim.report.risk.level.value)
    for pair in _RISK.findall(english):
        if RiskLevel("".join(pair)) is not claim.report.risk.level:
            yield NOT_THE_RISK.format(level=claim.report.risk.level.value)
