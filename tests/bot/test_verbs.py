"""The verbs that are commands on a pull request too, as a shell would run them."""

from __future__ import annotations

import json

import pytest
from command_line import Command, Repository

from checks.audit.model import Audit
from checks.plan import Plan

UP, DOWN = "ALTER TABLE users DROP COLUMN email", "ALTER TABLE users ADD COLUMN email text"


INDEXED = (
    "-- +goose Up\nCREATE INDEX users_email ON users (email);\n-- +goose Down\nDROP INDEX users_email;\n"
)


@pytest.fixture
def bundled(repository: Repository) -> Repository:
    """A pull request that drops a column with values."""
    repository.write("migration.yml", "provider: bundled\nrows: 10\n")
    repository.commit()
    repository.git("switch", "--quiet", "--create", "work")
    repository.migration("20260102000000_drop_email", UP, DOWN)
    return repository


def test_plan_prints_tasks_and_its_json_is_the_model(migration: Command, bundled: Repository) -> None:
    shown = migration("plan", cwd=bundled.root)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "### Deploy\n\n- [ ] Code that neither reads nor writes `email` of `users`." in shown.stdout
    planned = Plan.model_validate(json.loads(migration("plan", "--format", "json", cwd=bundled.root).stdout))
    assert planned.rounds[0].steps[0].sql == (UP,)


def test_rollback_prints_the_down_and_what_came_of_it(migration: Command, bundled: Repository) -> None:
    shown = migration("rollback", "--format", "markdown", cwd=bundled.root)
    assert shown.returncode == 0
    assert f"```sql\n{DOWN};\n```" in shown.stdout
    assert "data lost: users.email" in shown.stdout


def test_explain_lists_explains_and_prints_a_rule_without_a_repository(
    migration: Command, bundled: Repository
) -> None:
    listed = migration("explain", cwd=bundled.root).stdout
    (line,) = (line for line in listed.splitlines() if "`drop-column`" in line)
    id = line.split("`")[1]
    assert f"Its id is `{id}`." in migration("explain", id[:6], cwd=bundled.root).stdout
    page = migration("explain", "truncate").stdout
    assert page.startswith("# truncate\n")
    assert "(suppressions: docs/configuration.md#accepting-a-finding)" in page
    assert "](" not in page
    wrong = migration("explain", "drop-kolumn", cwd=bundled.root)
    assert wrong.returncode == 2
    assert wrong.stderr == (
        "error: this validation has no finding 'drop-kolumn'\n  Did you mean drop-column?\n"
    )


def test_fix_says_when_nothing_is_proven(migration: Command, bundled: Repository) -> None:
    shown = migration("fix", "drop-column", cwd=bundled.root)
    assert (shown.returncode, shown.stdout.count("no safer script has been proven")) == (0, 1)


def test_status_says_what_needs_an_approval_and_exits_as_validate_does(
    migration: Command, bundled: Repository
) -> None:
    shown = migration("status", cwd=bundled.root)
    assert shown.returncode == 1
    assert shown.stdout.startswith("NEEDS APPROVAL for `working tree`: ")
    assert "`migration:ignore RULE reason: …`" in " ".join(shown.stdout.split())
    assert "/migration approve" not in shown.stdout


def test_audit_looks_at_the_state_as_it_is(migration: Command, bundled: Repository) -> None:
    bundled.migration("20260103000000_logs", "CREATE TABLE logs (line text)", "DROP TABLE logs")
    shown = migration("audit", cwd=bundled.root)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "`logs` has no primary key" in shown.stdout
    earlier = migration("audit", "--revision", "main", "--format", "json", cwd=bundled.root)
    assert Audit.model_validate(json.loads(earlier.stdout)).findings == ()


def test_audit_of_nothing_is_wrong_usage(migration: Command, bundled: Repository) -> None:
    (bundled.root / "empty").mkdir()
    shown = migration("audit", "--path", "empty", cwd=bundled.root)
    assert shown.returncode == 2
    assert shown.stderr.startswith("error: found no migrations in empty\n")


def test_config_prints_what_the_base_sets(migration: Command, bundled: Repository) -> None:
    bundled.write("migration.yml", "provider: docker\n")
    shown = migration("config", cwd=bundled.root)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "    provider: bundled\n    rows: 10\n" in shown.stdout


def test_fix_writes_what_stays_within_one_file(migration: Command, bundled: Repository) -> None:
    bundled.write("db/migrations/20260102000000_drop_email.sql", INDEXED)
    wrote = migration("fix", "--write", cwd=bundled.root)
    path = "db/migrations/20260102000000_drop_email.sql"
    assert (wrote.returncode, wrote.stderr) == (0, "")
    assert wrote.stdout == (
        f"wrote {path}: Build `users_email` while writers go on (index-without-concurrently, lock-timeout-missing)\n"
    )
    written = (bundled.root / path).read_text()
    assert written == "-- +goose NO TRANSACTION\n" + INDEXED.replace(
        "CREATE INDEX", "CREATE INDEX CONCURRENTLY"
    )
    assert "wrote nothing" in migration("fix", "--write", cwd=bundled.root).stdout


def test_fix_writes_over_nothing_that_was_not_validated(migration: Command, bundled: Repository) -> None:
    path = "db/migrations/20260102000000_drop_email.sql"
    bundled.write(path, INDEXED)
    bundled.commit()
    bundled.write(path, INDEXED + "-- mine\n")
    refused = migration("fix", "--write", "--head", "HEAD", cwd=bundled.root)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"error: {path} is not what was validated\n")
    assert (bundled.root / path).read_text() == INDEXED + "-- mine\n"
