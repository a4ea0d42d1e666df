"""Real histories, whole and migration by migration, against plain psql on the same server.

    python -m benchmarks.histories CLONE[:FOLDER] ... [--postgres 17] [--last 20] [--extension pg_trgm]
        [--provider bundled] [--json FILE]

CLONE is a git repository on this machine (bare ones too); its HEAD is read. For each folder of migrations with at
least ten of them it prints one row of a Markdown table:

* the history is replayed from empty by the engine, and by psql (one process per migration, the file's own text, the
  tool's transaction) as the same role in a database beside it: how many migrations end with the same SQLSTATE, and in
  how many objects the two final schemas differ;
* the last migrations are reviewed as if each were a pull request on what lies before it.

Run it only on repositories that you trust: psql executes their meta-commands.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psycopg

from checks import catalog
from checks.change import compare
from checks.errors import MigrationError
from checks.frameworks.find import find_histories
from checks.model.migrations import History, Migration, Problem, TransactionMode
from checks.progress import silent
from checks.replay.base import BaseState, base_state
from checks.sandbox.server import Database
from checks.settings import Limits, Settings
from checks.trees import Tree
from checks.trees.git import RevisionTree
from checks.validate import validate_changes

SMALLEST = 10
"""Folders with fewer migrations are fixtures more often than histories."""


@dataclass
class Row:
    repository: str
    tool: str
    folder: str
    migrations: int
    code: int = 0
    failed: int = 0
    same_as_psql: int = 0
    compared: int = 0
    schema_differences: int = 0
    replay_seconds: float = 0.0
    psql_seconds: float = 0.0
    reviews: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    rollbacks: dict[str, int] = field(default_factory=dict)
    slowest_review: float = 0.0
    review_seconds: float = 0.0
    errors: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    """Of the reviews, for reading by hand (``--json``)."""


def main() -> None:
    arguments = _arguments()
    # Part of what a base state is kept under: nothing that an earlier run has kept makes this one quick.
    fresh = {"application_name": f"histories {time.time()}"}
    settings = Settings(
        provider=arguments.provider,
        postgres=arguments.postgres,
        extensions=tuple(arguments.extension),
        parameters=fresh,
        limits=Limits(total_seconds=7200),
    )
    rows = [row for clone in arguments.clones for row in measure(clone, settings, arguments.last)]
    print(table(rows))
    if arguments.json:
        Path(arguments.json).write_text(json.dumps([asdict(row) for row in rows], indent=1))


def measure(clone: str, settings: Settings, last: int) -> Iterator[Row]:
    path, _, folder = clone.partition(":")
    tree = RevisionTree(Path(path), "HEAD")
    name = Path(path).name if Path(path).name != "repo" else Path(path).parent.name.replace("+", "/")
    for history in find_histories(tree, settings):
        if len(history.migrations) >= SMALLEST and history.folder.startswith(folder):
            row = Row(name, history.tool, history.folder, len(history.migrations))
            replay_whole(row, history, tree, settings)
            review_last(row, history, tree, settings, last)
            yield row


def replay_whole(row: Row, history: History, tree: Tree, settings: Settings) -> None:
    """From empty to head, by the engine and by psql."""
    start = time.perf_counter()
    with base_state([history], tree, settings, silent, catalog.describe) as state:
        row.replay_seconds = time.perf_counter() - start
        row.code = sum(migration.opaque is not None for migration in history.migrations)
        row.failed = sum(problem.rule == "base-step-failed" for problem in state.failures)
        row.failures = [f"{problem.path}:{problem.line} {problem.message}" for problem in state.failures]
        state.server.create("psql")
        beside = Database(state.server, "psql")
        start = time.perf_counter()
        theirs = replay_with_psql(history, state, beside)
        row.psql_seconds = time.perf_counter() - start
        _compare_outcomes(row, _failed_with(state.failures), theirs)
        differences = catalog.compare(catalog.read(beside), catalog.read(state.database))
        row.schema_differences = len(differences)
        row.disagreements += [str(difference) for difference in differences[:20]]


def replay_with_psql(history: History, state: BaseState, beside: Database) -> list[tuple[str, str]]:
    """Path of each migration, SQLSTATE at which psql stopped, ``""`` when it got through."""
    with beside.connect() as app:
        environment = _environment(app.info, state.settings)
        for extension in state.settings.extensions:
            app.execute(f'CREATE EXTENSION IF NOT EXISTS "{extension}"'.encode())
        for statement in history.bookkeeping:
            app.execute(statement.encode())
        return [
            (migration.path, run_psql(migration, environment))
            for migration in history.migrations
            if migration.up is not None
        ]


def run_psql(migration: Migration, environment: dict[str, str]) -> str:
    assert migration.up is not None
    text = raw_text(migration)
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=sqlstate", "-o", os.devnull]
    if migration.up.transaction is TransactionMode.SINGLE_QUERY and len(text) < 100_000:
        command += ["-c", text]
    elif migration.up.transaction is TransactionMode.AUTOCOMMIT:
        command += ["-f", "-"]
    else:
        command += ["-1", "-f", "-"]
    given = "" if "-c" in command else text
    done = subprocess.run(command, input=given, env=environment, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if "ERROR:" in line or "FATAL:" in line]
    return (
        errors[0].rpartition(":")[2].strip() if errors else ("" if done.returncode == 0 else done.stderr[:80])
    )


def raw_text(migration: Migration) -> str:
    """What the file says, not what the engine made of it: the text of its up section, before any splitting."""
    assert migration.up is not None
    return "\n;\n".join(part.text for part in getattr(migration.up, "parts", ())) or ";\n".join(
        statement.sql for statement in migration.up.statements
    )


def review_last(row: Row, history: History, tree: Tree, settings: Settings, last: int) -> None:
    """Each of the last migrations as a pull request on what lies before it."""
    for place in range(max(0, len(history.migrations) - last), len(history.migrations)):
        base = history.model_copy(update={"migrations": history.migrations[:place], "problems": ()})
        head = history.model_copy(update={"migrations": history.migrations[: place + 1], "problems": ()})
        start = time.perf_counter()
        try:
            found = validate_changes([compare(base, head)], tree, tree, settings)
        except MigrationError as error:
            row.errors.append(f"{history.migrations[place].path}: {error}")
            continue
        seconds = time.perf_counter() - start
        row.reviews += 1
        row.review_seconds += seconds
        row.slowest_review = max(row.slowest_review, seconds)
        _count(row.verdicts, found.verdict)
        row.findings += [
            f"{one.rule} ({one.severity}) {one.path}:{one.line} {one.message}" for one in found.findings
        ]
        for migration in found.migrations:
            _count(row.rollbacks, migration.rollback.status)


def table(rows: Sequence[Row]) -> str:
    head = (
        "| repository | tool | migrations | replayed | failed | code | same as psql | schema differs in | replay s | psql s "
        "| reviews | verdicts | way back | s per review (slowest) |"
    )
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *map(_cells, rows)])


def _cells(row: Row) -> str:
    mean = row.review_seconds / row.reviews if row.reviews else 0.0
    cells = [
        row.repository,
        f"{row.tool} `{row.folder}`",
        row.migrations,
        row.migrations - row.code - row.failed,
        row.failed,
        row.code,
        f"{row.same_as_psql} of {row.compared}",
        f"{row.schema_differences} objects",
        f"{row.replay_seconds:.1f}",
        f"{row.psql_seconds:.1f}",
        row.reviews,
        _counts(row.verdicts),
        _counts(row.rollbacks),
        f"{mean:.1f} ({row.slowest_review:.1f})",
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def _compare_outcomes(row: Row, ours: dict[str, str], theirs: list[tuple[str, str]]) -> None:
    row.compared = len(theirs)
    for path, sqlstate in theirs:
        if ours.get(path, "") == sqlstate:
            row.same_as_psql += 1
        else:
            row.disagreements.append(f"{path}: engine {ours.get(path, '')!r}, psql {sqlstate!r}")


def _failed_with(failures: Sequence[Problem]) -> dict[str, str]:
    failed = [problem for problem in failures if problem.rule == "base-step-failed"]
    return {problem.path: problem.message.partition("(SQLSTATE ")[2][:5] for problem in failed}


def _environment(info: psycopg.ConnectionInfo, settings: Settings) -> dict[str, str]:
    options = f"-c search_path={settings.search_path.replace(' ', '')}" if settings.search_path else ""
    return {
        **os.environ,
        "PGHOST": info.host,
        "PGPORT": str(info.port),
        "PGDATABASE": info.dbname,
        "PGUSER": info.user,
        "PGPASSWORD": info.password,
        "PGOPTIONS": options,
    }


def _count(counts: dict[str, int], what: str) -> None:
    counts[str(what)] = counts.get(str(what), 0) + 1


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items(), key=lambda pair: -pair[1]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Real histories, whole and migration by migration.")
    parser.add_argument("clones", nargs="+", metavar="CLONE[:FOLDER]")
    parser.add_argument("--postgres", type=int)
    parser.add_argument("--provider", default="auto")
    parser.add_argument("--last", type=int, default=20)
    parser.add_argument("--extension", action="append", default=[], help="made before the first migration")
    parser.add_argument("--json", help="write the rows with their details here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
