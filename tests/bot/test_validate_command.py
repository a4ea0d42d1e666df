"""``migration validate`` from outside, on the bundled PostgreSQL."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import jsonschema
import pytest
from command_line import COMMAND, ROOT, Command, Repository, environ

from bot.publish.schema import report_schema
from tests.bot.summary.messages_api import KEY, answers, messages_api

GOOD = ("CREATE TABLE teams (id bigint PRIMARY KEY)", "DROP TABLE teams")
FAILS = ("ALTER TABLE users ADD COLUMN name text NOT NULL", "ALTER TABLE users DROP COLUMN name")
LOSES = ("ALTER TABLE users DROP COLUMN email", "ALTER TABLE users ADD COLUMN email text")


@pytest.fixture
def bundled(repository: Repository) -> Repository:
    repository.write("migration.yml", "provider: bundled\n")
    repository.commit()
    repository.git("switch", "--quiet", "--create", "work")
    return repository


def test_a_good_migration_passes(migration: Command, bundled: Repository) -> None:
    bundled.migration("20260102000000_create_teams", *GOOD)
    shown = migration("validate", cwd=bundled.root)
    assert shown.stdout.startswith("PASS  ")
    assert shown.returncode == 0
    assert shown.stderr == ""


def test_a_migration_that_fails_on_rows_fails(migration: Command, bundled: Repository) -> None:
    path = bundled.migration("20260102000000_require_name", *FAILS)
    bundled.commit()
    shown = migration("validate", "--head", "work", "--format", "json", cwd=bundled.root)
    assert shown.returncode == 1
    report = json.loads(shown.stdout)
    jsonschema.Draft202012Validator(json.loads(report_schema())).validate(report)
    [statement] = report["migrations"][0]["up"]["statements"]
    assert (statement["path"], statement["line"], statement["error"]["sqlstate"]) == (path, 2, "23502")


def test_before_the_first_commit_every_migration_is_new(migration: Command, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_teams.up.sql").write_text(GOOD[0])
    (tmp_path / "migrations" / "0001_teams.down.sql").write_text(GOOD[1])
    shown = migration("validate", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "1 added (no commit yet → working tree)" in shown.stdout


def test_a_base_that_an_audit_has_built(migration: Command, bundled: Repository, tmp_path: Path) -> None:
    bundled.migration("20260102000000_create_teams", *GOOD)
    own = {"cwd": bundled.root, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert migration("audit", "--revision", "main", **own).returncode == 0
    shown = migration("validate", **own)
    assert shown.returncode == 0, shown.stderr
    assert "from the cache" in shown.stdout


def test_a_down_that_loses_values_says_how_many(migration: Command, bundled: Repository) -> None:
    bundled.migration("20260102000000_drop_email", *LOSES)
    shown = migration("validate", cwd=bundled.root, COLUMNS="160")
    assert shown.returncode == 1
    assert "rollback  data lost: users.email " in shown.stdout


def test_a_summary_is_written_by_a_model_where_there_is_a_key(
    migration: Command, bundled: Repository
) -> None:
    bundled.migration("20260102000000_create_teams", *GOOD)
    statement = "goose:db/migrations/20260102000000/up/1"
    said = {"text": "It creates the table `public.teams`.", "rests_on": [statement]}
    empty: dict[str, list[object]] = {"running_system": [], "rollout": [], "rollback": [], "open": []}
    with messages_api() as (state, url):
        state.always = answers({"headline": said, "changes": [said, said], **empty})
        arguments = ("validate", "--summary", "--format", "json")
        shown = migration(*arguments, cwd=bundled.root, ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=url)
    report = json.loads(shown.stdout)
    jsonschema.Draft202012Validator(json.loads(report_schema())).validate(report)
    assert report["summary"]["headline"]["text"] == said["text"]
    assert report["summary"]["written_by"] == "claude-haiku-5-5"
    assert "models were asked 1 time" in shown.stderr


def test_without_a_key_the_summary_is_put_together(migration: Command, bundled: Repository) -> None:
    bundled.migration("20260102000000_create_teams", *GOOD)
    shown = migration("validate", "--summary", cwd=bundled.root, ANTHROPIC_API_KEY="")
    assert "In short" in shown.stdout and "without a model" in shown.stdout
    assert shown.returncode == 0 and shown.stderr == ""


def test_only_the_folder_that_is_named_is_looked_at(migration: Command, bundled: Repository) -> None:
    bundled.migration("20260102000000_require_name", *FAILS)
    bundled.write(
        "other/migrations/20260102000000_teams.sql", f"-- +goose Up\n{GOOD[0]};\n-- +goose Down\n{GOOD[1]};\n"
    )
    shown = migration("validate", "other", "--format", "json", cwd=bundled.root)
    assert [item["path"] for item in json.loads(shown.stdout)["migrations"]] == [
        "other/migrations/20260102000000_teams.sql"
    ]


def test_the_report_goes_to_a_file(migration: Command, bundled: Repository) -> None:
    bundled.migration("20260102000000_create_teams", *GOOD)
    shown = migration("validate", "--format", "sarif", "--output", "report.sarif", cwd=bundled.root)
    assert (shown.returncode, shown.stdout) == (0, "")
    assert json.loads((bundled.root / "report.sarif").read_text())["version"] == "2.1.0"


def test_nothing_new_passes(migration: Command, bundled: Repository) -> None:
    shown = migration("validate", cwd=bundled.root)
    assert shown.returncode == 0
    assert "no migration changed" in shown.stdout


def test_no_migrations_at_all_is_no_pass(migration: Command, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main"], cwd=tmp_path, check=True)
    (tmp_path / "a.txt").write_text("a")
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *author, "commit", "--quiet", "-m", "a"], cwd=tmp_path, check=True)
    shown = migration("validate", cwd=tmp_path)
    assert shown.returncode == 2
    assert shown.stderr.startswith("error: found no migrations")


def test_a_configuration_that_changes_is_not_in_force_yet(migration: Command, bundled: Repository) -> None:
    bundled.write("migration.yml", "provider: bundled\nfail_on: warn\n")
    shown = migration("validate", cwd=bundled.root)
    assert "note: the configuration has changed; the one of the base" in shown.stderr


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_nothing(bundled: Repository, sent: signal.Signals, code: int) -> None:
    bundled.migration("20260102000000_sleep", "SELECT pg_sleep(60)", "SELECT 1")
    process = subprocess.Popen(
        [*COMMAND, "validate"], cwd=bundled.root, env=environ(), stderr=subprocess.PIPE, text=True
    )
    while not any(
        "pg_sleep" in command or "postgres: app" in command for command in descendants(process.pid).values()
    ):
        assert process.poll() is None
        time.sleep(0.05)
    started = descendants(process.pid)
    places = {
        place for command in started.values() for place in re.findall(r"/\S*migration-sandbox-\w+", command)
    }
    process.send_signal(sent)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in said
    while any(Path("/proc", str(pid)).exists() for pid in started):  # pytest's time limit ends a wait in vain
        time.sleep(0.05)
    assert places and not [place for place in places if Path(place).exists()]


def descendants(pid: int) -> dict[int, str]:
    """The processes below a process, with their command lines."""
    found: dict[int, str] = {}
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in read(children).split():
            found[int(child)] = read(Path("/proc", child, "cmdline")).replace("\0", " ")
            found |= descendants(int(child))
    return found


def read(path: Path) -> str:
    """A file of /proc; nothing when its process has just ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


