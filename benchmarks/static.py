"""`migration check` beside squawk on the same files, and beside a run of the same statements.

    python -m benchmarks.static [--files 2000] [--repeat 5] [--squawk PATH] [FOLDER]
    python -m benchmarks.static --agree

The first measures: each tool in a process of its own, cold, its output thrown away, turn by turn so that the load of the
machine meets both. Without FOLDER the files are generated (``benchmarks/workload.py``, the mix of real histories, a
migration each). CPU time stands beside wall time, for a machine that has other things to do. squawk is looked for on PATH:
``pip install squawk-cli``.

The second runs the SQL of every rule's page on PostgreSQL and reads the same SQL, alone and behind the page's Setup: which
findings reading has, which it misses, and which it has that the run has not.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.agreement import print_agreement
from benchmarks.workload import FOLDER, make_repository

MIGRATION = Path(sys.executable).with_name("migration")
LIMIT = 4
"""How many times squawk's time reading may take."""


@dataclass(frozen=True)
class Taken:
    """Seconds of one run."""

    wall: float
    cpu: float


def main() -> None:
    arguments = _arguments()
    if arguments.agree:
        print_agreement()
        return
    squawk = arguments.squawk or shutil.which("squawk")
    if squawk is None:
        sys.exit("squawk is not on PATH. Install it (pip install squawk-cli), or name it: --squawk PATH.")
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or _generated(Path(scratch), arguments.files)
        files = sorted(folder.glob("*.sql"))
        commands = {
            "migration check": [str(MIGRATION), "check", str(folder)],
            "squawk": [squawk, *map(str, files)],
        }
        _print(commands, files, arguments.repeat)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--squawk")
    parser.add_argument("--agree", action="store_true")
    return parser.parse_args()


def _generated(scratch: Path, files: int) -> Path:
    """The up files of a long history, in a folder of their own."""
    repository = make_repository(scratch / "repository", files)
    folder = scratch / FOLDER
    folder.mkdir(parents=True)
    for path in repository.base:
        shutil.copy(path, folder)
    return folder


def _print(commands: dict[str, list[str]], files: Sequence[Path], repeat: int) -> None:
    taken = {name: list(taken) for name, taken in _measured(commands, repeat).items()}
    size = sum(path.stat().st_size for path in files)
    lines = sum(path.read_text().count("\n") for path in files)
    print(f"{len(files):,} files, {lines:,} lines, {size / 1000:,.0f} kB; {repeat} runs each, turn by turn;")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| | wall, median s | wall, fastest s | CPU, median s | CPU, fastest s |")
    print("|---|--:|--:|--:|--:|")
    for name, runs in taken.items():
        cells = (_median_and_least([getattr(one, what) for one in runs]) for what in ("wall", "cpu"))
        print(f"| {name} | {' | '.join(cells)} |")
    ours, theirs = taken["migration check"], taken["squawk"]
    for what in ("wall", "cpu"):
        ratio = min(getattr(one, what) for one in ours) / min(getattr(one, what) for one in theirs)
        print(f"\n{what}, fastest: {ratio:.1f} times squawk's (limit {LIMIT})")


def _median_and_least(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} | {min(values):.2f}"


def _measured(commands: dict[str, list[str]], repeat: int) -> dict[str, list[Taken]]:
    runs: dict[str, list[Taken]] = {name: [] for name in commands}
    for _ in range(repeat + 1):
        for name, command in commands.items():
            runs[name].append(_run(command))
    return {name: taken[1:] for name, taken in runs.items()}  # the first one fills the page cache


def _run(command: Sequence[str]) -> Taken:
    before, start = _children(), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    taken = Taken(time.perf_counter() - start, _children() - before)
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[:500]}")
    return taken


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
