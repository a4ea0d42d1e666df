"""Whether the commenter saw what they speak of: a push between their looking and our reading would slip in."""

from __future__ import annotations

from bot.commands.command import Call, Refused
from bot.commands.ports import Reviewed

PUSHED = "A push came in: you saw `{seen}`, the newest commit is `{head}`. Look at the new report and say it again."
UNKNOWN_HEAD = "It is not known which commit you saw when you wrote this. Wait for the report of `{head}` and say it again."
NOT_THERE_YET = "The report of `{head}` came after you wrote this, so you cannot have seen it. Look at it and say it again."


def expect_seen(call: Call, reviewed: Reviewed) -> None:
    """Raise Refused unless head and report were what they are now when the comment was written."""
    head = call.pull_request.head_sha
    seen = call.records.head_at(call.comment.created_at)
    if seen is None:
        raise Refused(UNKNOWN_HEAD.format(head=head[:7]))
    if seen != head:
        raise Refused(PUSHED.format(seen=seen[:7], head=head[:7]))
    if reviewed.published_at > call.comment.created_at:
        raise Refused(NOT_THERE_YET.format(head=head[:7]))
