"""``migration check``"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import console
from bot.exit_codes import FailOn, exit_code
from bot.verbs.shared import in_a_format

if TYPE_CHECKING:
    from checks.model.report import Report


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--postgres",
    metavar="VERSION",
    type=click.IntRange(13, 18),
    help="Production's. Default: as configured, else 18.",
)
@click.option("--preset", type=click.Choice(["recommended", "strict"]), help="Default: as configured.")
@in_a_format("terminal", "json", "github", "sarif", "gitlab", "markdown")
@click.option(
    "--fail-on", type=click.Choice(["warn", "fail"]), help="Exit with 1 from this verdict on. Default: fail."
)
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path), help="Write the report to a file.")
def check(
    paths: tuple[Path, ...],
    postgres: int | None,
    preset: str | None,
    as_format: str,
    fail_on: FailOn | None,
    output: Path | None,
) -> int:
    """Read migrations without running them.

    No server, no git, a few milliseconds.

    PATHs are files, - is standard input: together they are one change, so what one of them makes is new to the others. Or PATH
    is a folder (default: the current one): each migration in it is looked at on what those before it made.

    What depends on the schema, on rows or on the server is said to be open, and is never a pass.

    Exit code: as of validate.
    """
    from bot.reading import check_paths

    if output is not None:
        console.expect_folder(output)
    report, settings = check_paths(paths, postgres, preset)
    text = _render(report, as_format, output)
    if output is None:
        console.write(text)
    else:
        console.save(text, output)
        console.note(f"{report.verdict}: {report.headline}. The report is in {output}.")
    return exit_code(report.verdict, fail_on or settings.fail_on)


def _render(report: Report, as_format: str, output: Path | None) -> str:
    if as_format == "terminal":
        from bot.publish.listing import listing

        colour = output is None and console.has_colour(sys.stdout)
        return listing(report, width=console.width(), colour=colour)
    if as_format == "github":
        from bot.publish.commands import workflow_commands

        return workflow_commands(report)
    from bot.publish.formats import Format, render

    return render(report, Format(as_format))