def shown_in_readme() -> list[str]:
    """The three reports: of SQL, of Ecto, of Ash."""
    return re.findall(r"```text\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def test_the_demo_is_what_the_readme_shows(migration: Command) -> None:
    shown = migration("demo", COLUMNS="120")
    assert shown.returncode == 0
    assert "`migration validate` would have exited with 1" in shown.stderr
    printed = shown_in_readme()[0]
    assert without_figures(shown.stdout) == without_figures(printed), (
        "print it anew: COLUMNS=120 migration demo"
    )


def test_the_demo_in_ecto_has_the_part_that_the_readme_shows(migration: Command) -> None:
    shown = migration("demo", "ecto", COLUMNS="120")
    assert shown.returncode == 0
    part = shown_in_readme()[1]
    assert without_figures(f"\n  risk \n{part}") in without_figures(shown.stdout), (
        "print it anew: COLUMNS=120 migration demo ecto"
    )
    assert "ecto-concurrently-with-lock" in shown.stdout
    assert "Not run: `update_all` of the repo" in shown.stdout


def test_the_demo_in_ash_has_the_part_that_the_readme_shows(migration: Command) -> None:
    shown = migration("demo", "ash", COLUMNS="120")
    assert shown.returncode == 0
    part = shown_in_readme()[2]
    assert without_figures(f"\n  risk \n{part}") in without_figures(shown.stdout), (
        "print it anew: COLUMNS=120 migration demo ash"
    )
    for rule in (
        "ash-migration-differs-from-snapshot",
        "ash-snapshot-without-migration",
        "index-without-concurrently",
    ):
        assert f"error  {rule}  " in shown.stdout
    assert "Not proven" not in shown.stdout


def test_an_example_that_is_not_there(migration: Command) -> None:
    shown = migration("demo", "nobody")
    assert (shown.returncode, shown.stderr.splitlines()[0]) == (2, "error: there is no example 'nobody'")


def test_an_example_whose_tool_is_not_there(migration: Command) -> None:
    shown = migration("demo", "flyway", PATH="/nowhere")
    assert shown.returncode == 2
    assert "the example 'flyway' is run by flyway, which is not installed here" in shown.stderr


def without_figures(page: str) -> str:
    """What does not depend on the machine: no times, no sandbox, no cache."""
    _, _, page = page.partition("\n  risk ")
    return re.sub(r" +", " ", re.sub(r"[\d.]+( ms)?$", "MS", page, flags=re.MULTILINE))
