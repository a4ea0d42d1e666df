"""``migration check`` from outside: files, a folder, a pipe, the formats and the exit codes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from command_line import COMMAND, Command, environ

from bot.publish.commands import workflow_commands
from bot.publish.listing import listing
from bot.publish.schema import report_schema
from checks.static import check

INDEX = "CREATE INDEX ON orders (customer_id);\n"


def test_a_file(migration: Command, tmp_path: Path) -> None:
    (tmp_path / "change.sql").write_text(f"{INDEX}UPDATE orders SET a = 1 WHERE b = 2;\n")
    shown = migration("check", "change.sql", cwd=tmp_path)
    assert shown.returncode == 1
    assert "     1  error  index-without-concurrently  (read from the files)" in shown.stdout
    assert "     2  open\n        Only a run can tell whether it changes few rows of `orders`" in shown.stdout
    assert "FAIL  1 migration: 1 problem to mend" in shown.stdout
    assert "migration validate FILE" in shown.stdout
    assert not shown.stderr


def test_a_folder_with_a_configuration(migration: Command, tmp_path: Path) -> None:
    folder = tmp_path / "db" / "migrations"
    folder.mkdir(parents=True)
    (tmp_path / "migration.yml").write_text("rules: {missing-down: off}\nparameters: {lock_timeout: 2s}\n")
    (folder / "00001_orders.sql").write_text("-- +goose Up\nCREATE TABLE orders (id bigint PRIMARY KEY);\n")
    (folder / "00002_index.sql").write_text("-- +goose Up\nCREATE INDEX i ON orders (id);\n")
    shown = migration("check", "db", "--format", "json", cwd=tmp_path)
    report = json.loads(shown.stdout)
    found = [(one["rule"], one["path"], one["certainty"]) for one in report["findings"]]
    assert ("index-without-concurrently", "db/migrations/00002_index.sql", "static") in found
    assert {rule for rule, _, _ in found} <= {"index-without-concurrently", "redundant-index"}
    assert (report["sandbox"], report["histories"][0]["tool"]) == (None, "goose")


def test_a_pipe_and_its_exit_codes(tmp_path: Path) -> None:
    def piped(text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, "check", "-", "--format", "gitlab"],
            input=text, cwd=tmp_path, env=environ(), capture_output=True, text=True, check=False,
        )  # fmt: skip

    passed, empty = piped("CREATE TABLE t (id bigint PRIMARY KEY)"), piped("")
    assert (passed.returncode, json.loads(passed.stdout)) == (0, [])
    assert (empty.returncode, "no statement" in empty.stderr) == (2, True)


def test_what_cannot_be_undone_waits_for_an_approval_beside_what_must_be_mended() -> None:
    report = check({"a.sql": f"{INDEX}DROP TABLE legacy;"})
    shown = listing(report)
    assert "     1  error  index-without-concurrently" in shown
    assert "     2  approval  drop-table" in shown
    assert "FAIL  1 migration: 1 problem to mend" in shown
    assert "`migration:ignore RULE reason: …`" in " ".join(shown.split())
    assert "title=drop-table (needs an approval)::" in workflow_commands(report)


def test_a_file_that_is_named_from_the_root_is_called_as_from_here(
    migration: Command, tmp_path: Path
) -> None:
    (tmp_path / "change.sql").write_text(INDEX)
    shown = migration("check", str(tmp_path / "change.sql"), cwd=tmp_path)
    assert shown.stdout.startswith("change.sql\n")


def test_a_file_of_code_is_no_sql_with_a_syntax_error(migration: Command, tmp_path: Path) -> None:
    (tmp_path / "0002_more.py").write_text("from django.db import migrations\n")
    shown = migration("check", "0002_more.py", cwd=tmp_path)
    assert (shown.returncode, "syntax error" in shown.stdout) == (1, False)
    assert "it is code (.py)" in shown.stdout
    assert shown.stdout.count("UNPROVEN") == 1


def test_a_folder_of_code_is_told_what_to_write(migration: Command, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "manage.py").write_text("")
    (tmp_path / "migration.yml").write_text("postgress: 17\n")
    shown = migration("check", cwd=tmp_path)
    assert shown.returncode == 2
    assert "`commands: {tool: django, folder: shop}`" in shown.stderr
    assert "There is no setting postgress; it has no effect. Did you mean postgres?" in shown.stderr


def test_the_report_is_of_the_published_schema() -> None:
    from jsonschema import validate

    report = check({"a.sql": f"{INDEX}SELECT f();"})
    validate(report.model_dump(mode="json"), json.loads(report_schema()))


@pytest.mark.parametrize("name", ["a\x1b[2J.sql", "a\u202e.sql", "a,line=9::error.sql"])
def test_names_of_strangers_do_nothing(name: str) -> None:
    report = check({name: f'{INDEX}ALTER TABLE "x\u202ey`::error::" DROP COLUMN "\x1b[31m";'})
    for text in (listing(report, colour=False), workflow_commands(report)):
        assert "\x1b" not in text
        assert "\u202e" not in text
    lines = workflow_commands(report).splitlines()
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines[:-1])
    assert all(line.split("::")[1].count(",line=") == 1 for line in lines[:-1])
