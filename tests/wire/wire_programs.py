"""Clients that are no Python: where they are, fetched by the registries' own programs, or why they are not here."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from checks.sandbox.places import cache_directory

CLIENTS = Path(__file__).parent / "clients"
PGJDBC = "42.7.7"


def node() -> tuple[list[str], dict[str, str]]:
    """The command, and where its packages are: those of the lock file, with their digests, once per machine."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    lock = CLIENTS / "node" / "package-lock.json"
    place = cache_directory() / "npm" / f"wire-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    if not place.exists():
        _fetch(place)
    return ["node", str(CLIENTS / "node" / "talk.js")], {"NODE_PATH": str(place / "node_modules")}


def _fetch(place: Path) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=place.parent) as workshop:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(CLIENTS / "node" / name, workshop)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=workshop, capture_output=True, text=True, timeout=150, check=False)
        if done.returncode != 0:
            pytest.skip(f"npm cannot fetch node-postgres: {done.stderr.strip()[:300]}")
        if not place.exists():
            Path(workshop).rename(place)
            Path(workshop).mkdir()  # for the end of the block


def java() -> tuple[list[str], dict[str, str]]:
    """The command; the driver is Maven's own copy, or the one that MIGRATION_PGJDBC names, or Debian's."""
    if shutil.which("java") is None or shutil.which("javac") is None:
        pytest.skip("no JDK is installed")
    maven = Path.home() / ".m2/repository/org/postgresql/postgresql" / PGJDBC / f"postgresql-{PGJDBC}.jar"
    places = [maven, Path("/usr/share/java/postgresql.jar")]
    if given := os.environ.get("MIGRATION_PGJDBC"):
        places.insert(0, Path(given))
    jar = next((place for place in places if place.exists()), None)
    if jar is None:
        pytest.skip(f"no pgjdbc: mvn dependency:get -Dartifact=org.postgresql:postgresql:{PGJDBC}")
    return ["java", "-XX:TieredStopAtLevel=1", "-cp", str(jar), str(CLIENTS / "java" / "Talk.java")], {}
