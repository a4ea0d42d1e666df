"""The command line. Only click is imported to show help; everything else waits until a command runs."""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from bot import console
from bot.exit_codes import INTERRUPTED, NOT_PASSED, TERMINATED, USAGE_OR_INTERNAL, FailOn, exit_code
from bot.verbs import VERBS

if TYPE_CHECKING:
    from bot.summary.model import Summary
    from checks.model.report import Report
    from checks.progress import Progress
    from checks.settings import Settings

FORMATS = ("terminal", "json", "markdown", "sarif", "gitlab")


def main() -> None:
    """Run the command line with what the process was given, and end it."""
    # One command, and many small objects that live to its end: looking for cycles among them costs a tenth of the time.
    gc.disable()
    signal.signal(signal.SIGTERM, _terminate)
    console.open_streams()
    code = run(sys.argv[1:])
    if sys.argv[1:2] == ["check"]:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> NoReturn:
    """End at once: to take apart what was read of thousands of files takes a fifth of the time, and nothing is open."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code. Never shows a traceback unless MIGRATION_DEBUG is set."""
    try:
        console.expect_to_be_somewhere()
        return cli.main(arguments, prog_name="migration", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return USAGE_OR_INTERNAL
    except click.Abort:
        console.note("interrupted")
        return INTERRUPTED
    except Exception as error:
        from checks.errors import CommandFailed

        if os.environ.get(console.DEBUG):
            raise
        console.explain(error)
        return NOT_PASSED if isinstance(error, CommandFailed) else USAGE_OR_INTERNAL


def _terminate(number: int, frame: FrameType | None) -> None:
    """End like Ctrl-C does, so that the sandbox is taken down on the way out."""
    raise SystemExit(TERMINATED)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="migration-specialist", message="%(version)s")
def cli() -> None:
    """Run schema migrations on a throw-away PostgreSQL and see what they do."""


@cli.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--base", metavar="REV", help="Compare with this revision. Default: where the default branch was left."
)
@click.option("--head", metavar="REV", help="Validate this revision. Default: the working tree.")
@click.option("--format", "as_format", type=click.Choice(FORMATS), default="terminal", show_default=True)
@click.option(
    "--fail-on", type=click.Choice(["warn", "fail"]), help="Exit with 1 from this verdict on. Default: fail."
)
@click.option("--output", metavar="FILE", type=click.Path(path_type=Path), help="Write the report to a file.")
@click.option(
    "--summary",
    "with_summary",
    is_flag=True,
    help="Say it in a few sentences, too: written by a model when there is a key (docs/summary.md), else put together.",
)
def validate(
    paths: tuple[Path, ...],
    base: str | None,
    head: str | None,
    as_format: str,
    fail_on: FailOn | None,
    output: Path | None,
    with_summary: bool,
) -> int:
    """Run the new migrations, and report what PostgreSQL did.

    PATH is a folder of a git repository: only migrations in it and below it are looked at. Default: all of
    the repository around the current folder.

    Or PATHs are files: those of a migration folder are run on the state before them, new or not. Others are run on
    tables that are made for them, as far as it can be found out what they take for granted; - is standard input.

    Exit code: 0 pass or warn, 1 fail, needs-approval or unproven, 2 usage or internal error.
    """
    from bot import progress
    from bot.files import validate_paths

    if output is not None:
        console.expect_folder(output)
    with progress.shown() as show:
        report, settings = validate_paths(paths, base, head, show)
        summary = _summary(report, settings, show) if with_summary else None
    _publish(report, as_format, output, summary)
    return exit_code(report.verdict, fail_on or settings.fail_on)


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--format", "as_format", type=click.Choice(FORMATS), default="terminal", show_default=True)
@click.option(
    "--base", metavar="REV", help="Migrations whose files it has are there before. Default: as of validate."
)
@click.option("--seconds", type=click.FloatRange(min=1), default=600, show_default=True, help="End it then.")
def trace(command: tuple[str, ...], as_format: str, base: str | None, seconds: float) -> int:
    """Run a framework's own command, and report.

    Any COMMAND is run against a throw-away PostgreSQL, and what its statements do is reported.

    For migrations that are code: `migration trace -- python manage.py migrate`. The command finds the database in
    DATABASE_URL, PGHOST and their kin; what it says there is heard on the wire, whatever its framework. It runs with your
    own rights and in your environment, less the names of secrets (docs/commands.md). In a git repository the migrations whose files are new are reviewed, on the
    state that the others leave; when none is new, all are.

    Exit code: as of validate; 1 also when the command fails or is ended; 2 when it cannot be started, or ends well
    without a word to the database.
    """
    from bot import progress
    from bot.trace import trace_command

    with progress.shown() as show:
        report, settings, is_whole = trace_command(command, base, seconds, show)
    _publish(report, as_format, None)
    return exit_code(report.verdict, settings.fail_on) or int(not is_whole)


