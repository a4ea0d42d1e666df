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

from checks import catalog
from checks.ash.as_it_stands import AsItStands, as_it_stands
from checks.ash.standing import said_at
from checks.errors import MigrationError
from checks.frameworks.find import find_histories
from checks.frameworks.view import View
from checks.model.migrations import History
from checks.progress import silent
from checks.replay.base import base_state
from checks.settings import FolderSettings, Limits, Settings
from checks.trees.git import RevisionTree
from checks.trees.tree import Tree

HEAD = (
    "| repository | folder | migrations | not run whole | tables | attributes | references | identities "
    "| tables in doubt | deviations | s |"
)


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
    histories = [one for one in find_histories(tree, settings) if one.tool == "ecto"]
    for history in histories:
        if said_at(View(tree), history, settings) is not None:
            try:
                yield from _row(clone.name, history, tree, _with_tenants(history, settings), verbose)
            except MigrationError as error:
                yield f"| {clone.name} | {history.folder} | {len(history.migrations)} | {error} |"


def _with_tenants(history: History, settings: Settings) -> Settings:
    """Tenants' migrations stand on those of the tables that all share: both in one database, one tenant."""
    shared = history.folder.replace("tenant_migrations", "migrations")
    if shared == history.folder:
        return settings
    folders = (
        FolderSettings(path=shared, database="one"),
        FolderSettings(path=history.folder, database="one", prefix="tenant_one"),
    )
    return settings.model_copy(update={"folders": folders})


def _row(name: str, history: History, tree: Tree, settings: Settings, verbose: bool) -> Iterator[str]:
    together = find_histories(tree, settings) if settings.folders else [history]
    history = together[-1]
    with base_state(together, tree, settings, silent, catalog.describe) as base:
        start = time.perf_counter()
        found = as_it_stands(tree, history, base, settings)
        seconds = time.perf_counter() - start
    assert found is not None  # it has snapshots
    snapshots = [wanted.snapshot for wanted in found.said.tables.values()]
    attributes = [attribute for snapshot in snapshots for attribute in snapshot.attributes]
    counts = (
        len(history.migrations),
        len({failure.path for failure in base.failures}),
        len(snapshots),
        len(attributes),
        sum(attribute.references is not None for attribute in attributes),
        sum(len(snapshot.identities) for snapshot in snapshots),
        sum(note.endswith("run whole.") for _, note in found.notes),
    )
    yield f"| {name} | {history.folder} | {' | '.join(map(str, counts))} | {_by_aspect(found)} | {seconds:.1f} |"
    if verbose:
        yield from (f"    failed: {failure.path}: {failure.message}" for failure in base.failures)
        yield from (f"    {deviation}" for _, deviation in found.deviations)
        yield from (f"    note: {path}: {note}" for path, note in found.notes)
        yield from (f"    {problem}" for problem in found.problems)


def _by_aspect(found: AsItStands) -> str:
    kinds = Counter(f"{deviation.kind} {deviation.aspect}" for _, deviation in found.deviations)
    return ", ".join(f"{count} {what}" for what, count in sorted(kinds.items())) or "none"


if __name__ == "__main__":
    main()
