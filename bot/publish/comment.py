"""The one comment under a pull request, and the hidden line by which it is found again."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote, unquote

from bot.model import Model, PullRequest
from bot.publish.context import Context
from bot.publish.markdown import document
from checks.model.report import Report, Verdict

LARGEST = 60_000
"""Characters; GitHub takes 65,536, and counts some of them in its own way."""
MARKER = "<!-- migration-specialist:v1 key={key} head={head} digest={digest} -->"
NOTHING_LEFT = (
    "**Nothing is left to review.** This pull request changes no migration any more; "
    "what stood here was said of an earlier commit.\n"
)
STEPPED_BACK = "**The App reviews this pull request now.** What the Action said here may be no longer so.\n"
_MARKER = re.compile(
    r"<!-- migration-specialist:v1 key=(?P<key>\S+) head=(?P<head>\S+) digest=(?P<digest>[0-9a-f]{64}) -->"
)


class Marker(Model):
    key: str
    """Which pull request the comment is for, ``owner/name#12``: a copied comment is not taken for ours."""
    head: str
    """The commit it speaks of."""
    digest: str
    """SHA-256 of what stands below, in hexadecimal; the same digest needs no edit."""


def comment(report: Report, context: Context) -> str | None:
    """Marker and report; None when there is nothing to say that anybody would want to be told."""
    if not (context.commented or _worth_it(report, context)):
        return None
    return _marked(document(report, context, LARGEST - 500), context.pull_request)


def nothing_left(pull_request: PullRequest) -> str:
    """Instead of what was said of an earlier commit, once no migration is changed any more."""
    return _marked(NOTHING_LEFT, pull_request)


def stepped_back(pull_request: PullRequest) -> str:
    """Instead of what the Action said before the App came."""
    return _marked(STEPPED_BACK, pull_request)


def _marked(body: str, pull_request: PullRequest | None) -> str:
    digest = hashlib.sha256(body.encode()).hexdigest()
    head = pull_request.head_sha if pull_request else "none"
    marker = MARKER.format(key=quote(key(pull_request)), head=quote(head), digest=digest)
    return f"{marker}\n{body}"


def key(pull_request: PullRequest | None) -> str:
    return f"{pull_request.full_name}#{pull_request.number}" if pull_request else "local"


def parse_marker(body: str) -> Marker | None:
    """The marker in the first line of a comment; None when it is not one of ours."""
    found = _MARKER.match(body)
    if not found:
        return None
    return Marker(key=unquote(found["key"]), head=unquote(found["head"]), digest=found["digest"])


def _worth_it(report: Report, context: Context) -> bool:
    if report.says_nothing:
        return False
    clean = report.verdict is Verdict.PASS and not report.findings and not context.downstream
    return not clean or context.comment_on_pass