@cli.command()
@click.argument("name", default="shop")
@click.option("--format", "as_format", type=click.Choice(FORMATS), default="terminal", show_default=True)
def demo(name: str, as_format: str) -> int:
    """Validate an example and its pull request.

    NAME is `shop` (SQL files, the default), `ecto`, `ash`, or a framework. A framework's example is run by its own tool. Exit code 0 when it could be run, whatever the verdict.
    """
    from bot import progress
    from bot.demo import validate_example

    with progress.shown() as show:
        report = validate_example(name, show)
    _publish(report, as_format, None)
    console.note(
        f"This was the demo. `migration validate` would have exited with {exit_code(report.verdict, 'fail')}."
    )
    return 0


def _expect_app() -> None:
    """Raise UsageError where only the command line was installed."""
    from importlib.util import find_spec

    from checks.errors import UsageError

    missing = [name for name in ("dbos", "fastapi", "githubkit", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"the service needs {', '.join(missing)}: not installed here",
            hint="Install the package with its extra: pip install '.[app]'",
        )


@cli.command()
def serve() -> int:
    """Run the GitHub App's service. Configured by environment variables: docs/operating.md."""
    _expect_app()
    from bot.serve import serve as run_service

    return run_service()


@cli.command()
def doctor() -> int:
    """Check what the service needs, and say what to do."""
    _expect_app()
    from bot.doctor import examine

    return examine()


@cli.command()
@click.argument("repository", metavar="OWNER/REPO")
def forget(repository: str) -> int:
    """Delete what the service keeps about a repository.

    Reports, approvals, audit trail.
    """
    _expect_app()
    from bot.serve import forget_repository
    from checks.errors import UsageError

    if repository.count("/") != 1:
        raise UsageError(f"{repository!r} is no repository", hint="Name it as GitHub does: OWNER/REPO.")

    console.note(f"deleted {forget_repository(repository)} rows about {repository}")
    return 0


@cli.command()
@click.argument("report")
@click.option("--hours", type=click.FloatRange(0.1, 24 * 30), default=24, show_default=True)
def link(report: str, hours: float) -> int:
    """Print an address for a report of the service.

    Anybody can read the REPORT (its id) there until the address runs out.
    """
    _expect_app()
    from bot.serve import report_link

    console.write(f"{report_link(report, hours)}\n")
    return 0


@cli.command("sql")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--down", is_flag=True, help="Print the way back (with --format sql; jsonl has both).")
@click.option("--format", "as_format", type=click.Choice(["sql", "jsonl"]), default="sql", show_default=True)
@click.option(
    "--ecto-config",
    metavar="KEYWORDS",
    help="Settings of the Ecto repo, not those of config.exs: 'migration_timestamps: [type: :utc_datetime_usec]'.",
)
@click.option("--prefix", metavar="SCHEMA", help="The prefix that Ecto's migrator is given.")
def print_sql(
    paths: tuple[Path, ...], down: bool, as_format: str, ecto_config: str | None, prefix: str | None
) -> int:
    """Print what migrations would send, and run nothing.

    PATH is a migration file, a folder of migrations of any tool that is known, or any SQL file.
    """
    from bot.sql import as_json_lines, as_sql, read_sql

    migrations = read_sql(paths, ecto_config, prefix)
    lines = as_json_lines(migrations) if as_format == "jsonl" else as_sql(migrations, down=down)
    for line in lines:
        console.write(line)
    return 0


@cli.group()
def sandbox() -> None:
    """PostgreSQL versions to run migrations on."""


@sandbox.command()
@click.argument("version", type=click.IntRange(13, 18))
def install(version: int) -> int:
    """Fetch PostgreSQL VERSION (13 to 18) with its contrib extensions, through npm, into the cache."""
    from bot import progress
    from checks.sandbox.fetch import install as fetch

    with progress.shown() as show:
        directory = fetch(version, show)
    console.write(f"PostgreSQL {version} is in {directory}\n")
    return 0


@sandbox.command("list")
def list_versions() -> int:
    """The PostgreSQL versions in the cache."""
    from checks.sandbox.fetch import installed_versions

    versions = installed_versions()
    console.write("".join(f"{version}\n" for version in versions))
    if not versions:
        console.note("None fetched yet: migration sandbox install VERSION.")
    return 0


@sandbox.command()
def clear() -> int:
    """Delete the databases that earlier runs have built and kept. The next run of each history is slower.

    PostgreSQL versions that were fetched stay.
    """
    from checks.sandbox.store import forget_clusters

    console.write(f"freed {forget_clusters() / 2**20:,.0f} MiB\n")
    return 0


@cli.command()
@click.argument("rule", required=False)
def rules(rule: str | None) -> int:
    """List the rules, or print the page of one RULE."""
    from bot.findings import no_such_rule
    from bot.publish.rule_help import summary_of, without_links
    from checks.rules import all_rules
    from checks.rules.pages import page

    known = all_rules()
    if rule is None:
        widest = max(map(len, known))
        lines = (
            f"{id:{widest}}  {known[id].severity:7}  {summary_of(known[id].documentation)}"
            f"{' (off by default)' if known[id].preset == 'strict' else ''}\n"
            for id in known
        )
        console.write("".join(lines))
    elif rule in known:
        console.write(without_links(page(known[rule])))
    else:
        raise no_such_rule(rule)
    return 0


@cli.command()
@click.argument("document", type=click.Choice(["report", "audit", "plan"]), default="report")
def schema(document: str) -> int:
    """Print the JSON Schema of a report, an audit or a plan."""
    from bot.publish import schema as schemas

    writers = {"report": schemas.report_schema, "audit": schemas.audit_schema, "plan": schemas.plan_schema}
    console.write(writers[document]())
    return 0


for verb in VERBS:
    cli.add_command(verb)


def _summary(report: Report, settings: Settings, show: Progress) -> Summary | None:
    """With a note of what it cost, or why there is none."""
    from bot.publish.wording import counted
    from bot.summary.local import local_summary

    show("writing the summary")
    summary = local_summary(report, settings.summary)
    if summary is None:
        console.note("note: no summary, for the configuration says `summary: off`")
    elif summary.usage:
        console.note(
            f"note: models were asked {counted(len(summary.usage), 'time')}, for ${summary.dollars:.4f}"
        )
    return summary


def _publish(report: Report, as_format: str, output: Path | None, summary: Summary | None = None) -> None:
    from bot.publish.formats import Format, render

    colour = output is None and console.has_colour(sys.stdout)
    text = render(report, Format(as_format), width=console.width(), colour=colour, summary=summary)
    if output is None:
        console.write(text)
        return
    console.save(text, output)
    console.note(f"{report.verdict}: {report.headline}. The report is in {output}.")
