"""What docs and README say about speed, measured on this machine.

    python -m benchmarks.speed [--only replay,warm,start,help] [--repeat 5]

Prints one Markdown table: the median and the fastest of several runs, the same work done by plain ``psql`` on the
same server, and the promise. Histories are generated (see ``benchmarks/workload.py``). Times are wall-clock
seconds, so they say something only on a machine that has nothing else to do: the load average stands beside them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from benchmarks.workload import Repository, make_repository
from checks import sandbox, trace
from checks.frameworks.find import find_histories
from checks.model.migrations import Script, TransactionMode
from checks.sandbox import bundled
from checks.sandbox.server import Database, Role, Server
from checks.settings import Settings
from checks.trees.git import open_repository

Work = Callable[[Database], None]

LONG = 1000
"""Migrations of the long history."""
WARM = (
    ("of 10 migrations", 10, None),
    ("of 100 migrations", 100, None),
    (f"of {LONG} migrations", LONG, None),
    ("with the same schema in 10 files", LONG, 10),
)
"""Name, migrations and files of each base. The last tells what a long history costs from what a large schema does."""
MIGRATION = str(Path(sys.executable).with_name("migration"))
FIRST_STATEMENT = """\
import time
from checks import sandbox
from checks.settings import Settings
from checks.sandbox.server import Role
start = time.perf_counter()
with sandbox.open_server(Settings(provider="bundled")) as server:
    server.create("first")
    server.connect("first", Role.APP).execute("SELECT 1")
    print(time.perf_counter() - start)
