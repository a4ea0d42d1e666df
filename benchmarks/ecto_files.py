"""Run the files that a plan gives for Ecto with the real Ecto.

    python -m benchmarks.ecto_files EBINS

EBINS: a folder with ``<application>/ebin`` for ecto_sql, ecto, postgrex, db_connection, decimal and telemetry, compiled;
``elixir`` is on the path. The authors' migrations are those of the recipes' tests. For each file: up, down, up again,
or up and a down that raises where there is no way back. What Ecto sends and raises is compared with what our
translation of the file says, and the schema in the end with that of the author's migration. Exit code 1 when something
is not the same.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checks import catalog
from checks.frameworks.find import find_histories
from checks.model.differences import Significance
from checks.model.migrations import Migration
from checks.plan import Plan, in_files, plan
from checks.sandbox import Database, Server, open_server
from checks.settings import Settings
from checks.sql.batches import batch_of
from checks.trees.tree import MemoryTree

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "plan"))
from reviewing import reviewed_tree
from scenarios import SCENARIOS, Scenario
from test_ecto_files import PATH, as_ecto
from test_recipes import run

SCRIPT = Path(__file__).parent / "ecto_files.exs"
OWN_WORDS = frozenset({"begin", "commit", "rollback"})


@dataclass
class Run:
    """One file in one direction, as Ecto did it."""

    path: str
    direction: str
    sent: list[str] = field(default_factory=list)
    raised: str = ""


@dataclass(frozen=True)
class Taken:
    """A scenario that goes through the files of its plan."""

    name: str
    plan: Plan
    actions: list[str]
    folder: str


def main() -> int:
    with (
        open_server(Settings(postgres=18, provider="bundled")) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        taken = [_prepared(server, scenario, Path(folder, scenario.name)) for scenario in SCENARIOS]
        runs = _run(Path(sys.argv[1]), [action for one in taken for action in one.actions], Path(folder))
        wrong = [one for one in taken if not _judged(server, one, runs)]
    print(f"{len(taken) - len(wrong)} of {len(taken)} the same; {len(runs)} runs of files")
    return 1 if wrong else 0


def _prepared(server: Server, scenario: Scenario, folder: Path) -> Taken:
    """The plan for the author's migration, and what to do with the real Ecto on a database of its own."""
    author, ours = _places(server, scenario.name)
    for place in (author, ours):
        server.create(place.name)
        run(place, scenario.setup)
    tree = {PATH: as_ecto(scenario.author)}
    planned = in_files(plan(reviewed_tree(ours, tree)), MemoryTree(tree), Settings())
    actions = [*_actions(ours, planned, folder, scenario.fill)]
    run(author, scenario.wanted or scenario.author)
    return Taken(scenario.name, planned, actions, f"{folder}/")


def _judged(server: Server, taken: Taken, runs: Sequence[Run]) -> bool:
    author, ours = (catalog.read(place) for place in _places(server, taken.name))
    found = [*_differences(author, ours), *_told(runs, taken.plan, taken.folder)]
    print(f"{taken.name:22} {'; '.join(found) or 'the same'}")
    return not found


def _places(server: Server, name: str) -> tuple[Database, Database]:
    return Database(server, f"{name}_author"), Database(server, f"{name}_ours")


def _actions(database: Database, planned: Plan, folder: Path, fill: str) -> Iterator[str]:
    with database.connect() as connection:
        info = connection.info
        password = _coded(info.password or "-")
        yield f"repo {info.host} {info.port} {info.user} {password} {info.dbname}"
    folder.mkdir()
    for step in (step for round_ in planned.rounds for step in round_.steps):
        path = folder / step.file_path.rpartition("/")[2]
        if not step.sql:
            yield f"sql {_coded(fill or 'SELECT 1')}"
        elif step.file:
            path.write_text(step.file)
            yield from (f"up {path}", f"down {path}")
            if "    raise " not in step.file:
                yield f"up {path}"


def _run(ebins: Path, actions: Sequence[str], folder: Path) -> list[Run]:
    (folder / "actions").write_text("\n".join(actions))
    paths = [part for ebin in sorted(ebins.glob("*/ebin")) for part in ("-pa", str(ebin))]
    command = ["elixir", *paths, str(SCRIPT), str(folder / "actions")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    runs: list[Run] = []
    is_over = True
    for word, _, rest in (line.partition(" ") for line in done.stdout.splitlines()):
        if word in ("up", "down"):
            runs.append(Run(rest, word))
        elif word == "sent" and not is_over and not _is_ectos(_decoded(rest)):
            runs[-1].sent.append(_folded(_decoded(rest)))
        elif word == "raised":
            runs[-1].raised = _decoded(rest)
        is_over = word in ("done", "raised") or (is_over and word == "sent")
    return runs


def _is_ectos(sql: str) -> bool:
    """Of the transaction and of the table in which Ecto writes down what ran."""
    return sql in OWN_WORDS or '"schema_migrations"' in sql


def _told(runs: Sequence[Run], planned: Plan, folder: str) -> Iterator[str]:
    """What Ecto did that our translation does not say."""
    files = {
        step.file_path.rpartition("/")[2]: step
        for round_ in planned.rounds
        for step in round_.steps
        if step.file
    }
    for one in (one for one in runs if one.path.startswith(folder)):
        step = files[one.path.rpartition("/")[2]]
        (history,) = find_histories(MemoryTree({step.file_path: step.file}), Settings())
        said, raises = _said(history.migrations[0], one.direction)
        if one.raised != raises or _once(one.sent) != said:
            yield f"{one.direction} {step.file_path}: {one.raised or one.sent}"


def _said(migration: Migration, direction: str) -> tuple[list[str], str]:
    """The statements of our translation, and what it raises."""
    script = migration.up if direction == "up" else migration.down
    statements = script.statements if script else ()
    return [_folded(batch_of(one.sql) or one.sql) for one in statements], (
        "" if script else migration.irreversible or ""
    )


def _once(sent: Sequence[str]) -> list[str]:
    """A batch is sent as often as there are rows left, and once more; what is empty does nothing."""
    return [sql for place, sql in enumerate(sent) if sql and (place == 0 or sql != sent[place - 1])]


def _differences(author: catalog.Catalog, ours: catalog.Catalog) -> Iterator[str]:
    for one in catalog.compare(author, ours):
        if one.significance is not Significance.ORDER and "schema_migrations" not in one.name:
            yield str(one)


def _folded(sql: str) -> str:
    return " ".join(sql.split())


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()


if __name__ == "__main__":
    sys.exit(main())
