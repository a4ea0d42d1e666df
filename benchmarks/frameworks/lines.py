"""How often the line that is told for a statement is the one from which Rails sent it.

    python -m benchmarks.frameworks.lines --clones FOLDER [--wrong]

Rails' own log knows the place of each statement (the stack of its caller), so the migrations of the benchmark's repositories
are run once with an ear there. A line is right when it is in the call that sent the statement: `create_table` with its block.
"""

from __future__ import annotations

import argparse
import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.frameworks.project import NotHere, Places, Project
from benchmarks.frameworks.tools.rails import FRAMEWORK
from checks.sandbox import open_server
from checks.sandbox.cluster import Cluster
from checks.sandbox.places import cache_directory
from checks.sandbox.server import Role
from checks.settings import Limits, Settings
from checks.wire.command import variables
from checks.wire.lines import below, lines_of
from checks.wire.proxy import listening

_EAR = """# Written by benchmarks/frameworks.
require "active_record"
require "active_record/connection_adapters/abstract_adapter"

module Ear
  def log(sql, *)
    place = caller_locations.find { |one| one.path.include?("/db/migrate/") }
    File.write(ENV.fetch("PLACES"), [place.path, place.lineno, sql.split.join(" ")].join("\\t") + "\\n", mode: "a") if place
    super
  end
end
ActiveRecord::ConnectionAdapters::AbstractAdapter.prepend(Ear)
"""
_NO_CHANGE = ("SELECT", "SHOW", "SET ", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
Sent = dict[str, list[tuple[int, str]]]
"""File → its statements in order, each with the line that sent it."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clones", type=Path, required=True)
    parser.add_argument("--wrong", action="store_true", help="print what is told wrongly")
    wanted = parser.parse_args()
    places = Places(cache_directory() / "benchmarks", wanted.clones)
    ear, log = places.cache / "ear.rb", places.cache / "places.tsv"
    ear.write_text(_EAR)
    log.unlink(missing_ok=True)
    with open_server(Settings(provider="installed", limits=Limits(total_seconds=3600))) as server:
        assert isinstance(server, Cluster)
        for project in FRAMEWORK.projects(places):
            if not isinstance(project, NotHere):
                _run(project, server, {"RUBYOPT": f"-r{ear}", "PLACES": str(log)})
    told = [*_told(_sent(log))]
    right = sum(line in call for line, call, _ in told)
    print(f"{right} of {len(told)} lines are right: {right / len(told):.1%}")
    for line, call, statement in told if wanted.wrong else ():
        if line not in call:
            print(f"line {line} for {call.start}: {statement[:120]}")


def _run(project: Project, server: Cluster, more: dict[str, str]) -> None:
    server.create("lines")
    with server.connect("lines", Role.ADMIN) as admin:
        for extension in project.extensions:
            admin.execute(f'CREATE EXTENSION "{extension}" SCHEMA public'.encode())
    with listening(server.address) as proxy:
        where = variables(proxy.port, server, "lines")
        environment = {**os.environ, **where, **project.more(where), **more}
        subprocess.run(project.migrate, cwd=project.folder, env=environment, capture_output=True, check=False)
    server.drop("lines")


def _sent(log: Path) -> Sent:
    sent: Sent = defaultdict(list)
    for row in log.read_text().splitlines():
        path, line, statement = row.split("\t", 2)
        own = "schema_migrations" in statement or "ar_internal_metadata" in statement
        if not own and not statement.upper().startswith(_NO_CHANGE):
            sent[path].append((int(line), statement))
    return sent


def _told(sent: Sent) -> Iterator[tuple[int, range, str]]:
    for path, statements in sent.items():
        text = Path(path).read_text()
        lines = lines_of([one for _, one in statements], text)
        for (true, statement), line in zip(statements, lines, strict=True):
            last = max([true - 1, *below(text.splitlines(), true - 1)]) + 1
            yield line, range(true, last + 1), statement


if __name__ == "__main__":
    main()
