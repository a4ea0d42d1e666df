"""Which files an Ecto repository gets for steps: numbers, names, and the author's own words where they stay."""

from __future__ import annotations

from checks.frameworks.find import find_histories
from checks.frameworks.view import View
from checks.model.findings import AdviceFile
from checks.model.report import Verdict
from checks.plan import Phase, Plan, Round, Step, in_files
from checks.plan.writers import Author, advice_files
from checks.plan.writers.ash import IDENTITY, INDEX, KEEP, NOT_VALID
from checks.settings import Settings
from checks.trees.tree import MemoryTree

FOLDER = "priv/repo/migrations"
PATH = f"{FOLDER}/20260131235959_add_state.exs"
AUTHOR = """\
defmodule Shop.Repo.Migrations.AddState do
  use Ecto.Migration

  @states ~w(new old)

  def change do
    # Written by hand.
    create table(:bills) do
      add :state, :string
    end

    for state <- @states do
      execute "INSERT INTO states VALUES ('#{state}')", ""
    end

    create index(:orders, [:state])
  end
end
"""
BILLS = 'CREATE TABLE "bills" ("id" bigserial, "state" varchar(255), PRIMARY KEY ("id"))'
INDEXED = "CREATE INDEX CONCURRENTLY orders_state_index ON orders (state)"


def step(line: int, *sql: str, phase: Phase = Phase.EXPAND, **more: object) -> Step:
    kept = {} if "undo" in more else {"no_undo": "It cannot be taken back."}
    return Step(phase=phase, title="It.", path=PATH, line=line, sql=sql, **kept, **more)  # type: ignore[arg-type]


def index() -> Step:
    return step(16, INDEXED, undo=("DROP INDEX CONCURRENTLY IF EXISTS orders_state_index",))


def validate(name: str) -> Step:
    return step(16, f"ALTER TABLE orders VALIDATE CONSTRAINT {name}", phase=Phase.SWITCH)


def files(*steps: Step, text: str = AUTHOR, **others: str) -> dict[str, str]:
    tree = MemoryTree({PATH: text, **{f"{FOLDER}/{name}.exs": body for name, body in others.items()}})
    (history,) = find_histories(tree, Settings())
    migration = next(one for one in history.migrations if one.path == PATH)
    author = Author(migration, history, View(tree), Settings())
    return {file.path: file.content for file in advice_files("ecto", steps, author)}


def test_the_first_file_is_the_authors_and_the_next_come_a_second_later() -> None:
    other = "defmodule Shop.Repo.Migrations.Other do\nuse Ecto.Migration\ndef change, do: :ok\nend\n"
    written = files(
        step(8, BILLS),
        index(),
        validate("a"),
        text=AUTHOR,
        **{"20260201000000_other": other, "20260201000009_validate_orders_a": other},
    )
    assert list(written) == [
        PATH,
        f"{FOLDER}/20260201000001_create_orders_state_index.exs",
        f"{FOLDER}/20260201000002_validate_orders_a_2.exs",
    ]
    assert [text.split("\n")[0] for text in written.values()] == [
        "defmodule Shop.Repo.Migrations.AddState do",
        "defmodule Shop.Repo.Migrations.CreateOrdersStateIndex do",
        "defmodule Shop.Repo.Migrations.ValidateOrdersA2 do",
    ]


def test_numbers_that_are_no_times_are_counted() -> None:
    path = f"{FOLDER}/7_add_state.exs"
    tree = MemoryTree({path: AUTHOR, f"{FOLDER}/8_other.exs": AUTHOR})
    (history,) = find_histories(tree, Settings())
    author = Author(history.migrations[0], history, View(tree), Settings())
    found = advice_files("ecto", [index(), validate("b")], author)
    assert [file.path for file in found][1:] == [f"{FOLDER}/9_validate_orders_b.exs"]


