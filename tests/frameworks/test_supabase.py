import pytest
from reading import message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.frameworks.supabase_prelude import PRELUDE, ROLES
from checks.model.migrations import TransactionMode
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "supabase"


def test_files_run_by_name_and_the_digits_are_the_version() -> None:
    history = read(TOOL, {"2_b.sql": "SELECT 2;", "1_a.sql": "SELECT 1;", "10_c.sql": "SELECT 3;"})
    assert [(each.version, each.name) for each in history.migrations] == [("10", "c"), ("1", "a"), ("2", "b")]
    assert history.strict_order
    assert not history.has_downs


def test_a_file_is_one_implicit_transaction() -> None:
    up = only(read(TOOL, {"1_a.sql": "SELECT 1; SELECT 2;"})).up
    assert up is not None
    assert up.transaction is TransactionMode.SINGLE_QUERY
    assert sql(up) == ["SELECT 1", "SELECT 2"]


@pytest.mark.parametrize("name", ["add_users.sql", "20250101-a.sql", "20250101000000_a.SQL", "1_a/b.sql"])
def test_a_name_that_the_cli_skips_is_said(name: str) -> None:
    history = read(TOOL, {"1_ok.sql": "SELECT 1;", name: "SELECT 2;"})
    assert len(history.migrations) == 1
    assert problems(history) == [("near-miss", name, 1)]


def test_an_old_first_init_is_skipped() -> None:
    history = read(TOOL, {"20210101000000_init.sql": "SELECT 1;", "20220101000000_b.sql": "SELECT 2;"})
    assert [each.name for each in history.migrations] == ["b"]
    assert "called init" in message(history)


def test_the_folder_of_a_configured_project_is_claimed() -> None:
    tree = MemoryTree({"supabase/config.toml": "", "supabase/migrations/1_a.sql": "SELECT 1;"})
    (history,) = find_histories(tree, Settings())
    assert history.id == "supabase:supabase/migrations"
    assert set(history.roles) == set(ROLES)
    assert history.search_path == '"$user", public, extensions'


def test_the_prelude_runs_and_policies_lean_on_it(database: Database) -> None:
    with database.connect() as connection:
        for statement in PRELUDE:
            connection.execute(statement)  # type: ignore[arg-type]
        connection.execute("CREATE TABLE notes (id int, owner uuid REFERENCES auth.users)")
        connection.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
        connection.execute("CREATE POLICY own ON notes USING (owner = (SELECT auth.uid()))")
        connection.execute("SELECT set_config('request.jwt.claims', '{\"role\": \"anon\"}', false)")
        assert connection.execute("SELECT auth.role(), auth.uid()").fetchone() == ("anon", None)
        folder = connection.execute(
            "SELECT storage.foldername('a/b/c.png'), storage.extension('c.png')"
        ).fetchone()
        assert folder == (["a", "b"], "png")
