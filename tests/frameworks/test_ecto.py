from __future__ import annotations

from reading import lines, only, problems, sql

from checks.frameworks import find_histories
from checks.model.migrations import History, TransactionMode
from checks.settings import FolderSettings, Settings
from checks.trees import MemoryTree

FOLDER = "priv/repo/migrations"
REPO = "defmodule MyApp.Repo do\n  use Ecto.Repo, otp_app: :my_app, adapter: Ecto.Adapters.Postgres\nend\n"
CONFIG = "import Config\nconfig :my_app, ecto_repos: [MyApp.Repo]\n"


def migration(body: str, name: str = "One", before: str = "") -> str:
    return f"defmodule MyApp.Repo.Migrations.{name} do\n  use Ecto.Migration\n{before}  def change do\n{body}\n  end\nend\n"


def histories(files: dict[str, str], root: str = "", **settings: object) -> tuple[History, ...]:
    project: dict[str, str | bytes] = {"mix.exs": "", "lib/my_app/repo.ex": REPO, "config/config.exs": CONFIG}
    tree = {f"{root}{path}": text for path, text in (project | files).items()}
    return find_histories(MemoryTree(tree), Settings.model_validate(settings))


def history(files: dict[str, str], **settings: object) -> History:
    (found,) = histories({f"{FOLDER}/{name}": text for name, text in files.items()}, **settings)
    return found


def test_up_and_down_with_the_lines_of_the_calls() -> None:
    found = only(history({"20260101000000_one.exs": migration('    create table(:a)\n    execute "x", "y"')}))
    assert (found.version, found.name) == ("20260101000000", "one")
    assert sql(found.up) == ['CREATE TABLE "a" ("id" bigserial, PRIMARY KEY ("id"))', "x"]
    assert (sql(found.down), lines(found.down)) == (["y", 'DROP TABLE "a"'], [5, 4])
    assert found.up is not None
    assert found.up.transaction is TransactionMode.TRANSACTION


def test_files_run_by_number_wherever_below_the_folder_they_are() -> None:
    files = {
        f"{name}.exs": migration("", name=f"M{place}")
        for place, name in enumerate(("10_b", "9_a", "old/8_c"))
    }
    assert [one.name for one in history(files).migrations] == ["c", "a", "b"]


def test_without_a_transaction_every_statement_commits_by_itself() -> None:
    found = only(
        history({"1_a.exs": migration("    create table(:a)", before="  @disable_ddl_transaction true\n")})
    )
    assert found.up is not None
    assert found.up.transaction is TransactionMode.AUTOCOMMIT


def test_a_part_that_is_code_leaves_a_gap() -> None:
    found = only(
        history({"1_a.exs": migration('    MyApp.fix()\n    MyApp.Repo.all("a")\n    create table(:a)')})
    )
    assert len(sql(found.up)) == 1
    assert [(gap.line, gap.kind) for gap in found.gaps if gap.direction == "up"] == [(4, "code"), (5, "data")]
    assert not found.is_whole


def test_what_ecto_refuses_is_not_run() -> None:
    found = history({"1_a.exs": migration("    create table(:a, colour: 1)")})
    assert only(found).up is None
    assert problems(found) == [("ecto-refused", "1_a.exs", 4)]


def test_an_irreversible_change_has_no_down_and_a_down_that_raises_says_why() -> None:
    change = only(history({"1_a.exs": migration("    drop table(:a)")}))
    assert (change.down, change.irreversible) == (None, None)
    raising = (
        'defmodule M do\nuse Ecto.Migration\ndef up, do: drop table(:a)\ndef down, do: raise "no way"\nend'
    )
    assert only(history({"1_a.exs": raising})).irreversible == "no way"


