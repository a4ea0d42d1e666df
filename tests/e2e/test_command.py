"""``migration validate`` as a user meets it: revisions, places, exit codes, and input that is no migration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from outside import COMMAND, FOLDER, ROOT, USERS, Repository, Shown, goose, run, start, watch

INDEX = goose("CREATE INDEX users_email_idx ON users (email);", "DROP INDEX users_email_idx;")
TEAMS = goose("CREATE TABLE teams (id bigint PRIMARY KEY);", "DROP TABLE teams;")
WARNS = goose(
    "ALTER TABLE users RENAME COLUMN email TO mail;", "ALTER TABLE users RENAME COLUMN mail TO email;"
)


def file(name: str) -> str:
    return f"{FOLDER}/{name}.sql"


def report(shown: Shown) -> Any:
    assert shown.out, shown.err
    return json.loads(shown.out)


def changed(shown: Shown) -> list[str]:
    return [Path(one["path"]).stem for one in report(shown)["migrations"]]


# ── Revisions ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def history(repository_in: Callable[..., Repository]) -> tuple[Repository, list[str]]:
    """``main``, and a branch ``work`` with two commits of one migration each; main has gone on meanwhile."""
    repository = repository_in("a b/größe 数")
    commits = [repository.git("rev-parse", "HEAD")]
    repository.git("switch", "--quiet", "--create", "work")
    for name, text in [("20260102000000_teams", TEAMS), ("20260103000000_index", INDEX)]:
        repository.write({file(name): text})
        commits.append(repository.commit())
    repository.git("switch", "--quiet", "main")
    repository.write({file("20260102500000_other"): goose("CREATE TABLE other (id int);")})
    repository.commit()
    repository.git("switch", "--quiet", "work")
    return repository, commits


def test_in_a_folder_with_spaces_and_other_letters_it_compares_with_where_main_was_left(
    history: tuple[Repository, list[str]],
) -> None:
    repository, commits = history
    shown = run("validate", "--format", "json", cwd=repository.root / "db")
    assert changed(shown) == ["20260102000000_teams", "20260103000000_index"]
    assert report(shown)["base"] == commits[0][:12]
    assert shown.code == 1, "an index on a live table blocks writes"


def test_base_and_head_are_what_is_named(history: tuple[Repository, list[str]]) -> None:
    repository, commits = history
    shown = run("validate", "--base", commits[0], "--head", "work~1", "--format", "json", cwd=repository.root)
    assert changed(shown) == ["20260102000000_teams"]
    assert (report(shown)["verdict"], shown.code) == ("pass", 0)


def test_a_detached_head(history: tuple[Repository, list[str]], tmp_path: Path) -> None:
    repository, commits = history
    detached = clone(repository, tmp_path / "clone")
    detached.git("checkout", "--quiet", "--detach", commits[1])
    assert changed(run("validate", "--format", "json", cwd=detached.root)) == ["20260102000000_teams"]


def test_a_shallow_clone_is_told_to_fetch_more(history: tuple[Repository, list[str]], tmp_path: Path) -> None:
    clone(history[0], tmp_path / "clone", "--depth=1", "--no-single-branch", "--branch=work")
    shown = run("validate", "--base", "origin/main", "--format", "json", cwd=tmp_path / "clone")
    assert shown.code in (0, 1), "two trees are enough when both are named"
    shown = run("validate", cwd=tmp_path / "clone")
    assert shown.code == 2
    assert "no common ancestor here" in shown.err
    assert "git fetch --unshallow" in shown.err


def clone(repository: Repository, target: Path, *options: str) -> Repository:
    """A clone whose default branch is ``main``, whatever the original has checked out just now."""
    repository.git("clone", "--quiet", *options, repository.root.as_uri(), str(target))
    copy = Repository(target)
    copy.git("remote", "set-head", "origin", "main")
    return copy


def test_without_git_it_says_so(history: tuple[Repository, list[str]], tmp_path: Path) -> None:
    shown = run("validate", cwd=history[0].root, PATH=str(tmp_path))
    assert shown.code == 2
    assert shown.err == "error: git is not installed\n  Install git, or use the GitHub App.\n"


# ── Exit codes and formats ──────────────────────────────────────────────────────────────────────────


def test_a_warning_is_1_only_when_asked_for(repository_in: Callable[..., Repository], tmp_path: Path) -> None:
    repository = repository_in()
    repository.write({file("20260102000000_rename"): WARNS})
    shown = run("validate", "--format", "markdown", "--output", str(tmp_path / "a.md"), cwd=repository.root)
    assert (shown.code, shown.out) == (0, "")
    assert shown.err.startswith("warn: ")
    assert "20260102000000_rename" in (tmp_path / "a.md").read_text()
    assert run("validate", "--fail-on", "warn", cwd=repository.root).code == 1


HOSTILE = "20260102000000_a$(touch x)`touch x`'\"<img src=x>](http:x) @all \x1b[2J\x1b]0;t\x07\u202etxt.sql"
NEW_LINE = "20260103000000_a\n# PASS.sql"


@pytest.mark.parametrize("format", ["terminal", "json", "markdown", "sarif"])
def test_hostile_file_names_are_shown_inert(repository_in: Callable[..., Repository], format: str) -> None:
    repository = repository_in()
    for name in (HOSTILE, NEW_LINE):
        repository.write({f"{FOLDER}/{name.replace('/', '')}": goose("ALTER TABLE gone ADD x int;")})
    shown = run("validate", "--format", format, cwd=repository.root, FORCE_COLOR=None)
    assert shown.code == 1
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(shown.out + shown.err)
    assert not [*repository.root.rglob("x")]
    if format in ("json", "sarif"):
        json.loads(shown.out)
    else:
        assert "\\u202e" in shown.out
        assert not [line for line in shown.out.splitlines() if line.startswith("# PASS")]
    if format == "markdown":
        assert "<img" not in shown.out.replace("`", "").replace("\\<", "") or "&lt;img" in shown.out
        assert "](http:x)" not in shown.out


# ── Places ──────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_home_nothing_is_kept_and_all_works(repository_in: Callable[..., Repository]) -> None:
    repository = repository_in()
    repository.write({file("20260102000000_teams"): TEAMS})
    shown = run("validate", cwd=repository.root, HOME="/proc/nowhere", XDG_CACHE_HOME=None)
    assert shown.code == 0, shown.err
    assert shown.out.startswith("PASS")


def test_the_environment_of_other_servers_does_not_count(repository_in: Callable[..., Repository]) -> None:
    repository = repository_in()
    repository.write({file("20260102000000_teams"): TEAMS})
    others = {
        "PGSERVICE": "nowhere",
        "PGHOST": "192.0.2.1",
        "PGUSER": "nobody",
        "PGOPTIONS": "-c search_path=nothing",
        "PGTARGETSESSIONATTRS": "standby",
        "PGREQUIREAUTH": "gss",
        "PGSSLNEGOTIATION": "direct",
        "PGTZ": "Mars",
        "TMPDIR": "/proc/nowhere",
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
    }
    shown = run("validate", cwd=repository.root, **others)
    assert shown.code == 0, shown.err
    assert shown.out.startswith("PASS")


@pytest.mark.parametrize("streams", ["{} >&-", "{} 2>&-", "{} >&- 2>&- <&-"])
def test_closed_streams_are_no_error(repository_in: Callable[..., Repository], streams: str) -> None:
    command = streams.format(f"'{sys.executable}' -c 'from bot.cli import main; main()' validate")
    done = subprocess.run(
        command, shell=True, cwd=repository_in().root, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0


def test_a_report_that_cannot_be_written_is_2(repository_in: Callable[..., Repository]) -> None:
    with Path("/dev/full").open("w") as full:
        process = start("validate", cwd=repository_in().root, stdout=full)
    shown = watch(process)
    assert shown.code == 2
    assert shown.err.startswith("error: cannot write standard output: No space left on device\n")


def test_the_console_script_is_the_same_command() -> None:
    script = Path(sys.executable).with_name("migration")
    if not script.exists():
        pytest.skip("the package is not installed")
    helps = (
        subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout
        for command in (COMMAND, [script])
    )
    assert next(helps) == next(helps) != ""


# ── Input that is no migration ──────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def bad(repository_in: Callable[..., Repository]) -> tuple[Shown, Any]:
    """One run over files that cannot be, each in a folder of its own."""
    large = "-- +goose Up\n" + "INSERT INTO users VALUES (1);\n" * 1_700_000
    assert len(large) > 50_000_000
    repository = repository_in(base={"mixed/migrations/001_a.up.sql": "CREATE TABLE a (id int);"})
    repository.write(
        {
            "latin/migrations/001_a.sql": b"-- +goose Up\nSELECT '\xe9';\n",
            "nul/migrations/001_a.sql": "-- +goose Up\nSELECT 1;\nSELECT '\0';\n",
            "large/migrations/001_a.sql": large,
            "broken/migrations/001_a.sql": "-- +goose Up\nSELECT 1;\nCREATE TABEL t (id int);\n",
            "open/migrations/001_a.sql": "-- +goose Up\nSELECT 'never closed;\n",
            "empty/migrations/001_a.sql": "",
            "mixed/migrations/002_b.up.sql": "CREATE TABLE b (id int);",
            "mixed/migrations/003_c.up.sql": "CREATE TABLE c (id int);",
            "mixed/migrations/20260101000000_d.sql": "-- +goose Up\nCREATE TABLE d (id int);\n-- +goose Down\n",
        }
    )
    shown = run("validate", "--format", "json", cwd=repository.root)
    return shown, report(shown)


@pytest.mark.parametrize(
    ("path", "line", "rule", "says"),
    [
        ("latin/migrations/001_a.sql", 2, "unreadable-file", "is not UTF-8 (byte 0xe9)"),
        ("nul/migrations/001_a.sql", 3, "unreadable-file", "holds a NUL byte"),
        ("large/migrations/001_a.sql", 1, "unreadable-file", "the limit for one migration file is"),
        ("broken/migrations/001_a.sql", 3, "apply-fails", 'syntax error at or near "TABEL"'),
        ("open/migrations/001_a.sql", 2, "apply-fails", "unterminated quoted string"),
        ("mixed/migrations/20260101000000_d.sql", 1, "mixed-folder", "is written for goose"),
    ],
)
def test_bad_input_is_named_with_file_line_and_reason(
    bad: tuple[Shown, Any], path: str, line: int, rule: str, says: str
) -> None:
    places = [
        (found["line"], found["message"])
        for found in bad[1]["findings"]
        if (found["path"], found["rule"]) == (path, rule)
    ]
    assert [place for place, _ in places] == [line]
    assert says in places[0][1]


def test_bad_input_fails(bad: tuple[Shown, Any]) -> None:
    assert (bad[0].code, bad[1]["verdict"]) == (1, "fail")


def test_a_broken_base_is_said_and_makes_nothing_green(repository_in: Callable[..., Repository]) -> None:
    repository = repository_in(base=USERS | {file("20260101100000_broken"): goose("CREATE TABEL x ();")})
    repository.write({file("20260102000000_teams"): TEAMS})
    shown = run("validate", cwd=repository.root)
    assert shown.code == 1
    assert shown.out.startswith("UNPROVEN")
    assert f"{file('20260101100000_broken')}:3" in shown.out
