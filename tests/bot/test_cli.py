from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from command_line import COMMAND, ROOT, Command, Repository, environ

from bot import cli, console
from bot.exit_codes import exit_code
from checks.errors import FileError
from checks.model.report import Verdict


@pytest.mark.parametrize(
    ("verdict", "on_fail", "on_warn"),
    [
        (Verdict.PASS, 0, 0),
        (Verdict.WARN, 0, 1),
        (Verdict.NEEDS_APPROVAL, 1, 1),
        (Verdict.UNPROVEN, 1, 1),
        (Verdict.FAIL, 1, 1),
    ],
)
def test_the_exit_code_follows_from_the_verdict(verdict: Verdict, on_fail: int, on_warn: int) -> None:
    assert exit_code(verdict, "fail") == on_fail
    assert exit_code(verdict, "warn") == on_warn


def test_help_imports_nothing_that_is_slow() -> None:
    code = "import sys, bot.cli; print(sorted({'pydantic', 'jinja2', 'rich', 'psycopg', 'yaml', 'checks'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def test_ctrl_c_while_it_is_being_loaded_ends_it_without_a_word() -> None:
    code = """
import os, signal, sys
class Interrupted:
    def find_spec(self, name, *more):
        if name == "bot.cli":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupted())
signal.signal(signal.SIGINT, signal.default_int_handler)
from bot.entry import main
main()
"""
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (shown.returncode, shown.stdout, shown.stderr) == (-signal.SIGINT, "", "")


def test_help_names_every_command(migration: Command) -> None:
    shown = migration("--help")
    assert shown.returncode == 0
    assert {"validate", "demo", "sandbox", "rules", "schema"} <= set(shown.stdout.split())


@pytest.mark.parametrize(
    "arguments", [["--nonsense"], ["validate", "--format", "pdf"], ["sandbox", "install", "9"]]
)
def test_wrong_usage_is_2_and_says_what_is_meant(migration: Command, arguments: list[str]) -> None:
    shown = migration(*arguments)
    assert shown.returncode == 2
    assert "Error:" in shown.stderr


def test_an_error_is_what_happened_where_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    console.explain(FileError("is not UTF-8", hint="Save it as UTF-8.", path="a\x1b[2J.sql", line=3))
    assert capsys.readouterr().err == "error: a\\x1b[2J.sql:3: is not UTF-8\n  Save it as UTF-8.\n"


@click.command()
def broken() -> None:
    raise KeyError("lost")


@click.command()
def interrupted() -> None:
    raise KeyboardInterrupt


def test_a_bug_is_one_line_and_says_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "cli", broken)
    assert cli.run([]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("internal error: KeyError: 'lost'\n")
    assert "MIGRATION_DEBUG=1" in shown


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "cli", broken)
    monkeypatch.setenv("MIGRATION_DEBUG", "1")
    with pytest.raises(KeyError):
        cli.run([])


def test_ctrl_c_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "cli", interrupted)
    assert cli.run([]) == 130


def test_a_rule_has_a_page(migration: Command) -> None:
    shown = migration("rules", "index-without-concurrently")
    assert shown.returncode == 0
    assert shown.stdout.startswith("# index-without-concurrently\n\nCREATE INDEX without CONCURRENTLY")


def test_an_unknown_rule_is_a_usage_error(migration: Command) -> None:
    shown = migration("rules", "no-such-rule")
    assert shown.returncode == 2
    assert shown.stderr == "error: there is no rule 'no-such-rule'\n  `migration rules` lists them.\n"


def test_not_a_repository(migration: Command, tmp_path: Path) -> None:
    shown = migration("validate", cwd=tmp_path, GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert shown.returncode == 2
    assert shown.stderr.startswith("error: ")
    assert "is not inside a git work tree" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_folder_that_has_been_deleted(migration: Command, tmp_path: Path) -> None:
    script = 'mkdir gone; cd gone; rmdir ../gone; exec "$@"'
    result = subprocess.run(
        ["sh", "-c", script, "sh", *COMMAND, "validate"],
        cwd=tmp_path,
        env=environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith("error: the current folder does not exist any more")


def test_what_was_kept_can_be_cleared(migration: Command, tmp_path: Path) -> None:
    kept = tmp_path / "migration-specialist" / "base" / "1.tar"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(bytes(3 << 20))
    result = migration("sandbox", "clear", XDG_CACHE_HOME=str(tmp_path))
    assert (result.stdout, result.returncode, kept.exists()) == ("freed 3 MiB\n", 0, False)


def test_an_unknown_revision(migration: Command, repository: Repository) -> None:
    shown = migration("validate", "--base", "nowhere", cwd=repository.root)
    assert shown.returncode == 2
    assert shown.stderr.startswith("error: git knows no commit named 'nowhere'\n")


def test_a_broken_configuration_is_named_with_its_line(migration: Command, repository: Repository) -> None:
    repository.write("migration.yml", "rows: many\n")
    repository.commit()
    shown = migration("validate", "--base", "HEAD", cwd=repository.root)
    assert shown.returncode == 2
    assert shown.stderr.startswith("error: migration.yml:1: rows: ")


def test_a_folder_that_is_not_there(migration: Command, repository: Repository) -> None:
    shown = migration("validate", "no/such/folder", cwd=repository.root)
    assert shown.returncode == 2
    assert "no/such/folder" in shown.stderr


def test_an_output_file_that_cannot_be_written(migration: Command, repository: Repository) -> None:
    shown = migration("validate", "--base", "HEAD", "--output", "no/such/file", cwd=repository.root)
    assert shown.returncode == 2
    assert "cannot write no/such/file" in shown.stderr
