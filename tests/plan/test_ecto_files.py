"""Each recipe for an author who writes Ecto: the files are read by Ecto's reader and run, forth, back and forth again."""

from __future__ import annotations

import pytest
from reviewing import reviewed_tree
from scenarios import SCENARIOS, Scenario
from test_recipes import author, differs, rows, run

from checks import catalog
from checks.ecto.write import Change
from checks.ecto.write.layout import body
from checks.ecto.write.steps import forward, plainly
from checks.frameworks.find import find_histories
from checks.model.migrations import Migration, Script
from checks.plan import Step, in_files, plan
from checks.replay.execute import execute
from checks.sandbox import Database
from checks.settings import Settings
from checks.sql.split import split
from checks.trees.tree import MemoryTree

__all__ = ["author"]
PATH = "priv/repo/migrations/20260101120000_change.exs"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_files_lead_to_what_the_author_wanted(
    scenario: Scenario, database: Database, author: Database
) -> None:
    for place in (author, database):
        run(place, scenario.setup)
    tree = {PATH: as_ecto(scenario.author)}
    planned = in_files(plan(reviewed_tree(database, tree)), MemoryTree(tree), Settings())
    steps = [step for round_ in planned.rounds for step in round_.steps]
    assert all(step.file_path for step in steps if step.sql)
    for step in steps:
        if not step.sql:
            run(database, scenario.fill or "SELECT 1")
        elif step.file:
            take(database, step)
        if step.check and not step.file_path:
            assert rows(database, step.check) == []
    run(author, scenario.wanted or scenario.author)
    assert differs(catalog.read(author), catalog.read(database)) == []


def as_ecto(sql: str) -> str:
    """The author's migration in Ecto's own words, as far as there are any; what is one statement stays one."""
    statements = [statement.sql for statement in split(sql, PATH)]
    calls = [call for one in statements for call in (forward([Change((one,))]))]
    alone = calls if len(calls) == len(statements) else plainly(statements)
    head = ["defmodule MyApp.Repo.Migrations.Change do", "  use Ecto.Migration", "", "  def up do"]
    return "\n".join([*head, *body(alone, 4), "  end", "end", ""])


def take(database: Database, step: Step) -> None:
    migration = read(step)
    assert migration.up is not None and migration.is_whole
    before = catalog.read(database)
    perform(database, migration.up)
    if migration.down is not None:
        perform(database, migration.down)
        if migration.down.statements:
            assert differs(before, catalog.read(database)) == [], step.file
        perform(database, migration.up)
    else:
        assert migration.irreversible, step.file


def read(step: Step) -> Migration:
    (history,) = find_histories(MemoryTree({step.file_path: step.file}), Settings())
    (migration,) = history.migrations
    assert (history.tool, history.problems, migration.opaque) == ("ecto", (), None)
    return migration


def perform(database: Database, script: Script) -> None:
    outcome = execute(database, [script], Settings())
    assert outcome.committed, outcome
