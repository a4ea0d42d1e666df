"""How often the line that is told for a statement is the one from which its tool sent it.

    python -m benchmarks.frameworks.lines --clones FOLDER [--only rails|django|alembic] [--project NAME] [--wrong]

The migrations of the benchmark's repositories are run once with an ear in the tool's own process (``ears.py``), which knows the
call stack of each statement. A line is right when it is in the call that sent the statement: `create_table` with its block.
*certain*: lines that are not marked as a guess. Django has a second row, with what its `sqlmigrate` prints.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.frameworks.places import Place, placed
from benchmarks.frameworks.project import Framework, NotHere, Places
from benchmarks.frameworks.tools import alembic, django, rails
from checks.sandbox import open_server
from checks.sandbox.cluster import Cluster
from checks.sandbox.places import cache_directory
from checks.settings import Limits, Settings
from checks.wire.lines import below

FRAMEWORKS: dict[str, Framework] = {
    "rails": rails.FRAMEWORK,
    "django": django.FRAMEWORK,
    "alembic": alembic.FRAMEWORK,
}
HEADER = "| tool | repository | statements | right | certain | right of these |\n|---|---|---|---|---|---|"


@dataclass(frozen=True)
class Told:
    place: Place
    is_right: bool


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clones", type=Path, required=True)
    parser.add_argument("--only", choices=FRAMEWORKS, action="append", default=[])
    parser.add_argument("--project", default="")
    parser.add_argument("--wrong", action="store_true", help="print what is told wrongly")
    wanted = parser.parse_args()
    places = Places(cache_directory() / "benchmarks", wanted.clones)
    print(HEADER)
    with open_server(Settings(provider="installed", limits=Limits(total_seconds=3600))) as server:
        assert isinstance(server, Cluster)
        for name in wanted.only or FRAMEWORKS:
            for project in FRAMEWORKS[name].projects(places):
                if isinstance(project, NotHere):
                    print(f"note: {name}: {project}", flush=True)
                elif wanted.project in project.repository:
                    for label, told in placed(name, project, server, places.cache):
                        _show(label, project.repository, [*_judged(told)], wanted.wrong)


def _judged(told: list[Place]) -> Iterator[Told]:
    for place in told:
        lines = place.text.splitlines()
        last = max([place.true - 1, *below(lines, place.true - 1)]) + 1
        yield Told(place, place.told in range(place.true, last + 1))


def _show(label: str, repository: str, told: list[Told], wrong: bool) -> None:
    certain = [one for one in told if not one.place.is_guess]
    cells = (label, repository, len(told), _part(told), len(certain), _part(certain))
    print(f"| {' | '.join(map(str, cells))} |", flush=True)
    for one in told if wrong else ():
        if not one.is_right:
            place = one.place
            doubt = "a guess" if place.is_guess else "certain"
            print(
                f"{place.file}: {place.told}, {doubt}, for {place.true}: {' '.join(place.sql.split())[:120]}"
            )


def _part(told: list[Told]) -> str:
    return f"{sum(one.is_right for one in told) / len(told):.1%}" if told else ""


if __name__ == "__main__":
    main()
