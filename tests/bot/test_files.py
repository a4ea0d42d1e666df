"""``migration validate FILE`` from outside: in its history, or on what the file takes for granted."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from command_line import COMMAND, Command, Repository, environ

INDEX = "CREATE INDEX ON orders (customer_id);\n"
SHOP = {
    "db/migrations/20260101000000_orders.sql": "-- +goose Up\nCREATE TABLE orders (id bigint PRIMARY KEY, customer_id "
    "bigint);\n-- +goose Down\nDROP TABLE orders;\n",
    "db/migrations/20260102000000_index.sql": f"-- +goose Up\n{INDEX}-- +goose Down\nDROP INDEX orders_customer_id_idx;\n",
    "db/migrations/20260103000000_gone.sql": "-- +goose Up\nDROP TABLE orders;\n",
}


def test_a_file_without_a_history_runs_on_what_it_takes_for_granted(
    migration: Command, tmp_path: Path
) -> None:
    (tmp_path / "change.sql").write_text(INDEX)
    shown = migration("validate", "change.sql", cwd=tmp_path)
    assert shown.returncode == 1
    assert "index-without-concurrently" in shown.stdout
    assert "CREATE TABLE public.orders (" in shown.stdout


def test_several_files_run_one_after_the_other(migration: Command, tmp_path: Path) -> None:
    (tmp_path / "b.sql").write_text("ALTER TABLE teams ADD COLUMN name text;")
    (tmp_path / "a.sql").write_text("CREATE TABLE teams (id int);")
    report = json.loads(migration("validate", "a.sql", "b.sql", "--format", "json", cwd=tmp_path).stdout)
    assert [one["path"] for one in report["migrations"]] == ["a.sql", "b.sql"]
    assert (report["verdict"], report["assumed"]) == ("pass", [])


def test_a_pasted_statement(tmp_path: Path) -> None:
    shown = subprocess.run(
        [*COMMAND, "validate", "-", "--format", "json"],
        input=INDEX, cwd=tmp_path, env=environ(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = json.loads(shown.stdout)
    assert [one["path"] for one in report["findings"]] == ["stdin.sql"] * len(report["findings"])
    assert report["verdict"] == "fail"
    (way,) = [one["advice"] for one in report["findings"] if one["rule"] == "index-without-concurrently"]
    assert way["proven"], way["reason"]
    assert [(one["path"], one["content"]) for one in way["files"]] == [
        ("stdin.sql", INDEX.replace("INDEX", "INDEX CONCURRENTLY"))
    ]


def test_an_old_migration_runs_on_the_state_before_it(migration: Command, repository: Repository) -> None:
    for path, text in SHOP.items():
        repository.write(path, text)
    repository.commit()
    path = "db/migrations/20260102000000_index.sql"
    report = json.loads(migration("validate", path, "--format", "json", cwd=repository.root).stdout)
    assert [one["path"] for one in report["migrations"]] == [path]
    assert report["migrations"][0]["rollback"]["status"] == "restored"
    assert report["histories"][0]["base_migrations"] == 2
    assert report["assumed"] == []


def test_advice_about_a_migration_with_later_ones(migration: Command, repository: Repository) -> None:
    repository.migration(
        "20260102000000_index", "CREATE INDEX users_email ON users (email)", "DROP INDEX users_email"
    )
    repository.migration("20260103000000_teams", "CREATE TABLE teams (id int)", "DROP TABLE teams")
    path = "db/migrations/20260102000000_index.sql"
    report = json.loads(migration("validate", path, "--format", "json", cwd=repository.root).stdout)
    [advice] = [one["advice"] for one in report["findings"] if one["rule"] == "index-without-concurrently"]
    assert advice["proven"], advice["reason"]


def test_a_delete_that_meets_no_row_proves_no_way_back(migration: Command, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("DELETE FROM orders WHERE id < -5;")
    report = json.loads(migration("validate", "a.sql", "--format", "json", cwd=tmp_path).stdout)
    assert report["migrations"][0]["rollback"]["status"] == "unproven"
    assert report["verdict"] in ("unproven", "needs-approval")


def test_what_cannot_be_asked(migration: Command, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(INDEX)
    (tmp_path / "b.sql").write_bytes(b"SELECT '\xff';")
    (tmp_path / "empty.sql").write_text("-- nothing\n")
    (tmp_path / "loose.sql").write_text(f"-- +goose Up\n{INDEX}-- +goose Down\nDROP INDEX i;\n")
    for arguments, said in {
        ("a.sql", "--base", "main"): "files are not compared with a revision",
        ("a.sql", "."): ". is a folder among others",
        ("empty.sql",): "empty.sql: there is no statement in it",
        ("loose.sql",): "loose.sql has '-- +goose Up' in it, but not the name of a migration",
        ("c.sql",): "c.sql: no such file or folder",
    }.items():
        shown = migration("validate", *arguments, cwd=tmp_path)
        assert (shown.returncode, said in shown.stderr) == (2, True), shown.stderr
    shown = migration("validate", "b.sql", cwd=tmp_path)
    assert shown.returncode == 1 and "is not UTF-8" in shown.stdout
