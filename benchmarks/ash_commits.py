"""The commits of real Ash repositories, each as if it were a pull request: which drift would be told.

    python -m benchmarks.ash_commits CLONES [--postgres 17] [--last 40]

CLONES is a folder of git clones with their history. Of each the last commits (along the first parents) that touch
migrations or resource snapshots are reviewed against their parent, and every drift is printed, to be read by hand.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from checks.ash.drift import SnapshotReview
from checks.ash.review import review_snapshots
from checks.change import compare_histories
from checks.errors import MigrationError
from checks.frameworks.find import find_histories
from checks.model.migrations import Change
from checks.progress import silent
from checks.settings import Limits, Settings
from checks.trees.git import RevisionTree

_TOUCHED = ("*resource_snapshots*", "*migrations/*.exs")


def main() -> None:
    parser = argparse.ArgumentParser(description="Drift that commits of real Ash repositories bring.")
    parser.add_argument("clones", type=Path)
    parser.add_argument("--postgres", type=int)
    parser.add_argument("--last", type=int, default=40)
    arguments = parser.parse_args()
    settings = Settings(
        postgres=arguments.postgres,
        extensions=("citext", "pg_trgm", "uuid-ossp", "pgcrypto", "ltree"),
        limits=Limits(total_seconds=3600),
    )
    print(
        "| repository | commits | compared | not compared | with drift | drifts | s |\n|---|---|---|---|---|---|---|"
    )
    for clone in sorted(path for path in arguments.clones.iterdir() if (path / ".git").exists()):
        for line in _measure(clone, settings, arguments.last):
            print(line, flush=True)


def _measure(clone: Path, settings: Settings, last: int) -> Iterator[str]:
    start = time.perf_counter()
    counts: Counter[str] = Counter()
    told: list[str] = []
    for commit in _commits(clone, last):
        counts["commits"] += 1
        try:
            reviews = list(_reviews(clone, commit, settings))
        except MigrationError as error:
            told.append(f"    {commit[:8]} {error}")
            continue
        drifts = [drift for review in reviews for drift in review.drifts]
        stopped = any("does not get through" in one.reason for review in reviews for one in review.unproven)
        counts["compared"] += bool(reviews) and not stopped
        counts["stopped"] += stopped
        counts["with drift"] += bool(drifts)
        counts["drifts"] += len(drifts)
        told += [
            f"    {commit[:8]} {drift.cause}: {drift.deviation} [{drift.path}:{drift.line}]"
            for drift in drifts
        ]
    names = ("commits", "compared", "stopped", "with drift", "drifts")
    numbers = " | ".join(str(counts[name]) for name in names)
    yield f"| {clone.name} | {numbers} | {time.perf_counter() - start:.0f} |"
    yield from told


def _commits(clone: Path, last: int) -> list[str]:
    """Oldest first, without the first of all, which has no parent."""
    arguments = ("git", "log", "--first-parent", "--format=%H %P", f"-{last}", "--", *_TOUCHED)
    found = subprocess.run(arguments, cwd=clone, capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in reversed(found.splitlines()) if len(line.split()) > 1]


def _reviews(clone: Path, commit: str, settings: Settings) -> Iterator[SnapshotReview]:
    base, head = RevisionTree(clone, f"{commit}^1"), RevisionTree(clone, commit)
    changes = compare_histories(find_histories(base, settings), find_histories(head, settings))
    for change in changes:
        review = review_snapshots(change, _alone(change), base, head, settings, silent)
        if review is not None:
            yield review


def _alone(change: Change) -> Sequence[Change]:
    return [change]


if __name__ == "__main__":
    main()
