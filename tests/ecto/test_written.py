"""SQL as Ecto migrations: the words, the layout, and nothing that would not read back as the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from translating import sql, translated

from checks.ecto.settings import RepoSettings
from checks.ecto.translate import translate
from checks.ecto.write import Change, Place, write_module
from checks.elixir.stops import Kind
from checks.elixir.values import Atom
from checks.sql.batches import until_no_row

BATCH = (
    "UPDATE orders SET state = 'new'\n"
    "    WHERE ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE state IS NULL LIMIT 1000 FOR UPDATE))"
)
LONG = "a_column_with_a_name_that_is_as_long_as_names_get"


def written(*changes: Change, **settings: object) -> str:
    place = Place(RepoSettings(**settings))  # type: ignore[arg-type]
    return write_module("MyApp.Repo.Migrations.One", changes, place)


def body(*changes: Change) -> str:
    """The lines of ``change``."""
    return inside(written(*changes), "  def change do\n")


def inside(text: str, head: str) -> str:
    lines = text.partition(head)[2].partition("\n  end\n")[0].split("\n")
    return "\n".join(line.removeprefix("    ") for line in lines)


WORDS = [
    (
        "CREATE INDEX CONCURRENTLY orders_user_id_index ON orders (user_id)",
        "DROP INDEX CONCURRENTLY IF EXISTS orders_user_id_index",
        "create index(:orders, [:user_id], concurrently: true)",
    ),
    (
        "CREATE UNIQUE INDEX o ON app.orders USING gin (lower(a), b DESC) INCLUDE (c) WHERE a > 'x'",
        "DROP INDEX app.o",
        """\
