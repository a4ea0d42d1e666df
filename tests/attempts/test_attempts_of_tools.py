"""How each tool is told to open no transaction, seen by reading the file back; and attempts in a whole validation."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from checks import attempts
from checks.attempts.failure import Failure
from checks.attempts.transaction import proposals
from checks.change import compare_histories
from checks.errors import SandboxLost
from checks.frameworks import find_histories
from checks.model.migrations import Change, TransactionMode
from checks.model.observations import SqlError
from checks.model.report import Report, Verdict
from checks.model.rollback import RollbackStatus
from checks.settings import Settings
from checks.trees import MemoryTree, OverlayTree, Tree
from checks.validate import validate

SETTINGS = Settings(provider="bundled", rows=20)
REFUSED = SqlError(
    sqlstate="25001", message="CREATE INDEX CONCURRENTLY cannot run inside a transaction block"
)
INDEX = "CREATE INDEX CONCURRENTLY a_idx ON a (id);"
DROP = "DROP INDEX CONCURRENTLY a_idx;"

FILES = {
    "atlas": {"m/atlas.hcl": "", "migrations/20240101000000_a.sql": INDEX, "migrations/atlas.sum": "h1:x\n"},
    "dbmate": {"db/migrations/1_a.sql": f"-- migrate:up\n{INDEX}\n-- migrate:down\n{DROP}\n"},
    "diesel": {
        "diesel.toml": "",
        "migrations/2024-01-01-000000_a/up.sql": INDEX,
        "migrations/2024-01-01-000000_a/down.sql": DROP,
    },
    "ecto": {
        "mix.exs": "defmodule Shop.MixProject do\nend\n",
        "priv/repo/migrations/20240101000000_a.exs": "defmodule Shop.Repo.Migrations.A do\n  use Ecto.Migration\n\n"
        "  def change do\n    create index(:a, [:id], concurrently: true)\n  end\nend\n",
    },
    "goose": {"db/1_a.sql": f"-- +goose Up\n{INDEX}\n-- +goose Down\n{DROP}\n"},
    "liquibase": {"db/changelog.sql": f"--liquibase formatted sql\n--changeset ada:1\n{INDEX}\n--rollback {DROP}\n"},
    "sql-migrate": {"db/1_a.sql": f"-- +migrate Up\n{INDEX}\n-- +migrate Down\n{DROP}\n"},
    "sqlx": {"sqlx.toml": "", "migrations/1_a.up.sql": INDEX, "migrations/1_a.down.sql": DROP},
}  # fmt: skip


@pytest.mark.parametrize("tool", FILES)
def test_the_tools_own_way_is_what_the_tool_reads(tool: str) -> None:
    head = MemoryTree(FILES[tool])
    failure = _failure(_change(head), head)
    assert failure.tool == tool
    (proposal,) = proposals(failure)
    up = _change(OverlayTree(head, proposal.files)).pending[-1].migration.up
    assert up is not None and up.transaction in (TransactionMode.AUTOCOMMIT, TransactionMode.SINGLE_QUERY)
    assert [one.sql for one in up.statements] == [one.sql for one in failure.migration.up.statements]  # type: ignore[union-attr]


def test_a_tool_that_always_opens_one_has_no_such_way() -> None:
    head = MemoryTree(
        {
            "migrations/20240101000000_a/migration.sql": INDEX,
            "migrations/migration_lock.toml": 'provider = "postgresql"',
        }
    )
    failure = _failure(_change(head), head)
    assert failure.tool == "prisma"
    assert [*proposals(failure)] == []


def _change(head: Tree) -> Change:
    (change,) = compare_histories(find_histories(MemoryTree({}), SETTINGS), find_histories(head, SETTINGS))
    return change


def _failure(change: Change, head: Tree) -> Failure:
    migration = change.pending[0].migration
    assert migration.up is not None, migration.opaque
    return Failure(change.head, migration, migration.up.statements[0], REFUSED, (), head)


def goose(up: str, down: str) -> str:
    return f"-- +goose Up\n{up}\n-- +goose Down\n{down}\n"


BASE = {
    "db/0001_users.sql": goose("CREATE TABLE users (id bigint PRIMARY KEY, age int);", "DROP TABLE users;")
}
GOOD = {"db/0002_nick.sql": goose("ALTER TABLE users ADD nick text;", "ALTER TABLE users DROP nick;")}
BAD = {
    "db/0003_age.sql": goose(
        "ALTER TABLE users ALTER age SET NOT NULL;\nALTER TABLE users ADD town text;",
        "ALTER TABLE users DROP town;\nALTER TABLE users ALTER age DROP NOT NULL;",
    ),
    "db/0004_later.sql": goose("ALTER TABLE users ADD later text;", "ALTER TABLE users DROP later;"),
}


def test_a_fix_that_works_is_in_the_report_and_changes_no_verdict() -> None:
    report = validated({**GOOD, **BAD})
    assert report.verdict is Verdict.FAIL
    tried = {one.path: one.attempts for one in report.migrations}
    (attempt,) = tried["db/0003_age.sql"]
    assert attempt.worked and attempt.title == "NOT NULL on `users.age` as a check that is NOT VALID"
    assert "SET NOT NULL" not in attempt.files[0].content
    assert not tried["db/0002_nick.sql"] and not tried["db/0004_later.sql"]
    proof = next(one.rollback for one in report.migrations if one.path == "db/0003_age.sql")
    assert proof.status is RollbackStatus.UNPROVEN, "the proof is still that of the author's own files"


def test_a_sandbox_that_is_lost_meanwhile_costs_the_attempts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*arguments: object) -> None:
        raise SandboxLost("the server is gone")

    monkeypatch.setattr(attempts, "try_each", lose)
    report = validated(BAD)
    (attempt,) = report.migrations[0].attempts
    assert (attempt.worked, attempt.outcome) == (False, "The sandbox was lost while it ran.")
    assert report.verdict is Verdict.FAIL


def test_a_change_that_runs_has_none() -> None:
    assert not any(one.attempts for one in validated(GOOD).migrations)


def validated(change: Mapping[str, str]) -> Report:
    return validate(MemoryTree(BASE), MemoryTree({**BASE, **change}), SETTINGS)
