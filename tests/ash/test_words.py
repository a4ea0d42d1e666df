"""What the findings name: the resource of a table, and the command that writes snapshots anew."""

from __future__ import annotations

import pytest

from checks.ash.generator import generator_command
from checks.ash.resources import resource_of
from checks.frameworks.view import View
from checks.trees.tree import MemoryTree

MIGRATIONS = "apps/blog/priv/repo/migrations"
RESOURCE = """
defmodule Blog.Posts do
  defmodule Post do
    use Ash.Resource, data_layer: AshPostgres.DataLayer

    postgres do
      {table}
      repo Blog.Repo
    end
  end
end
"""


@pytest.mark.parametrize("line", ['table "posts"', 'table("posts")', "table  'posts'"])
def test_the_module_before_the_table_is_the_resource(line: str) -> None:
    files = {"apps/blog/mix.exs": "", "apps/blog/lib/post.ex": RESOURCE.replace("{table}", line)}
    assert resource_of(View(MemoryTree(files)), MIGRATIONS, "posts") == "Post"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("apps/blog/lib/post.ex", 'table "posts_old"'),
        ("apps/blog/lib/post.ex", '# table "posts"'),
        ("apps/blog/lib/post.ex", "table @name"),
        ("apps/shop/lib/post.ex", 'table "posts"'),
        ("apps/blog/lib/post.exs", 'table "posts"'),
    ],
)
def test_what_is_not_certain_has_no_resource(path: str, line: str) -> None:
    files = {"apps/blog/mix.exs": "", path: RESOURCE.replace("{table}", line)}
    assert resource_of(View(MemoryTree(files)), MIGRATIONS, "posts") is None


@pytest.mark.parametrize(
    ("lock", "command"),
    [
        (None, "mix ash.codegen"),
        ('%{"ash": {:hex, :ash, "3.5.12", "ab"}}', "mix ash.codegen"),
        ('%{"ash": {:hex, :ash, "2.21.1", "ab"}}', "mix ash_postgres.generate_migrations --name"),
        ('%{"ash": {:git, "https://example.com/ash.git", "ab", []}}', "mix ash.codegen"),
    ],
)
def test_the_command_is_that_of_the_version(lock: str | None, command: str) -> None:
    files = {"apps/blog/mix.exs": ""} | ({"mix.lock": lock} if lock else {})
    assert generator_command(View(MemoryTree(files)), MIGRATIONS) == command