create unique_index(:orders, ["lower(a)", "b DESC"],
         name: :o,
         prefix: "app",
         using: "gin",
         include: [:c],
         where: "a > 'x'"
       )""",
    ),
    (
        "DROP INDEX CONCURRENTLY o",
        "CREATE INDEX CONCURRENTLY o ON orders (a)",
        "drop index(:orders, [:a], name: :o, concurrently: true)",
    ),
    (
        "ALTER TABLE orders ADD CONSTRAINT positive CHECK (price > 0) NOT VALID",
        "ALTER TABLE orders DROP CONSTRAINT positive",
        'create constraint(:orders, :positive, check: "price > 0", validate: false)',
    ),
    (
        "ALTER TABLE orders ADD COLUMN a varchar(20) NOT NULL DEFAULT 'x'",
        "ALTER TABLE orders DROP COLUMN a",
        'alter table(:orders) do\n  add :a, :string, size: 20, null: false, default: "x"\nend',
    ),
    (
        "ALTER TABLE orders ADD a numeric(12, 2), ADD b text[] DEFAULT now()",
        "ALTER TABLE orders DROP COLUMN b, DROP COLUMN a",
        "alter table(:orders) do\n  add :a, :decimal, precision: 12, scale: 2\n"
        '  add :b, {:array, :text}, default: fragment("now()")\nend',
    ),
    (
        "ALTER TABLE orders DROP COLUMN a",
        "ALTER TABLE orders ADD COLUMN a timestamp(0) NOT NULL",
        "alter table(:orders) do\n  remove :a, :naive_datetime, null: false\nend",
    ),
    (
        "ALTER TABLE orders ALTER COLUMN a TYPE text",
        "ALTER TABLE orders ALTER COLUMN a TYPE varchar(255)",
        "alter table(:orders) do\n  modify :a, :text, from: :string\nend",
    ),
    (
        "ALTER TABLE orders RENAME COLUMN a TO b",
        "ALTER TABLE orders RENAME COLUMN b TO a",
        "rename table(:orders), :a, to: :b",
    ),
    (
        "ALTER TABLE app.orders RENAME TO bills",
        "ALTER TABLE app.bills RENAME TO orders",
        'rename table(:orders, prefix: "app"), to: table(:bills, prefix: "app")',
    ),
    (
        "ALTER TABLE orders ALTER COLUMN a SET NOT NULL",
        "ALTER TABLE orders ALTER COLUMN a DROP NOT NULL",
        'execute "ALTER TABLE orders ALTER COLUMN a SET NOT NULL",\n'
        '        "ALTER TABLE orders ALTER COLUMN a DROP NOT NULL"',
    ),
    (
        'CREATE VIEW "Odd" AS SELECT 1',
        'DROP VIEW "Odd"',
        'execute """\n        CREATE VIEW "Odd" AS SELECT 1\n        """,\n'
        '        """\n        DROP VIEW "Odd"\n        """',
    ),
]


@pytest.mark.parametrize(("up", "down", "wanted"), WORDS, ids=[one[0][:40] for one in WORDS])
def test_a_statement_in_the_words_of_ecto(up: str, down: str, wanted: str) -> None:
    assert body(Change((up,), (down,))) == wanted


def test_a_new_column_and_its_key_are_one() -> None:
    added = Change(("ALTER TABLE o ADD COLUMN u bigint",), ("ALTER TABLE o DROP COLUMN u",))
    key = Change(
        ("ALTER TABLE o ADD CONSTRAINT o_u_fkey FOREIGN KEY (u) REFERENCES users (id) NOT VALID",),
        ("ALTER TABLE o DROP CONSTRAINT o_u_fkey",),
    )
    assert body(added, key) == "alter table(:o) do\n  add :u, references(:users, validate: false)\nend"


def test_a_type_and_not_null_are_one() -> None:
    table = "ALTER TABLE o ALTER COLUMN a"
    text = body(
        Change((f"{table} TYPE text",), (f"{table} TYPE varchar(9)",)),
        Change((f"{table} SET NOT NULL",), (f"{table} DROP NOT NULL",)),
    )
    wanted = "modify :a, :text, null: false, from: {:string, size: 9, null: true}"
    assert text == f"alter table(:o) do\n  {wanted}\nend"


def test_what_ecto_cannot_turn_around_has_up_and_down() -> None:
    text = written(
        Change(
            ("ALTER TABLE o DROP CONSTRAINT c",),
            ("ALTER TABLE o ADD CONSTRAINT c CHECK (a IS NOT NULL)",),
        )
    )
    assert inside(text, "  def up do\n") == "drop constraint(:o, :c)"
    assert inside(text, "  def down do\n") == 'create constraint(:o, :c, check: "a IS NOT NULL")'


def test_what_only_looks_has_nothing_to_take_back() -> None:
    assert body(Change(("ALTER TABLE o VALIDATE CONSTRAINT c",))) == (
        'execute "ALTER TABLE o VALIDATE CONSTRAINT c", ""'
    )


def test_what_is_gone_says_so_on_the_way_down() -> None:
    text = written(Change(("ALTER TABLE o DROP COLUMN a",), no_way_back="The values are gone."))
    assert inside(text, "  def down do\n") == 'raise "The values are gone."'


def test_a_transaction_is_refused_where_one_would_fail() -> None:
    alone = ["  @disable_ddl_transaction true", "  @disable_migration_lock true"]
    index = written(Change(("CREATE INDEX CONCURRENTLY i ON o (a)",), ("DROP INDEX CONCURRENTLY i",)))
    assert index.split("\n")[3:5] == alone
    assert written(Change((until_no_row(BATCH),))).split("\n")[3:5] == alone
    assert "disable" not in written(Change(("CREATE INDEX i ON o (a)",), ("DROP INDEX i",)))


def test_batches_are_read_back_as_the_block_that_does_the_same() -> None:
    text = written(Change((until_no_row(BATCH),)))
    translation = translate(text, RepoSettings())
    (sent,) = translation.up.sent
    assert " ".join(sent.sql.split()) == " ".join(until_no_row(BATCH).split())
    assert [(part.kind, part.line) for part in translation.up.dynamic] == [(Kind.STATE, 18)]
    assert (sql(translation.down), translation.transaction) == ([], False)


LOOP = """\
def up, do: again()
defp again do
  case repo().query!({query}) do
    %{{num_rows: 0}} -> :ok
    _ -> {more}
  end
