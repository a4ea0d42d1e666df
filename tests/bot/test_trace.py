"""``migration trace`` from outside: any command, reviewed by what it said to PostgreSQL."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from command_line import Command, Repository

from bot.demo import EXAMPLES

NEW = ["orders/migrations/0003_larger_totals.py", "orders/migrations/0004_index_notes.py"]
SAY = [
    sys.executable,
    "-c",
    "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL']).execute(os.sys.argv[1])",
]


def _project(name: str, root: Path, new_files: Sequence[str], settings: str = "") -> Repository:
    """An example, some of its migrations not committed yet."""
    shutil.copytree(EXAMPLES / name, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    texts = {new: (root / new).read_text() for new in new_files}
    for new in texts:
        (root / new).unlink()
    (root / "migration.yml").write_text(settings)
    repository = Repository(root)
    for new, text in texts.items():
        repository.write(new, text)
    return repository


def test_a_new_migration_that_is_code(migration: Command, tmp_path: Path) -> None:
    project = _project("django", tmp_path, NEW)
    shown = migration(
        "trace", "--format", "json", "--", sys.executable, "manage.py", "migrate", cwd=project.root
    )
    report = json.loads(shown.stdout)
    assert [one["path"] for one in report["migrations"]] == NEW
    assert report["migrations"][0]["rows_before"]["public.orders_order"] > 50
    assert {(one["rule"], one["path"]) for one in report["findings"] if one["severity"] == "error"} == {
        ("column-type-rewrite", NEW[0]),
        ("index-without-concurrently", NEW[0]),
    }
    rewriting, indexing = (
        [one["locks"][0]["mode"] for one in migration["up"]["statements"] if one["locks"]]
        for migration in report["migrations"]
    )
    assert rewriting[0] == "ACCESS EXCLUSIVE"
    assert indexing == ["SHARE UPDATE EXCLUSIVE"]
    assert shown.returncode == 1
    assert "Applying orders.0003_larger_totals... OK" in shown.stderr


def test_validate_goes_the_way_back_with_the_framework_itself(migration: Command, tmp_path: Path) -> None:
    new = "migrations/versions/c9f3_find_by_name.py"
    alembic = f"{sys.executable} -m alembic"
    settings = f"commands:\n  tool: alembic\n  migrate: {alembic} upgrade head\n  rollback: {alembic} downgrade {{to}}\n"
    project = _project("alembic", tmp_path, [new], settings)
    shown = migration("validate", "--format", "json", cwd=project.root)
    [seen] = [one for one in json.loads(shown.stdout)["migrations"] if one["tool"] == "alembic"]
    assert (seen["path"], seen["rollback"]["status"]) == (new, "restored")
    assert "DROP INDEX members_name" in [one["sql"].strip() for one in seen["rollback"]["down"]]
    assert shown.returncode == 0, shown.stderr


def test_a_repository_of_code_is_told_what_to_write(migration: Command, tmp_path: Path) -> None:
    project = _project("django", tmp_path, NEW)
    shown = migration("validate", cwd=project.root)
    assert "manage.py is django's, whose migrations are code" in shown.stderr
    assert "`commands: {tool: django}`" in shown.stderr


def test_a_command_without_a_framework(migration: Command, tmp_path: Path) -> None:
    shown = migration(
        "trace", "--", *SAY, "CREATE TABLE a (id int); COMMIT; BEGIN; CREATE TABLE b (id int)", cwd=tmp_path
    )
    assert shown.returncode == 0, shown.stderr
    assert "+ table public.a id integer" in shown.stdout
    assert "1 added (an empty database → what the command said)" in shown.stdout
    assert "public.b" not in shown.stdout  # what was not committed went with the connection


def test_a_command_that_fails_is_reviewed_as_far_as_it_came(migration: Command, tmp_path: Path) -> None:
    shown = migration("trace", "--", *SAY, "SELECT * FROM nowhere", cwd=tmp_path)
    assert shown.returncode == 1
    assert " ended with exit code 1; what it had said by then is reviewed" in shown.stderr
    assert 'relation "nowhere" does not exist' in shown.stdout
    assert f"{Path(sys.executable).name}:1" in shown.stdout, "it is called by its name"


def test_what_cannot_be_run(migration: Command, tmp_path: Path) -> None:
    for command, said in {
        ("no-such-program",): "no-such-program cannot be started: No such file or directory",
        ("true",): "true ended well, and said nothing to PostgreSQL",
    }.items():
        shown = migration("trace", "--", *command, cwd=tmp_path)
        assert (shown.returncode, said in shown.stderr) == (2, True), shown.stderr


def test_a_command_that_fails_before_it_says_anything(migration: Command, tmp_path: Path) -> None:
    shown = migration(
        "trace", "--", "sh", "-c", "echo no such module; exit 3", cwd=tmp_path, STRIPE_API_KEY="x"
    )
    assert shown.returncode == 1
    assert "no such module\n" in shown.stderr
    assert "sh ended with exit code 3, and nothing that it said before is a migration" in shown.stderr
    assert "sh was not given STRIPE_API_KEY; `env NAME=… sh` gives it one" in shown.stderr


def test_a_command_that_never_ends_is_ended_with_all_it_started(migration: Command, tmp_path: Path) -> None:
    marker = f"migration-trace-{time.time_ns()}"
    script = f"trap '' TERM; sh -c 'sleep 300; : {marker}' & wait; sleep 300"
    shown = migration("trace", "--seconds", "1", "--", "sh", "-c", script, cwd=tmp_path)
    assert shown.returncode == 1 and "sh was ended after 1 s" in shown.stderr
    assert not [
        one for one in psutil.process_iter(["cmdline"]) if marker in " ".join(one.info["cmdline"] or [])
    ]
