"""Two trees to what is shown of them, as the inputs of the Action want it."""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from bot import progress
from bot.action.handed import Handed
from bot.action.job import Inputs, Job
from bot.approvals import stand
from bot.changes import changes_between
from bot.downstream import downstream
from bot.model import PullRequest, Standing
from bot.publish.context import Context
from bot.statistics import secret_statistics
from bot.summary.model import Summary
from bot.validation import narrowed
from checks.errors import UsageError
from checks.model.report import Verdict
from checks.settings import Settings
from checks.trees import Tree
from checks.validate import validate_changes

NO_CHECKOUT = (
    "the configuration has `commands`, and the commit that is reviewed is not checked out here",
    "They are run by the workflow of the pull request, after actions/checkout without `ref`.",
)


def review(before: Tree, after: Tree, settings: Settings, files: Path | None = None) -> Handed:
    """Run the migrations; those that are code by their framework's commands, in ``files``. Raises MigrationError."""
    with progress.shown() as show:
        if settings.commands is not None and files is None:
            raise UsageError(NO_CHECKOUT[0], hint=NO_CHECKOUT[1])
        changes = changes_between(before, after, settings, files, show)
        report = validate_changes(
            changes, before, after, settings, show, today=date.today(), statistics=secret_statistics()
        )
    if report.says_nothing:
        return Handed()
    found = downstream(report, after)
    return Handed(report=report, usages=found.usages, stopped=found.stopped, summary=settings.summary)


def as_wished(settings: Settings, inputs: Inputs) -> Settings:
    """The configuration of the base, but where an input of the workflow says otherwise."""
    given: dict[str, Any] = {
        name: value
        for name in ("postgres", "provider", "server_url", "require_isolation")
        if (value := getattr(inputs, name)) is not None
    }
    folder = _folder(inputs.path)
    if folder:
        given["commands"] = None  # they know nothing of folders
    return narrowed(Settings.model_validate({**settings.model_dump(), **given}), folder)


def _folder(path: str) -> str:
    """A folder below the root of the repository; ``""`` for all of it."""
    folder = PurePosixPath(path)
    if folder.is_absolute() or ".." in folder.parts:
        raise UsageError(
            f"the input path leaves the repository: {path!r}", hint="Name a folder inside of it."
        )
    return "" if folder == PurePosixPath() else folder.as_posix()


def context_of(
    job: Job,
    handed: Handed,
    pull_request: PullRequest | None,
    summary: Summary | None,
    origin: str = "",
) -> Context:
    report = handed.report
    return Context(
        standing=stand(report, ()) if report else Standing(verdict=Verdict.PASS),
        pull_request=pull_request if pull_request and pull_request.number else None,
        report_url=job.run_url,
        server_url=job.server_url,
        downstream=handed.usages,
        downstream_stopped=handed.stopped,
        summary=summary,
        answers=False,
        origin=origin,
    )