def test_a_call_that_stays_is_the_authors_own_with_its_comment() -> None:
    assert files(step(8, BILLS), validate("a"))[PATH] == (
        "defmodule Shop.Repo.Migrations.AddState do\n"
        "  use Ecto.Migration\n"
        "\n"
        "  def change do\n"
        "    # Written by hand.\n"
        "    create table(:bills) do\n"
        "      add :state, :string\n"
        "    end\n"
        "  end\n"
        "end\n"
    )


def test_a_call_in_a_loop_is_said_without_the_loop() -> None:
    inserted = [f"INSERT INTO states VALUES ('{state}')" for state in ("new", "old")]
    text = files(*(step(13, sql) for sql in inserted), validate("a"))[PATH]
    assert [line.strip() for line in text.split("\n") if "INSERT" in line] == [
        f'execute "{sql}", ""' for sql in inserted
    ]


def test_a_migration_that_stays_whole_stays_as_it_is() -> None:
    inserted = [f"INSERT INTO states VALUES ('{state}')" for state in ("new", "old")]
    plain = 'CREATE INDEX "orders_state_index" ON "orders" ("state")'
    steps = [step(8, BILLS), *(step(13, sql) for sql in inserted), step(16, plain)]
    assert files(*steps) == {PATH: AUTHOR}


def test_what_the_author_takes_back_is_taken_back() -> None:
    text = AUTHOR.replace(
        "create index(:orders, [:state])",
        "alter table(:orders) do\n      modify :a, :text, null: false, from: {:string, null: true}\n"
        "      remove :b, :integer\n    end",
    )
    removed = step(16, "ALTER TABLE orders DROP COLUMN b", phase=Phase.CONTRACT)
    assert (
        "remove :b, :integer\n"
        in files(validate("a"), removed, text=text)[f"{FOLDER}/20260201000000_remove_b_from_orders.exs"]
    )


def test_steps_without_sql_and_tools_without_a_writer_have_no_file() -> None:
    assert files(step(16)) == {}
    tree = MemoryTree({PATH: AUTHOR})
    (history,) = find_histories(tree, Settings())
    author = Author(history.migrations[0], history, View(tree), Settings())
    assert advice_files("goose", [index()], author) == ()


def test_steps_of_one_file_are_told_where_it_is() -> None:
    steps = (step(8, BILLS), step(16, "ALTER TABLE orders ADD a int", undo=("ALTER TABLE orders DROP a",)))
    first, second = _planned(steps, {PATH: AUTHOR})
    assert (first.file_path, second.file_path, second.file) == (PATH, PATH, "")
    assert first.file.count("alter table(:orders)") == 1


def test_ash_is_told_what_keeps_codegen_from_undoing_it() -> None:
    check = "ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT VALID"
    unique = "CREATE UNIQUE INDEX CONCURRENTLY u ON orders (a)"
    steps = (
        index(),
        step(16, unique, undo=("DROP INDEX CONCURRENTLY u",)),
        step(16, check, undo=("ALTER TABLE orders DROP CONSTRAINT c",)),
        validate("c"),
    )
    assert {step.note for step in _planned(steps, {PATH: AUTHOR})} == {""}
    tree = {PATH: AUTHOR, "priv/resource_snapshots/repo/orders/20260131235959.json": "{}"}
    assert [step.note for step in _planned(steps, tree)] == [f"{KEEP} {INDEX}", IDENTITY, NOT_VALID, ""]


def _planned(steps: tuple[Step, ...], tree: dict[str, str]) -> tuple[Step, ...]:
    plan = Plan(base="a", head="b", verdict=Verdict.WARN, rounds=(Round(steps=steps),))
    return in_files(plan, MemoryTree(tree), Settings()).rounds[0].steps


def test_a_file_goes_to_json_and_back() -> None:
    (file,) = advice_files("ecto", [index()], _author())
    assert AdviceFile.model_validate_json(file.model_dump_json()) == file


def _author() -> Author:
    tree = MemoryTree({PATH: AUTHOR})
    (history,) = find_histories(tree, Settings())
    return Author(history.migrations[0], history, View(tree), Settings())
