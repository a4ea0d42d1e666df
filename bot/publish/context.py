"""What stands around a report when it is shown: the pull request, the approvals, and the way to more."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from pydantic import Field

from bot.model import Model, PullRequest, Standing, Usage
from bot.summary.model import Summary


class Context(Model):
    """Nothing in it is trusted but ``report_url`` and ``server_url``, which are the service's own."""

    standing: Standing
    """From ``bot.approvals.stand``."""
    pull_request: PullRequest | None = None
    report_url: str | None = None
    server_url: str = "https://github.com"
    """Where people see the repository; another one on GitHub Enterprise Server."""
    diff_lines: Mapping[str, frozenset[int]] = Field(default_factory=dict)
    """Path → lines of the head that the pull request's diff shows: only there a suggestion can stand."""
    head_files: Mapping[str, str] = Field(default_factory=dict)
    """Path → text at the head, of the changed migrations: what a suggestion is made against."""
    downstream: tuple[Usage, ...] = ()
    downstream_stopped: str = ""
    """Why the search for them is not whole, as a sentence; empty when it is."""
    handoff: tuple[str, ...] = ()
    """Who was asked to look at it and why, one sentence each."""
    summary: Summary | None = None
    """Prose about the report. What a model wrote of it was checked, and is text like a stranger's all the same."""
    comment_on_pass: bool = False
    """Whether a report without anything to say is worth a comment: a setting."""
    commented: bool = False
    """A comment is there already, which must not go on saying what is no longer so."""

    answers: bool = True
    """Whether comments under the pull request are commands: the App listens, an Action alone does not."""
    origin: str = ""
    """Where the report comes from, as sentences, when it was not made by whoever shows it."""

    def line_url(self, path: str, line: int) -> str | None:
        """The line at the head commit; None when there is no pull request."""
        if self.pull_request is None:
            return None
        place = quote(path, errors="surrogateescape")
        repository = quote(self.pull_request.full_name)
        return (
            f"{self.server_url}/{repository}/blob/{quote(self.pull_request.head_sha)}/{place}#L{max(1, line)}"
        )
