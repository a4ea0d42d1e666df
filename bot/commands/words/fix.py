"""What can be done about a finding, shown as files that were run, or committed."""

from __future__ import annotations

from markupsafe import Markup

from bot.commands.command import Answer, Call, Command, Refused, Who
from bot.commands.committing import NAME_IT, commit, expect_writer, only, told
from bot.commands.items import findings_named
from bot.fixes import fixes_for
from bot.publish.answers import as_markdown
from bot.publish.remedy import remedy

COMMIT = "commit"


def run(call: Call) -> Answer:
    named, word = _read(call.arguments)
    if word == COMMIT:
        return _commit(call, named)
    reviewed = call.reviewed()
    report = reviewed.report
    found = findings_named(report, named) if named else list(report.findings)
    remedies = [remedy(finding, report, reviewed.summary) for finding in found]
    return Answer(as_markdown("fix", remedies=remedies, may_commit=True))


def _commit(call: Call, named: str) -> Answer:
    """Looked for first: after a crash the commit may be there, and is the head that has no report yet."""
    expect_writer(call)
    if made := call.github.find_commit(call.pull_request, call.key):
        return Answer(Markup(told(call, made)))
    if not named:
        raise Refused(NAME_IT)
    reviewed = call.reviewed()
    finding = only(findings_named(reviewed.report, named), named)
    fixes = fixes_for(finding, reviewed.report, reviewed.summary)
    return Answer(Markup(commit(call, reviewed, finding, fixes)))


def _read(arguments: str) -> tuple[str, str]:
    """The finding that is named, and whether its fix is to be committed."""
    named, _, last = arguments.rpartition(" ")
    return (named.strip(), COMMIT) if last.lower() == COMMIT else (arguments.strip(), "")


COMMAND = Command(
    word="fix",
    usage="[finding] [commit]",
    description="Shows what has been run and helps against a finding, or against all of them: the engine's safer script, "
    "a redesign by a model that was run like one, a simple fix. Says so where there is none. With `commit`, and for "
    "people with write access, the first of them that needs one deploy becomes a commit on the pull request's branch.",
    who=Who.ANYBODY,
    examples=(
        "/migration fix",
        "/migration fix index-without-concurrently",
        "/migration fix 3f2a91c0 commit",
    ),
    run=run,
)