def test_the_configuration_of_production_counts() -> None:
    config = CONFIG + 'import_config "#{config_env()}.exs"\n'
    prod = 'import Config\nconfig :my_app, MyApp.Repo, migration_timestamps: [type: :timestamptz], url: System.fetch_env!("X")\n'
    files = {
        "config/config.exs": config,
        "config/prod.exs": prod,
        f"{FOLDER}/1_a.exs": migration("    alter table(:a), do: timestamps(updated_at: false)"),
    }
    (found,) = histories(files)
    assert sql(only(found).up) == ['ALTER TABLE "a" ADD COLUMN "inserted_at" timestamptz NOT NULL']
    own = {"path": FOLDER, "ecto_config": "migration_timestamps: [type: :date]", "prefix": "x"}
    (found,) = histories(files, folders=[FolderSettings.model_validate(own)])
    assert sql(only(found).up) == ['ALTER TABLE "x"."a" ADD COLUMN "inserted_at" date NOT NULL']
    assert found.bookkeeping[0] == 'CREATE SCHEMA IF NOT EXISTS "x"'


def test_repos_of_an_umbrella_each_with_its_own_folder() -> None:
    root = {
        "mix.exs": "",
        "config/config.exs": "import Config\nconfig :a, ecto_repos: [A.Repo, A.Audit]\nconfig :a, A.Audit, migration_primary_key: false\n",
        "apps/a/mix.exs": "",
        "apps/a/priv/repo/migrations/1_a.exs": migration("    create table(:a)"),
        "apps/a/priv/audit/migrations/1_a.exs": migration("    create table(:a)"),
    }
    tree: dict[str, str | bytes] = dict(root)
    audit, repo = find_histories(MemoryTree(tree), Settings())
    assert sql(only(audit).up) == ['CREATE TABLE "a" ()']
    assert sql(only(repo).up) == ['CREATE TABLE "a" ("id" bigserial, PRIMARY KEY ("id"))']


def test_another_database_is_none_of_ours() -> None:
    files = {
        "lib/my_app/repo.ex": REPO.replace("Postgres", "MyXQL"),
        f"{FOLDER}/1_a.exs": migration("    create table(:a)"),
    }
    assert histories(files) == ()


def test_names_that_ecto_passes_over_or_refuses() -> None:
    found = history(
        {"1_a.exs": migration(""), "2_a.exs": migration(""), "3_b.ex": migration(""), "c.exs": migration("")}
    )
    assert sorted(problems(found)) == [
        ("near-miss", name, 1) for name in ("1_a.exs", "2_a.exs", "3_b.ex", "c.exs")
    ]


def test_oban_goes_on_from_where_an_earlier_migration_has_left_it() -> None:
    lock = '%{"oban": {:hex, :oban, "2.17.1", "…", [:mix], [], "hexpm", "…"}}'
    files = {
        "mix.lock": lock,
        f"{FOLDER}/1_a.exs": migration("    Oban.Migrations.up(version: 11)"),
        f"{FOLDER}/2_b.exs": "defmodule B do\nuse Ecto.Migration\ndef up, do: Oban.Migrations.up()\ndef down, do: Oban.Migrations.down(version: 12)\nend",
    }
    (found,) = histories(files)
    first, second = found.migrations
    assert len(sql(first.up)) == 43
    assert [text[:24] for text in sql(second.up)][1:] == [
        'ALTER TABLE "public"."ob',
        'ALTER TABLE "public"."ob',
        "DROP TRIGGER IF EXISTS o",
        "DROP FUNCTION IF EXISTS ",
        'COMMENT ON TABLE "public',
    ]
    assert sql(second.down)[-1] == "COMMENT ON TABLE \"public\".oban_jobs IS '11'"
    assert second.gaps == ()


def test_several_commands_in_one_execute_are_run_one_by_one_and_reported() -> None:
    found = history({"1_a.exs": migration('    execute "SELECT 1; SELECT 2", ""')})
    assert sql(only(found).up) == ["SELECT 1", "SELECT 2"]
    assert problems(found) == [("ecto-several-commands", "1_a.exs", 4)]
