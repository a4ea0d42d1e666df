"""The Elixir on the pages of Ecto's rules, read for real: Bad has the problem, Good has none."""

from __future__ import annotations

import re

import pytest

from checks.frameworks import find_histories
from checks.model.migrations import History
from checks.rules import all_rules
from checks.settings import Settings
from checks.trees import MemoryTree

RULES = [id for id in all_rules() if id.startswith("ecto-")]
FOLDER = "priv/repo/migrations"


def history(body: str, config: str = "") -> History:
    if "def " not in body:
        body = f"def change do\n{body}\nend"
    module = f"defmodule MyApp.Repo.Migrations.One do\n  use Ecto.Migration\n{body}\nend\n"
    files: dict[str, str | bytes] = {
        "mix.exs": "",
        "config/config.exs": f"import Config\nconfig :my_app, ecto_repos: [MyApp.Repo]\n{config}\n",
        f"{FOLDER}/20260101000000_one.exs": module,
    }
    (found,) = find_histories(MemoryTree(files), Settings())
    return found


def block(id: str, heading: str) -> str:
    found = re.search(
        rf"^## {heading}\n\n```elixir\n(.*?)```", all_rules()[id].documentation, re.MULTILINE | re.DOTALL
    )
    assert found, f"{id} has no {heading}"
    return found[1]


@pytest.mark.parametrize("id", RULES)
def test_bad(id: str) -> None:
    assert id in {problem.rule for problem in history(block(id, "Bad")).problems}


@pytest.mark.parametrize("id", RULES)
def test_good(id: str) -> None:
    assert history(block(id, "Good")).problems == ()


def test_an_advisory_lock_lets_an_index_be_built_concurrently() -> None:
    config = "config :my_app, MyApp.Repo, migration_lock: :pg_advisory_lock"
    assert history(block("ecto-concurrently-with-lock", "Bad"), config).problems == ()


def test_in_up_and_down_nothing_has_to_be_turned_around() -> None:
    body = """
      def up do
        execute "SELECT 1"
        flush()
        alter table(:a) do
          remove :b
          modify :c, :text
        end
      end
      def down, do: :ok
    """
    assert history(body).problems == ()


def test_a_schema_of_the_file_itself_is_no_hazard() -> None:
    body = """
      defmodule User do
        use Ecto.Schema
      end
      def up, do: MyApp.Repo.update_all(User, set: [a: 1])
      def down, do: :ok
    """
    assert history(body).problems == ()
