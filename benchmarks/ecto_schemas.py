"""Whole histories of Ecto: the schema that our translation gives, against the one that Ecto's own statements give.

    python -m benchmarks.ecto_schemas GOLDEN SOURCES [--postgres 17]

GOLDEN and SOURCES as for ``benchmarks.ecto_golden``. Each set's folder is replayed from empty by the engine, and the
recorded statements of Ecto are run beside it on the same server, as the same role, one transaction per file where Ecto
opens one. Files that Ecto could not run alone (they call the application) are left out on both sides, and so is mix.lock, so
that Oban goes to its newest version as it did for the recording. Prints a row per set: how many migrations end with the same SQLSTATE, and in how many objects the schemas differ.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.ecto_golden import git_directory
from checks import catalog
from checks.errors import MigrationError
from checks.frameworks.find import find_histories
from checks.model.migrations import History
from checks.progress import silent
from checks.replay.base import BaseState, base_state
from checks.sandbox.server import Database
from checks.settings import FolderSettings, Limits, Settings
from checks.trees.git import RevisionTree


def main() -> None:
    parser = argparse.ArgumentParser(description="Schemas of real Ecto histories.")
    parser.add_argument("golden", type=Path)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--postgres", type=int)
    arguments = parser.parse_args()
    print(
        "| set | migrations | left out | failed | same SQLSTATE | schema differs in | replay s |\n|---|---|---|---|---|---|---|"
    )
    for path in sorted((arguments.golden / "ecto").glob("*.jsonl")):
        for line in _measure(path, arguments.sources, arguments.postgres):
            print(line, flush=True)


def _measure(path: Path, sources: Path, postgres: int | None) -> list[str]:
    head, *expected = map(json.loads, path.read_text().splitlines())
    folder = head["dirs"][0]
    settings = Settings(
        postgres=postgres,
        folders=(
            FolderSettings(path=folder, tool="ecto", ecto_config=head["config"], prefix=head["prefix"]),
        ),
        ignore=("**/mix.lock",),
        schemas=("_supavisor",),
        extensions=("citext", "pg_trgm", "uuid-ossp", "pgcrypto", "btree_gist", "ltree"),
        parameters={"application_name": f"ecto {time.time()}"},
        limits=Limits(total_seconds=3600),
    )
    tree = RevisionTree(git_directory(sources, head["repo"]), head["rev"].split()[0])
    (history,) = find_histories(tree, settings)
    recorded = {one["path"]: one for one in expected if "up_error" not in one}
    kept = tuple(migration for migration in history.migrations if migration.path in recorded)
    history = history.model_copy(update={"migrations": kept})
    start = time.perf_counter()
    try:
        with base_state([history], tree, settings, silent, catalog.describe) as state:
            seconds = time.perf_counter() - start
            return _compared(path.stem, len(expected), history, state, recorded, seconds)
    except MigrationError as error:
        return [f"| {path.stem} | {error} |"]


def _compared(
    name: str,
    files: int,
    history: History,
    state: BaseState,
    expected: dict[str, dict[str, Any]],
    seconds: float,
) -> list[str]:
    state.server.create("ecto")
    beside = Database(state.server, "ecto")
    theirs = _run_recorded(history, state, beside, expected)
    ours = {
        problem.path: problem.message.partition("(SQLSTATE ")[2][:5]
        for problem in state.failures
        if problem.rule == "base-step-failed"
    }
    same = [path for path, sqlstate in theirs.items() if ours.get(path, "") == sqlstate]
    differences = catalog.compare(catalog.read(beside), catalog.read(state.database))
    row = (
        f"| {name} | {files} | {files - len(theirs)} | {len(ours)} | {len(same)} of {len(theirs)} | "
        f"{len(differences)} objects | {seconds:.1f} |"
    )
    unlike = [
        f"    {path}: ours {ours.get(path)!r}, Ecto {theirs[path]!r}" for path in theirs if path not in same
    ]
    return [row, *unlike, *(f"    {difference}" for difference in differences[:20])]


def _run_recorded(
    history: History, state: BaseState, beside: Database, expected: dict[str, dict[str, Any]]
) -> dict[str, str]:
    """Path → SQLSTATE at which Ecto's statements stop, ``""`` when they all run."""
    with beside.connect() as app:
        for extension in state.settings.extensions:
            app.execute(f'CREATE EXTENSION IF NOT EXISTS "{extension}"'.encode())
        for schema in state.settings.schemas:
            app.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'.encode())
        for statement in history.bookkeeping:
            app.execute(statement.encode())
        return {migration.path: _run(app, expected[migration.path]) for migration in history.migrations}


def _run(app: psycopg.Connection[Any], recorded: dict[str, Any]) -> str:
    app.prepare_threshold = None
    app.execute("DISCARD ALL")
    if recorded["transaction"]:
        app.execute("BEGIN")
    try:
        for statement in recorded["up"]:
            if "params" not in statement:
                app.execute(statement["sql"].encode())
        if recorded["transaction"]:
            app.execute("COMMIT")
    except psycopg.Error as error:
        if recorded["transaction"]:
            app.execute("ROLLBACK")
        return error.sqlstate or "?"
    return ""


if __name__ == "__main__":
    main()
