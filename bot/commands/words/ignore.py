"""Accept a hazard in this pull request for a while."""

from __future__ import annotations

import re
from datetime import date, timedelta
from difflib import get_close_matches

from bot.commands.command import Answer, Call, Command, Refused, Who
from bot.commands.seen import expect_seen
from bot.model import Waiver
from bot.publish.escape import markdown_code
from checks.rules import all_rules

DEFAULT_DAYS, MOST_DAYS = 30, 366

USAGE = "Say which hazard and why: `/migration ignore <hazard> [until 2026-12-31] <reason>`."
NO_RULE = "There is no hazard {rule}.{meant}"
NO_DATE = "{text} is no date like 2026-12-31."
PAST = "{day} is over."
TOO_FAR = "{day} is too far away: at most {days} days, so that somebody looks again."
NO_REASON = "Say why: `/migration ignore {rule} <reason>`."
IRREVERSIBLE = (
    "What `{rule}` found here cannot be undone, so it is approved, one by one: `/migration approve {id}`."
)

_UNTIL = re.compile(r"until:?\s+(\S+)\s*(.*)", re.IGNORECASE | re.DOTALL)


def run(call: Call) -> Answer:
    rule, _, rest = call.arguments.partition(" ")
    _expect_rule(rule)
    until, reason = _until_and_reason(rest.strip(), call.today)
    if not reason:
        raise Refused(NO_REASON.format(rule=rule))
    reviewed = call.reviewed()
    expect_seen(call, reviewed)
    for finding in reviewed.report.findings:
        if finding.rule == rule and finding.irreversible:
            raise Refused(IRREVERSIBLE.format(rule=rule, id=finding.id))
    call.records.waive(
        Waiver(
            rule=rule,
            by=call.comment.author,
            at=call.comment.created_at,
            head_sha=reviewed.head_sha,
            until=until,
            reason=reason,
        )
    )
    call.record("ignore", (rule,), reason=f"until {until}: {reason}")
    call.reviews.republish()
    return Answer()


def _expect_rule(rule: str) -> None:
    if not rule:
        raise Refused(USAGE)
    if rule not in all_rules():
        nearest = get_close_matches(rule, all_rules(), n=1)
        meant = f" Did you mean `{nearest[0]}`?" if nearest else ""
        raise Refused(NO_RULE.format(rule=markdown_code(rule), meant=meant))


def _until_and_reason(rest: str, today: date) -> tuple[date, str]:
    match = _UNTIL.fullmatch(rest)
    if match is None:
        return today + timedelta(days=DEFAULT_DAYS), rest
    try:
        until = date.fromisoformat(match[1])
    except ValueError as error:
        raise Refused(NO_DATE.format(text=markdown_code(match[1]))) from error
    if until < today:
        raise Refused(PAST.format(day=until))
    if until > today + timedelta(days=MOST_DAYS):
        raise Refused(TOO_FAR.format(day=until, days=MOST_DAYS))
    return until, match[2].strip()


COMMAND = Command(
    word="ignore",
    usage="<hazard> [until DATE] <reason>",
    description=f"Accepts a hazard in this pull request until a day, at most {MOST_DAYS} days ahead, by default "
    f"{DEFAULT_DAYS}. What cannot be undone is approved instead. To accept it for good, write it into the file.",
    who=Who.APPROVERS,
    examples=(
        "/migration ignore lock-timeout-missing the table has ten rows",
        "/migration ignore index-without-concurrently until 2026-12-31 we deploy at night",
    ),
    run=run,
    kept=True,
)
