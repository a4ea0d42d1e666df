"""What the verbs share: which revisions, how it is shown, and a fresh report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot import console

if TYPE_CHECKING:
    from checks.model.base import Model
    from checks.model.report import Report

Decorated = Callable[..., int]

PATH = click.option(
    "--path",
    metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Only migrations in this folder and below it. Default: all of the repository around the current one.",
)
BASE = click.option(
    "--base", metavar="REV", help="Compare with this revision. Default: where the default branch was left."
)
HEAD = click.option("--head", metavar="REV", help="Look at this revision. Default: the working tree.")


def of_a_report(*formats: str) -> Callable[[Decorated], Decorated]:
    """The options of a verb that validates first."""

    def decorate(command: Decorated) -> Decorated:
        for option in (in_a_format(*formats), HEAD, BASE, PATH):
            command = option(command)
        return command

    return decorate


def in_a_format(*formats: str) -> Callable[[Decorated], Decorated]:
    return click.option(
        "--format", "as_format", type=click.Choice(formats), default=formats[0], show_default=True
    )


def fresh_report(path: Path | None, base: str | None, head: str | None) -> Report:
    """Validate now. Raises UsageError and SandboxError."""
    from bot import progress
    from bot.validation import validate_repository

    with progress.shown() as show:
        report, _ = validate_repository(path, base, head, show)
    return report


def show(as_format: str, template: str, model: Model | None = None, **values: Any) -> int:
    """Write an answer to standard output; as JSON the model that it is rendered from."""
    import json

    from bot.publish.answers import as_markdown, as_text

    if as_format == "json" and model is not None:
        console.write(json.dumps(model.model_dump(mode="json"), indent=2) + "\n")
    elif as_format == "markdown":
        console.write(f"{as_markdown(template, **values)}\n")
    else:
        console.write(as_text(template, width=console.width(), **values))
    return 0
