"""A migration that waits for a lock without a limit: the same with one, and what the queue behind it does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from advising import PATH, fill, filled, goose, proving
from folders import FIRST, FOLDERS, Folder

from checks.advice import MOST_LIMITS, Bounds
from checks.model.findings import Advice
from checks.plan.files import Patience
from checks.sandbox import Database, Server

LOCAL, SESSION, RESET = "SET LOCAL lock_timeout = '2s';", "SET lock_timeout = '2s';", "RESET lock_timeout;"
COLUMN = ("ALTER TABLE t ADD COLUMN b int;", "ALTER TABLE t DROP COLUMN b;")
EXPECTED = {
    "goose": f"{LOCAL}\n{COLUMN[0]}",
    "golang-migrate": f"{LOCAL}\n{COLUMN[0]}",
    "numbered": f"{SESSION}\n{COLUMN[0]}\n{RESET}",
    "drizzle": f"{LOCAL}\n{COLUMN[0]}",
    "liquibase": f"{LOCAL}\n{COLUMN[0]}",
}
"""In one transaction of the tool, in one query, each statement by itself, in one transaction with others, in a changeset."""
ECTO = {
    "mix.exs": "",
    "priv/repo/migrations/20260101000000_change.exs": """\
defmodule Shop.Repo.Migrations.Change do
  use Ecto.Migration

  def change do
    alter table(:t) do
      add :b, :integer
    end
  end
end
""",
}
DOWN = "ALTER TABLE t ADD COLUMN b text NOT NULL;\nALTER TABLE t ADD COLUMN a text NOT NULL;"
UNLIMITED = "lock-timeout-missing"


@pytest.fixture(scope="module")
def tables(server: Server) -> Iterator[Database]:
    with filled(server, FIRST) as database:
        yield database


def advice_on(database: Database, head: dict[str, str], base: dict[str, str]) -> Advice:
    with proving(database, head, base) as change:
        (found,) = [one.advice for one in change.advised() if one.rule == UNLIMITED]
    assert found
    return found


@pytest.mark.parametrize(
    "folder", [one for one in FOLDERS if one.tool in EXPECTED], ids=lambda folder: folder.tool
)
def test_the_limit_stands_before_the_lock(folder: Folder, tables: Database) -> None:
    change = dict(folder.change(*COLUMN))
    advice = advice_on(tables, {**folder.base, **change}, dict(folder.base))
    path = next(iter(change))
    assert advice.proven, advice.reason
    assert {file.path: file.content for file in advice.files}[path] == change[path].replace(
        COLUMN[0], EXPECTED[folder.tool]
    )
    assert "SQLSTATE 55P03" in advice.seen[-1]
    assert advice.note


def test_a_module_of_ecto_executes_it(tables: Database) -> None:
    advice = advice_on(tables, ECTO, {})
    assert advice.proven, advice.reason
    assert f"""    execute("{LOCAL.rstrip(";")}", "")\n    alter table(:t) do\n""" in advice.files[0].content


def test_with_another_way_it_is_one_proposal(tables: Database) -> None:
    up = f"{COLUMN[0]}\nCREATE INDEX t_b ON t (b);"
    with proving(tables, goose(up, f"DROP INDEX t_b;\n{COLUMN[1]}")) as change:
        found = [one.advice for one in change.advised() if one.advice]
    assert [(one.proven, one.reason) for one in found] == [(True, "")] * 2
    assert found[0].files == found[1].files
    assert LOCAL in found[0].files[0].content and "CONCURRENTLY" in found[0].files[1].content


def test_where_nothing_is_closed_any_more_there_is_no_need_of_it(tables: Database) -> None:
    with proving(tables, goose("CREATE INDEX t_a ON t (a);", "DROP INDEX t_a;")) as change:
        found = [one.advice for one in change.advised() if one.advice]
    assert len(found) == 2 and found[0] == found[1]
    assert "lock_timeout" not in found[0].files[0].content


def test_two_ways_for_one_file_never_write_one_file(database: Database) -> None:
    fill(database, "CREATE TABLE t (id bigint PRIMARY KEY, a text NOT NULL, b text NOT NULL);")
    up = "ALTER TABLE t DROP COLUMN a;\nALTER TABLE t DROP COLUMN b;"
    with proving(database, goose(up, DOWN)) as change:
        ways = [one.advice for one in change.advised() if one.rule == "drop-column" and one.advice]
    new = [file.path for way in ways for file in way.files if file.path != PATH]
    assert len(ways) == 2 and all(way.proven for way in ways)
    assert len(new) == len(set(new))


@pytest.mark.parametrize("before", ["SELECT 1", "SET lock_timeout = 0", "SET LOCAL statement_timeout = '2h'"])
def test_a_limit_that_limits_nothing_is_not_proven(
    before: str, tables: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Patience, "before", before)
    monkeypatch.setattr("checks.advice.waiting.PATIENCE", 0.5)
    advice = advice_on(tables, goose(*COLUMN), {})
    assert not advice.proven
    assert advice.reason == "no queue for the table could be made."


def test_many_migrations_without_a_limit_leave_the_other_ways_their_runs() -> None:
    bounds = Bounds()
    assert [bounds.begin(limit_alone=True) for _ in range(MOST_LIMITS)] == [""] * MOST_LIMITS
    assert bounds.begin(limit_alone=True) == "Not run: this review has run 5 other ways already."
    assert bounds.begin(limit_alone=False) == ""


def test_a_table_that_nobody_here_may_write_to_is_said(database: Database) -> None:
    with database.connect() as connection:
        connection.execute("CREATE TABLE t (id bigint PRIMARY KEY)")
        connection.execute("REVOKE ALL ON t FROM app; GRANT REFERENCES, SELECT ON t TO app")
    up = "CREATE TABLE child (t bigint REFERENCES t (id));"
    with proving(database, goose(up, "DROP TABLE child;")) as change:
        found = [one.advice for one in change.advised() if one.rule == UNLIMITED]
    assert [(one.proven, one.reason) for one in found if one] == [
        (False, "no queue for the table could be made.")
    ]
