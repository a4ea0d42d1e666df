"""``migration trace`` from outside: any command, reviewed by what it said to PostgreSQL."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

import psutil
import pytest
from command_line import Command, Repository

PROJECT = Path(__file__).parents[1] / "wire" / "projects" / "django"
NEW = "shop/migrations/0002_larger_totals.py"
SAY = [
    sys.executable,
    "-c",
    "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL']).execute(os.sys.argv[1])",
]


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    """The Django project, its newest migration not committed yet."""
    shutil.copytree(PROJECT, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    new = (tmp_path / NEW).read_text()
    (tmp_path / NEW).unlink()
    repository = Repository(tmp_path)
    repository.write(NEW, new)
    return repository


def test_a_new_migration_that_is_code(migration: Command, project: Repository) -> None:
    shown = migration(
        "trace", "--format", "json", "--", sys.executable, "manage.py", "migrate", cwd=project.root
    )
    report = json.loads(shown.stdout)
    assert [one["path"] for one in report["migrations"]] == [NEW]
    assert report["migrations"][0]["rows_before"]["public.shop_order"] > 50
    assert {(one["rule"], one["path"]) for one in report["findings"] if one["severity"] == "error"} == {
        ("column-type-rewrite", NEW)
    }
    locks = {
        one["kind"]: one["locks"][0]["mode"]
        for one in report["migrations"][0]["up"]["statements"]
        if one["locks"]
    }
    assert locks["ALTER TABLE"] == "ACCESS EXCLUSIVE"
    assert locks["CREATE INDEX"] == "SHARE UPDATE EXCLUSIVE"
    assert shown.returncode == 1
    assert "Applying shop.0002_larger_totals... OK" in shown.stderr


def test_a_command_without_a_framework(migration: Command, tmp_path: Path) -> None:
    shown = migration(
        "trace", "--", *SAY, "CREATE TABLE a (id int); COMMIT; BEGIN; CREATE TABLE b (id int)", cwd=tmp_path
    )
    assert shown.returncode == 0, shown.stderr
    assert "+ table public.a id integer" in shown.stdout
    assert "public.b" not in shown.stdout  # what was not committed went with the connection


def test_a_command_that_fails_is_reviewed_as_far_as_it_came(migration: Command, tmp_path: Path) -> None:
    shown = migration("trace", "--", *SAY, "SELECT * FROM nowhere", cwd=tmp_path)
    assert shown.returncode == 1
    assert "the command ended with 1; what it had said by then is reviewed" in shown.stderr
    assert 'relation "nowhere" does not exist' in shown.stdout


def test_what_cannot_be_run(migration: Command, tmp_path: Path) -> None:
    for command, said in {
        ("no-such-program",): "no-such-program cannot be started: No such file or directory",
        ("true",): "the command said nothing to PostgreSQL",
    }.items():
        shown = migration("trace", "--", *command, cwd=tmp_path)
        assert (shown.returncode, said in shown.stderr) == (2, True), shown.stderr


def test_a_command_that_never_ends_is_ended_with_all_it_started(migration: Command, tmp_path: Path) -> None:
    marker = f"migration-trace-{time.time_ns()}"
    script = f"trap '' TERM; sh -c 'sleep 300; : {marker}' & wait; sleep 300"
    shown = migration("trace", "--seconds", "1", "--", "sh", "-c", script, cwd=tmp_path)
    assert "the command was ended after 1 s" in shown.stderr
    assert not [
        one for one in psutil.process_iter(["cmdline"]) if marker in " ".join(one.info["cmdline"] or [])
    ]