end
"""


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ('"UPDATE t SET a = 1 RETURNING a"', "again()"),
        ('"SELECT grow()"', "again()"),
        ('"UPDATE t SET a = $1", [1]', "again()"),
        ('"UPDATE t SET a = 1"', "again()"),
        ('"UPDATE t SET a = 1"', 'repo().query!("DROP TABLE t")\nagain()'),
    ],
    ids=["answers rows", "no change of rows", "parameters", "in a transaction", "does more"],
)
def test_other_loops_are_dynamic(query: str, more: str) -> None:
    up = translated(LOOP.format(query=query, more=more)).up
    assert any(part.kind is Kind.CODE for part in up.dynamic)
    assert not any(sent.sql.startswith("DO ") for sent in up.sent)


def test_words_mean_what_the_repo_is_set_to() -> None:
    """With a default prefix Ecto would look for the table elsewhere, so the SQL stays SQL."""
    change = Change(("CREATE INDEX i ON o (a)",), ("DROP INDEX i",))
    assert "create index(:o" in written(change)
    assert "create index" not in written(change, migration_default_prefix="app")
    key = Change(
        ("ALTER TABLE o ADD COLUMN u uuid, ADD CONSTRAINT o_u_fkey FOREIGN KEY (u) REFERENCES users (id)",),
        ("ALTER TABLE o DROP CONSTRAINT o_u_fkey, DROP COLUMN u",),
    )
    configured = {"migration_foreign_key": [(Atom("type"), Atom("binary_id"))]}
    assert "references(:users, type: :uuid)" in written(key, **configured)


def test_hostile_names_stay_names() -> None:
    name = 'x#{System.halt()}\\"""'
    quoted = name.replace('"', '""')
    text = written(Change((f'ALTER TABLE o RENAME COLUMN a TO "{quoted}"',)))
    assert "\\#{System" in text and name not in text
    assert translate(text, RepoSettings()).up.sent[0].sql.strip().endswith(f'TO "{quoted}"')


def test_mix_format_leaves_it_as_it_is(tmp_path: Path) -> None:
    if shutil.which("elixir") is None:
        pytest.skip("elixir is not installed")
    for number, change in enumerate(_of_all_lengths()):
        (tmp_path / f"{number:03}.exs").write_text(written(change))
    script = Path(__file__).parents[2] / "benchmarks" / "format_check.exs"
    run = subprocess.run(["elixir", str(script), str(tmp_path)], capture_output=True, text=True, check=True)
    assert "changed" not in run.stdout, run.stdout


def _of_all_lengths() -> list[Change]:
    """Calls on both sides of each limit of a line."""
    changes = [Change((up,), (down,)) for up, down, _ in WORDS] + [Change((until_no_row(BATCH),))]
    for width in range(1, len(LONG)):
        a, b, c = LONG[:width], f"b{LONG[:width]}", f"c{LONG[: width // 2]}"
        changes += [
            Change((f"CREATE INDEX i ON {a} ({b}, {c})",), ("DROP INDEX i",)),
            Change(
                (f"CREATE INDEX CONCURRENTLY {a} ON t ({b}) INCLUDE ({c}, {a})",),
                (f"DROP INDEX CONCURRENTLY {a}",),
            ),
            Change(
                (f"ALTER TABLE t ADD CONSTRAINT {a} CHECK ({b} > 0 AND {c} > 0) NOT VALID",),
                (f"ALTER TABLE t DROP CONSTRAINT {a}",),
            ),
            Change((f"ALTER TABLE {a} RENAME {b} TO {c}",), (f"ALTER TABLE {a} RENAME {c} TO {b}",)),
            Change(
                (f"ALTER TABLE {a} ADD COLUMN {b} text NOT NULL DEFAULT {c}('{a}')",),
                (f"ALTER TABLE {a} DROP COLUMN {b}",),
            ),
            Change(
                (
                    f"ALTER TABLE t ADD {a} bigint, ADD CONSTRAINT {b} FOREIGN KEY ({a}) REFERENCES {c} (id) NOT VALID",
                ),
                (f"ALTER TABLE t DROP CONSTRAINT {b}, DROP COLUMN {a}",),
            ),
            Change(
                (f"ALTER TABLE {a} ALTER {b} SET NOT NULL",), (f"ALTER TABLE {a} ALTER {b} DROP NOT NULL",)
            ),
        ]
    return changes
