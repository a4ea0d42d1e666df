"""Git repositories with a history of any length, and one new migration that is not committed yet.

The same seed gives the same files, and a longer history begins with a shorter one. The mix is that of real histories,
where a table is made in every second to sixth migration: columns, indexes and foreign keys in most of the others,
here and there a type, a default, a check, a backfill, a view, a trigger.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Texts: TypeAlias = tuple[str, str, str]
"""Name, up and down of one migration."""
FOLDER = Path("db/migrations")
"""golang-migrate's files: each is plain SQL, so psql replays the very same ones."""


@dataclass(frozen=True)
class Repository:
    root: Path
    base: tuple[Path, ...]
    """The up files of the history, in order."""
    new: Path
    """The up file of the new migration."""


def make_repository(root: Path, migrations: int, *, files: int | None = None) -> Repository:
    """A history of that many migrations, committed on ``main``, and one more in the working tree.

    ``files``: the same statements in only so many files, so that the schema is as large and the history short.
    """
    folder = root / FOLDER
    folder.mkdir(parents=True)
    history = list(_history(migrations))
    if files is not None:
        history = _joined(history, files)
    base = tuple(_write(folder, number, *one) for number, one in enumerate(history, start=1))
    (root / "go.mod").write_text(
        "module example.com/shop\n\nrequire github.com/golang-migrate/migrate/v4 v4.18.1\n"
    )
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "history"]):
        identity = ["-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com"]
        subprocess.run(["git", *identity, *command], cwd=root, check=True)
    new = _write(folder, len(base) + 1, *_new_migration(base))
    return Repository(root, base, new)


def _joined(history: Sequence[Texts], files: int) -> list[Texts]:
    """The first of them as one, and the last ones as they are."""
    early, late = history[: len(history) - files + 1], history[len(history) - files + 1 :]
    return [("schema", "".join(up for _, up, _ in early), ""), *late]


def _new_migration(base: Sequence[Path]) -> Texts:
    """A change to the newest table."""
    texts = "".join(path.read_text() for path in base)
    table = re.findall(r"CREATE TABLE (\w+)", texts)[-1]
    up = f"ALTER TABLE {table} ADD COLUMN reference text;\nCREATE INDEX {table}_reference ON {table} (reference);\n"
    down = f"DROP INDEX {table}_reference;\nALTER TABLE {table} DROP COLUMN reference;\n"
    return "order_reference", up, down


def _write(folder: Path, number: int, name: str, up: str, down: str) -> Path:
    path = folder / f"{number:06}_{name}.up.sql"
    path.write_text(up)
    path.with_name(path.name.replace(".up.", ".down.")).write_text(down)
    return path


def _history(migrations: int) -> Iterator[Texts]:
    chance = random.Random(2)
    tables = 0
    for number in range(1, migrations + 1):
        if tables < 4 or chance.random() < 0.2:
            tables += 1
            yield _create_table(tables, chance)
        else:
            yield _alter_table(number, chance.randint(1, tables), tables, chance)


def _create_table(table: int, chance: random.Random) -> Texts:
    parents = {_known_table(table - 1, chance) for _ in range(chance.choice([0, 1, 1, 2])) if table > 1}
    references = "".join(
        f"    table_{parent}_id bigint NOT NULL REFERENCES table_{parent} ON DELETE CASCADE,\n"
        for parent in parents
    )
    indexes = "".join(
        f"CREATE INDEX table_{table}_{parent} ON table_{table} (table_{parent}_id);\n" for parent in parents
    )
    up = f"""\
CREATE TABLE table_{table} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
{references}    name text NOT NULL,
    email varchar(200) UNIQUE,
    amount numeric(12, 2) NOT NULL DEFAULT 0 CHECK (amount >= 0),
    state text NOT NULL DEFAULT 'open',
    details jsonb,
    created_at timestamptz NOT NULL DEFAULT now()
);
{indexes}COMMENT ON TABLE table_{table} IS 'Number {table}';
"""
    return f"create_table_{table}", up, f"DROP TABLE table_{table};\n"


def _known_table(tables: int, chance: random.Random) -> int:
    """Most foreign keys lead to the few tables in the middle of a schema (users, accounts), which came first."""
    return chance.randint(1, min(tables, 5) if chance.random() < 0.7 else tables)


def _alter_table(number: int, table: int, tables: int, chance: random.Random) -> Texts:
    other = _known_table(tables, chance)
    ups_and_downs = [
        ("add_column", "ALTER TABLE {t} ADD COLUMN c{n} text", "ALTER TABLE {t} DROP COLUMN c{n}"),
        (
            "add_column",
            "ALTER TABLE {t} ADD COLUMN c{n} int NOT NULL DEFAULT 0",
            "ALTER TABLE {t} DROP COLUMN c{n}",
        ),
        ("add_index", "CREATE INDEX {t}_i{n} ON {t} (state, created_at)", "DROP INDEX {t}_i{n}"),
        (
            "add_reference",
            "ALTER TABLE {t} ADD COLUMN r{n} bigint;\n"
            "ALTER TABLE {t} ADD CONSTRAINT {t}_r{n} FOREIGN KEY (r{n}) REFERENCES {o} (id);\n"
            "CREATE INDEX {t}_r{n}_i ON {t} (r{n})",
            "ALTER TABLE {t} DROP COLUMN r{n}",
        ),
        (
            "add_check",
            "ALTER TABLE {t} ADD CONSTRAINT {t}_k{n} CHECK (char_length(name) < 100{n})",
            "ALTER TABLE {t} DROP CONSTRAINT {t}_k{n}",
        ),
        (
            "set_default",
            "ALTER TABLE {t} ALTER COLUMN name SET DEFAULT 'n{n}'",
            "ALTER TABLE {t} ALTER COLUMN name DROP DEFAULT",
        ),
        (
            "wider_amount",
            "ALTER TABLE {t} ALTER COLUMN amount TYPE numeric(14, 2)",
            "ALTER TABLE {t} ALTER COLUMN amount TYPE numeric(12, 2)",
        ),
        (
            "backfill",
            "UPDATE {t} SET state = 'closed' WHERE state = 'done';\n"
            "INSERT INTO {t} (name) SELECT 'n{n}' WHERE false",
            "",
        ),
        ("add_view", "CREATE VIEW v{n} AS SELECT id, name FROM {t}", "DROP VIEW v{n}"),
        (
            "add_trigger",
            "CREATE FUNCTION f{n}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RETURN NEW;\nEND $$;\n"
            "CREATE TRIGGER g{n} BEFORE UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION f{n}()",
            "DROP TRIGGER g{n} ON {t};\nDROP FUNCTION f{n}()",
        ),
    ]
    weights = [6, 4, 4, 3, 1, 1, 1, 1, 1, 1]
    name, up, down = chance.choices(ups_and_downs, weights)[0]
    fill = {"t": f"table_{table}", "o": f"table_{other}", "n": number}
    return f"{name}_{number}", f"{up.format(**fill)};\n", f"{down.format(**fill)};\n" if down else ""
