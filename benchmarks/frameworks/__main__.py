"""Public histories of real frameworks: each run whole, without the door of `migration trace` and through it.

    python -m benchmarks.frameworks [--only NAME ...] [--clones FOLDER] [--runs 1] [--json FILE]

What a framework and its projects need is installed into the cache folder (pip, npm, Maven, RubyGems: by name). Repositories
are read from clones in FOLDER (``owner+name`` or ``owner/name``); those that are not there are named and left out.

**lost**: statements whose text is not whole. **different**: places where what was heard is not what the server's own log
says, session by session. **schema**: objects that differ from the schema without the door. **replayed**: objects that differ
when what was heard is run again, migration by migration, as the engine does for a base state.

The commands are the repositories' own code, run with your rights: only for repositories that you trust.
"""

from __future__ import annotations

import argparse
import json
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks.frameworks import tools
from benchmarks.frameworks.measure import Row, measure
from benchmarks.frameworks.project import Framework, NotHere, Places
from checks.sandbox import open_server
from checks.sandbox.cluster import Cluster
from checks.sandbox.places import cache_directory
from checks.settings import Limits, Settings

HEAD = (
    "framework", "repository", "migrations", "with statements", "file found", "statements", "lost", "different",
    "schema", "replayed", "direct s", "heard s", "ratio",
)  # fmt: skip


def main() -> None:
    wanted = _arguments()
    places = Places(cache_directory() / "benchmarks", wanted.clones)
    places.cache.mkdir(parents=True, exist_ok=True)
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    rows: list[Row] = []
    limits = Limits(total_seconds=20_000, disk_mb=8192)
    with open_server(Settings(provider=wanted.provider, postgres=wanted.postgres, limits=limits)) as server:
        assert isinstance(server, Cluster)
        for framework in _frameworks():
            if not wanted.only or framework.name in wanted.only:
                rows += _rows(framework, places, server, wanted)
    print(_total(rows))
    if wanted.json:
        wanted.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


def _rows(framework: Framework, places: Places, server: Cluster, wanted: argparse.Namespace) -> Iterator[Row]:
    try:
        for project in framework.projects(places):
            if isinstance(project, NotHere):
                _note(f"{framework.name}: {project}")
            elif not wanted.project or any(part in project.repository for part in wanted.project):
                row = measure(framework.name, project, server, wanted.runs)
                print(_line(row), flush=True)
                for note in row.notes:
                    _note(f"{row.repository}: {note}")
                yield row
    except NotHere as reason:
        _note(f"{framework.name}: {reason}")


def _frameworks() -> Iterator[Framework]:
    for found in sorted(pkgutil.iter_modules(tools.__path__), key=lambda one: one.name):
        yield import_module(f"{tools.__name__}.{found.name}").FRAMEWORK


def _line(row: Row) -> str:
    ratio = row.heard_seconds / row.direct_seconds if row.direct_seconds else 0.0
    cells = (
        row.framework, row.repository, row.migrations, row.histories, row.files, row.statements, row.lost,
        row.different, row.schema, row.replayed, f"{row.direct_seconds:.1f}", f"{row.heard_seconds:.1f}", f"{ratio:.2f}",
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def _total(rows: list[Row]) -> str:
    total = Row("all", f"{len(rows)} projects")
    for name, value in asdict(total).items():
        if isinstance(value, int | float):
            setattr(total, name, sum(getattr(row, name) for row in rows))
    return _line(total)


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", default=[], help="a framework; can be given again")
    parser.add_argument("--project", action="append", default=[], help="a part of a repository's name")
    parser.add_argument("--clones", type=Path)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--postgres", type=int, default=17)
    parser.add_argument("--provider", default="installed")
    parser.add_argument("--json", type=Path, help="write the rows with their notes here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
