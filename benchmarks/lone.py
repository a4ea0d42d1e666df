"""How many migrations of real histories run by themselves, on nothing but what they are found to take for granted.

    python -m benchmarks.lone CLONE … [--files 60]

Each is taken out of its history, so that PostgreSQL misses what the ones before it made. Prints a line for each
repository, and on standard error each file that does not run to its end, with what stopped it.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

from checks.assume.discover import discover_on, missed
from checks.frameworks.find import find_histories
from checks.model.migrations import Script
from checks.progress import silent
from checks.sandbox import Server, open_server
from checks.settings import Limits, Settings
from checks.trees.git import Repository

SETTINGS = Settings(limits=Limits(total_seconds=7200))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=60, help="of each repository, picked with a fixed seed")
    wanted = parser.parse_args()
    print("| repository | migrations | run to their end | seconds for one |")
    print("|---|---|---|---|")
    with open_server(SETTINGS) as server:
        for clone in wanted.clones:
            print(_row(server, clone, wanted.files), flush=True)


def _row(server: Server, clone: Path, most: int) -> str:
    tree = Repository(clone).revision("HEAD")
    histories = find_histories(tree, SETTINGS)
    scripts = {one.path: one.up for history in histories for one in history.migrations if one.up}
    picked = random.Random(1).sample(sorted(scripts), min(most, len(scripts)))
    start = time.perf_counter()
    run = [path for path in picked if _runs(server, path, scripts[path])]
    each = (time.perf_counter() - start) / len(picked)
    return f"| {clone.parent.name if clone.name == 'repo' else clone.name} | {len(picked)} | {len(run)} | {each:.2f} |"


def _runs(server: Server, path: str, script: Script) -> bool:
    schema = discover_on(server, [script], SETTINGS, silent)
    refused = [miss for miss in missed(server, schema, [script], SETTINGS) if not miss.skipped]
    if refused:
        print(f"{path}: {refused[-1].error.sqlstate} {refused[-1].error.message}", file=sys.stderr)
    return not refused


if __name__ == "__main__":
    main()
