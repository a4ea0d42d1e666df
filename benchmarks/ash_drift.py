"""Resource snapshots of real Ash repositories against the schema that their own migrations give.

    python -m benchmarks.ash_drift CLONES [--postgres 17] [--verbose]

CLONES is a folder of git clones. Each folder of migrations that has snapshots is replayed from empty, its newest snapshots
are compared with what PostgreSQL then has, and every deviation is printed with ``--verbose``, to be read by hand.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from checks.ash.standing import Standing, said_at, stand
from checks.errors import MigrationError
from checks.frameworks.find import find_histories
from checks.frameworks.view import View
from checks.model import History
from checks.progress import silent
from checks.replay.base import base_state
from checks.settings import Limits, Settings
from checks.trees.git import RevisionTree
from checks.trees.tree import Tree

HEAD = "| repository | folder | migrations | failed or code | tables | attributes | references | identities | deviations | s |"


def main() -> None:
    parser = argparse.ArgumentParser(description="Drift of real Ash repositories.")
    parser.add_argument("clones", type=Path)
    parser.add_argument("--postgres", type=int)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    settings = Settings(
        postgres=arguments.postgres,
        extensions=("citext", "pg_trgm", "uuid-ossp", "pgcrypto", "ltree"),
        limits=Limits(total_seconds=3600),
    )
    print(HEAD + "\n" + "|---" * HEAD.count(" | ") + "|---|")
    for clone in sorted(path for path in arguments.clones.iterdir() if (path / ".git").exists()):
        for line in _measure(clone, settings, arguments.verbose):
            print(line, flush=True)


def _measure(clone: Path, settings: Settings, verbose: bool) -> Iterator[str]:
    tree = RevisionTree(clone, "HEAD")
    view = View(tree)
    for history in find_histories(tree, settings):
        if history.tool == "ecto" and said_at(view, history, settings) is not None:
            try:
                yield from _row(clone.name, view, history, tree, settings, verbose)
            except MigrationError as error:
                yield f"| {clone.name} | {history.folder} | {len(history.migrations)} | {error} |"


def _row(
    name: str, view: View, history: History, tree: Tree, settings: Settings, verbose: bool
) -> Iterator[str]:
    said = said_at(view, history, settings)
    assert said is not None  # asked before
    with base_state([history], tree, settings, silent) as base:
        start = time.perf_counter()
        standing = stand(said, history, base.database, base.settings)
        seconds = time.perf_counter() - start
    snapshots = [wanted.snapshot for wanted in said.tables.values()]
    counts = (
        sum(len(snapshot.attributes) for snapshot in snapshots),
        sum(attribute.references is not None for snapshot in snapshots for attribute in snapshot.attributes),
        sum(len(snapshot.identities) for snapshot in snapshots),
    )
    yield (
        f"| {name} | {history.folder} | {len(history.migrations)} | {len(base.failures)} | {len(snapshots)} | "
        f"{' | '.join(map(str, counts))} | {_by_aspect(standing)} | {seconds:.1f} |"
    )
    if verbose:
        yield from (f"    failed: {failure.path}: {failure.message}" for failure in base.failures)
        yield from (f"    {deviation}" for deviation in standing.deviations)
        yield from (f"    note: {path}: {note}" for path, note in standing.notes)
        yield from (f"    {problem}" for problem in said.problems)


def _by_aspect(standing: Standing) -> str:
    found = Counter(f"{deviation.kind} {deviation.aspect}" for deviation in standing.deviations)
    return ", ".join(f"{count} {what}" for what, count in sorted(found.items())) or "none"


if __name__ == "__main__":
    main()
