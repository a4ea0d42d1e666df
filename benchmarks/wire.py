"""What the door of `migration trace` costs: a framework's whole run through it, against the same run without it.

    python -m benchmarks.wire [--runs 5]

Both in the same process, one after the other, each on a fresh database of one server. Prints medians and their ratio.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from checks.sandbox import Server, open_server
from checks.sandbox.cluster import Cluster
from checks.settings import Limits, Settings
from checks.wire.command import variables
from checks.wire.proxy import listening

PROJECTS = Path(__file__).parents[1] / "examples"
COMMANDS = {
    "django": [sys.executable, "manage.py", "migrate"],
    "alembic": [sys.executable, "-m", "alembic", "upgrade", "head"],
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    wanted = parser.parse_args()
    print("| framework | direct, s | through the door, s | ratio |")
    print("|---|---|---|---|")
    with open_server(Settings(limits=Limits(total_seconds=3600))) as server:
        for name in COMMANDS:
            pairs = [(_direct(server, name), _heard(server, name)) for _ in range(wanted.runs)]
            direct, heard = (statistics.median(times) for times in zip(*pairs, strict=True))
            print(f"| {name} | {direct:.2f} | {heard:.2f} | {heard / direct:.2f} |", flush=True)


def _direct(server: Server, name: str) -> float:
    assert isinstance(server, Cluster)
    server.create("direct")
    host = server.address.host
    where = variables(int(server.address.port), server, "direct")
    url = f"postgresql://app:{where['PGPASSWORD']}@/direct?host={host}"
    seconds = _run(name, {**where, "PGHOST": host, "DATABASE_URL": url})
    server.drop("direct")
    return seconds


def _heard(server: Server, name: str) -> float:
    assert isinstance(server, Cluster)
    server.create("heard")
    with listening(server.address) as proxy:
        seconds = _run(name, variables(proxy.port, server, "heard"))
    server.drop("heard")
    return seconds


def _run(name: str, where: Mapping[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(
        COMMANDS[name], cwd=PROJECTS / name, env={**os.environ, **where}, check=True, capture_output=True
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
