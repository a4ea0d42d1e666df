"""Migrations that want to stay, to get out, or to take everything with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from outside import AUTHOR, FOLDER, Repository, Shown, goose, run

CANARY = "migration-was-here"
ATTACKS = {
    "sleeps": "SELECT pg_sleep(600);",
    "catches_the_cancel": """
        DO $$ BEGIN
            LOOP
                BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END;
            END LOOP;
        END $$;""",
    "lifts_the_limit": "DO $$ BEGIN PERFORM set_config('statement_timeout', '0', false); PERFORM pg_sleep(600); END $$;",
    "drops_its_schema": "DROP SCHEMA public CASCADE;",
    "ends_its_session": "SELECT pg_terminate_backend(pg_backend_pid());",
    "eats_memory": """
        DO $$ DECLARE x text; BEGIN
            PERFORM set_config('work_mem', '100GB', false);
            SELECT string_agg(repeat('x', 1000000), '') INTO x FROM generate_series(1, 900);
        END $$;""",
    "floods": "DO $$ BEGIN FOR i IN 1..20000 LOOP RAISE NOTICE 'drip %', i; END LOOP; END $$;",
    "copies_in": "COPY goose_db_version FROM STDIN;",
    "runs_a_program": f"COPY (SELECT 1) TO PROGRAM 'touch {CANARY}';",
    "reads_a_file": "SELECT pg_read_file('/etc/passwd');",
}  # fmt: skip
LINE = 3
"""Of the statement in its file."""


@pytest.fixture(scope="module")
def attacked(repository_in: Callable[..., Repository]) -> tuple[Repository, Shown, dict[str, Any]]:
    """All attacks in one run, each in a folder (so a database) of its own."""
    repository = repository_in()
    repository.write({path(name): goose(" ".join(sql.split())) for name, sql in ATTACKS.items()})
    repository.write(
        {
            "psql/migrations/001_shell.sql": f"CREATE TABLE a (id int);\n\\! touch {CANARY}\n",
            "psql/migrations/002_copy.sql": f"CREATE TABLE b (id int);\n\\copy b from program 'touch {CANARY}'\n",
        }
    )
    shown = run("validate", "--format", "json", cwd=repository.root)
    return repository, shown, json.loads(shown.out)


def path(name: str) -> str:
    return f"{name}/migrations/20260102000000_attack.sql"


def test_the_run_ends_as_promised(attacked: tuple[Repository, Shown, dict[str, Any]]) -> None:
    _, shown, report = attacked
    assert shown.code == 1
    assert report["verdict"] == "fail"
    assert len(shown.seen.directories) >= len(ATTACKS), "each folder had a server of its own"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("sleeps", "time limit"),
        ("catches_the_cancel", "time limit"),
        ("lifts_the_limit", "time limit"),
        ("ends_its_session", "ended its own session"),
        ("eats_memory", "memory is used up"),
        ("runs_a_program", "permission denied"),
        ("reads_a_file", "permission denied"),
    ],
)
def test_what_was_ended_or_refused_is_unproven_with_file_line_and_reason(
    attacked: tuple[Repository, Shown, dict[str, Any]], name: str, says: str
) -> None:
    report = attacked[2]
    (place,) = [place for place in report["unproven"] if place["path"] == path(name)]
    assert place["line"] == LINE
    assert says in place["reason"]


def test_dropping_its_own_schema_needs_an_approval(
    attacked: tuple[Repository, Shown, dict[str, Any]],
) -> None:
    assert ("drop-schema", LINE) in findings(attacked[2], path("drops_its_schema"))


def test_a_flood_of_notices_is_cut(attacked: tuple[Repository, Shown, dict[str, Any]]) -> None:
    (flooded,) = [one for one in attacked[2]["migrations"] if one["path"] == path("floods")]
    (statement,) = flooded["up"]["statements"]
    assert len(statement["notices"]) == 20
    assert statement["error"] is None


def test_data_that_nobody_sends_is_a_failure(attacked: tuple[Repository, Shown, dict[str, Any]]) -> None:
    assert findings(attacked[2], path("copies_in")) >= {("apply-fails", LINE)}


def test_commands_of_psql_are_named_and_never_run(attacked: tuple[Repository, Shown, dict[str, Any]]) -> None:
    repository, _, report = attacked
    assert ("psql-command", 2) in findings(report, "psql/migrations/001_shell.sql")
    assert ("psql-command", 2) in findings(report, "psql/migrations/002_copy.sql")
    assert not [*repository.root.rglob(CANARY)]
    assert not Path(CANARY).exists()


def findings(report: dict[str, Any], path: str) -> set[tuple[str, int]]:
    return {(found["rule"], found["line"]) for found in report["findings"] if found["path"] == path}


def test_a_full_disk_ends_the_run_or_the_migration(repository_in: Callable[..., Repository]) -> None:
    """Where the disk is not bounded the time limit comes first; where it is the server may not outlive it."""
    repository = repository_in()
    fill = (
        "CREATE TABLE filler AS SELECT repeat(md5(n::text), 100) AS x FROM generate_series(1, 100000000) n;"
    )
    repository.write({f"{FOLDER}/20260102000000_fill.sql": goose(fill)})
    settings = (repository.root / "migration.yml").read_text()
    repository.write({"migration.yml": settings.replace("statement_seconds: 1", "statement_seconds: 10")})
    repository.git(*AUTHOR, "commit", "--quiet", "-am", "more time")
    shown = run("validate", cwd=repository.root)
    if shown.code == 2:
        assert shown.err.startswith("error: PostgreSQL ")
    else:
        assert f"{FOLDER}/20260102000000_fill.sql:{LINE}" in shown.out
        assert shown.code == 1