"""


@dataclass(frozen=True)
class Row:
    what: str
    seconds: Sequence[float]
    promise: str
    kept: bool
    baseline: str = ""
    load: float = 0.0

    def __str__(self) -> str:
        cells = [
            self.what,
            f"{statistics.median(self.seconds):.3f}",
            f"{min(self.seconds):.3f}",
            self.baseline,
            self.promise,
            "yes" if self.kept else "**no**",
            f"{self.load:.1f}",
        ]
        return f"| {' | '.join(cells)} |"


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="migration-speed-") as place:
        print("| what | median s | fastest s | against | promise | kept | load |", "|" + "---|" * 7, sep="\n")
        for name in arguments.only.split(","):
            for row in MEASURES[name](Path(place), arguments.repeat):
                print(row, flush=True)


def measure_replay(place: Path, repeat: int) -> Iterator[Row]:
    """The long history, every statement traced, against psql."""
    repository = make_repository(place / "replay", LONG)
    scripts = _scripts(repository)
    whole = Script(
        statements=tuple(one for script in scripts for one in script.statements),
        transaction=TransactionMode.AUTOCOMMIT,
    )
    with sandbox.open_server(Settings()) as server:
        works: list[list[Work]] = [
            [partial(_psql, files=repository.base)],
            [partial(_psql, files=[file]) for file in repository.base],
            [partial(_trace, script=whole)],
            [partial(_trace_each, scripts=scripts)],
        ]
        psql, psql_each, traced, traced_each = [
            [_on_fresh_database(server, work) for _ in range(repeat)] for work in works
        ]
    count = len(whole.statements)
    ratio = statistics.median(traced) / statistics.median(psql)
    yield Row(
        f"traced replay of {LONG} migrations ({count} statements) in one session",
        traced,
        "≤ 1.5 times psql",
        ratio <= 1.5,
        f"{ratio:.2f} × `psql -f a -f b …` ({statistics.median(psql):.3f})",
        os.getloadavg()[0],
    )
    ratio = statistics.median(traced_each) / statistics.median(psql_each)
    yield Row(
        "the same, each migration in a session of its own",
        traced_each,
        "≤ 1.5 times psql",
        ratio <= 1.5,
        f"{ratio:.2f} × one psql per file ({statistics.median(psql_each):.3f})",
        os.getloadavg()[0],
    )
    marginal = (statistics.median(traced) - statistics.median(psql)) / count
    yield Row(
        "tracing one statement, beyond running it",
        [(one - statistics.median(psql)) / count for one in traced],
        "< 0.001",
        marginal < 0.001,
        "difference to psql, per statement",
        os.getloadavg()[0],
    )


def measure_warm(place: Path, repeat: int) -> Iterator[Row]:
    """``migration validate`` of one new migration, when the base has been seen before."""
    cache = {"XDG_CACHE_HOME": str(place / "warm-cache")}
    medians: dict[str, float] = {}
    for name, migrations, files in WARM:
        repository = make_repository(place / f"warm-{migrations}-{files}", migrations, files=files)
        validate = [MIGRATION, "validate", "--format", "json"]
        _run(validate, cache, repository.root)
        seconds = [_run(validate, cache, repository.root) for _ in range(repeat)]
        medians[name] = median = statistics.median(seconds)
        kept, promise = median < 1.5, "< 1.5"
        if files is None and migrations == LONG:
            smallest = next(iter(medians.values()))
            kept = kept and median <= 1.2 * smallest
            promise += f"; ≤ 1.2 × the first (is {median / smallest:.2f} ×)"
        elif files is not None:
            longest = medians[f"of {LONG} migrations"]
            kept = kept and longest <= 1.2 * median
            promise += f"; {LONG} migrations ≤ 1.2 × this (are {longest / median:.2f} ×)"
        with sandbox.open_server(Settings()) as server:
            psql = _on_fresh_database(server, [partial(_psql, files=[*repository.base, repository.new])])
        yield Row(
            f"`migration validate`: one new migration on a warm base {name}",
            seconds,
            promise,
            kept,
            f"psql, all {len(repository.base) + 1} files: {psql:.3f}",
            os.getloadavg()[0],
        )


def measure_start(place: Path, repeat: int) -> Iterator[Row]:
    """The bundled server, from nothing to the answer to a first statement."""
    first, later = [], []
    for number in range(repeat):
        cache = {"XDG_CACHE_HOME": str(place / f"start-cache-{number}")}
        first.append(float(_output([sys.executable, "-c", FIRST_STATEMENT], cache)))
        later.append(float(_output([sys.executable, "-c", FIRST_STATEMENT], cache)))
    load = os.getloadavg()[0]
    yield Row(
        "bundled server to first statement, empty cache",
        first,
        "< 2.5",
        statistics.median(first) < 2.5,
        load=load,
    )
    yield Row("the same, from then on", later, "< 0.5", statistics.median(later) < 0.5, load=load)


def measure_help(place: Path, repeat: int) -> Iterator[Row]:
    seconds = [_run([MIGRATION, "--help"], {}, place) for _ in range(repeat * 2)]
    python = [_run([sys.executable, "-c", "pass"], {}, place) for _ in range(repeat * 2)]
    median = statistics.median(seconds)
    yield Row(
        "`migration --help`",
        seconds,
        "< 0.3",
        median < 0.3,
        f"`python -c pass`: {statistics.median(python):.3f}",
        os.getloadavg()[0],
    )


MEASURES: dict[str, Callable[[Path, int], Iterator[Row]]] = {
    "replay": measure_replay,
    "warm": measure_warm,
    "start": measure_start,
    "help": measure_help,
}


def _scripts(repository: Repository) -> list[Script]:
    """The up scripts of the history, cut into statements."""
    (history,) = find_histories(open_repository(repository.root).revision("main"), Settings())
    scripts = [migration.up for migration in history.migrations if migration.up]
    for script in scripts:
        assert script.statements
    return scripts


def _on_fresh_database(server: Server, works: Sequence[Work]) -> float:
    """Seconds for all of the work, one after the other, in a new empty database."""
    server.create("speed")
    try:
        database = Database(server, "speed")
        start = time.perf_counter()
        for work in works:
            work(database)
        return time.perf_counter() - start
    finally:
        server.drop("speed")


def _trace_each(database: Database, scripts: Sequence[Script]) -> None:
    with trace.Observer(database) as observer:
        for script in scripts:
            _trace(database, script, observer)


def _trace(database: Database, script: Script, observer: trace.Observer | None = None) -> None:
    done = trace.statement_by_statement(
        database, script, Settings(), ids="speed", existing=frozenset(), observer=observer
    )
    if done.failed:
        raise SystemExit(
            f"a generated migration fails: {next(o.error for o in done.observations if o.error)}"
        )


def _psql(database: Database, files: Sequence[Path]) -> None:
    with database.connect(Role.APP) as session:
        environment = {"PGHOST": session.info.host, "PGPORT": str(session.info.port)}
    command = [_psql_program(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "app", "-d", database.name]
    for file in files:
        command += ["-f", str(file)]
    _run(command, environment, files[0].parent)


@cache
def _psql_program() -> str:
    """The one beside the bundled server, for the one on PATH may be a wrapper (Debian's costs 0.1 s a call)."""
    for binaries in bundled.find(None):
        return str(binaries.directory / "psql")
    return shutil.which("psql") or sys.exit("there is no psql here")


def _run(command: Sequence[str], environment: dict[str, str], folder: Path) -> float:
    """Seconds of one process. Exit code 1 of ``migration`` is a verdict; any other but 0 ends the benchmark."""
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env={**_installed(), **environment}, capture_output=True, check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode not in ((0, 1) if command[0] == MIGRATION else (0,)):
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return seconds


def _installed() -> dict[str, str]:
    """The environment of an installed package, whose modules are compiled once: pip does it, a developer may have turned it off."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _output(command: Sequence[str], environment: dict[str, str]) -> str:
    return subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True, text=True
    ).stdout


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What docs and README say about speed, measured here.")
    parser.add_argument("--only", default=",".join(MEASURES), metavar=",".join(MEASURES))
    parser.add_argument("--repeat", type=int, default=5, help="runs of each measure (default: 5)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
