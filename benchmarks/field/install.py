"""The other tools, from PyPI and npm into the cache folder. No install script of a package is run.

MigrationPilot is not on every mirror of npm; ``checkout`` then names a copy of its repository, from which its command line is bundled
with esbuild, as its own ``scripts/build.js`` does. eugene is a Rust crate (``cargo install eugene --locked``, some minutes, needs
libclang): it takes part when its program is on the PATH.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.sandbox import cache_directory

SECONDS = 600
PYTHON = ("squawk-cli==2.70.0", "safemigrate-lint==1.3.0")
PGFENCE = "@flvmnt/pgfence@0.1.5"
MIGRATIONPILOT = "migrationpilot@1.6.1"
BUNDLER = "esbuild@0.28.2"


@dataclass(frozen=True)
class Installed:
    """How each is started, and what is said of those that are not there."""

    commands: dict[str, tuple[str, ...]]
    versions: dict[str, str]
    missing: dict[str, str]


def install(checkout: Path | None) -> Installed:
    """Whatever can be had; what is there already is not fetched again."""
    home = cache_directory() / "field"
    home.mkdir(exist_ok=True)
    found = Installed({}, {}, {})
    _python(home / "python", found)
    _npm(home / "pgfence", PGFENCE, "@flvmnt/pgfence/dist/index.js", "pgfence", found)
    if checkout is not None:
        _bundled(home / "migrationpilot", checkout, found)
    else:
        _npm(home / "migrationpilot", MIGRATIONPILOT, "migrationpilot/dist/cli.cjs", "MigrationPilot", found)
    eugene = shutil.which("eugene")
    if eugene is None:
        found.missing["eugene"] = "cargo install eugene --locked"
    else:
        found.commands["eugene"] = (eugene,)
        found.versions["eugene"] = _output([eugene, "--version"]).split()[-1]
    return found


def _python(home: Path, found: Installed) -> None:
    if not (home / "bin" / "squawk").exists():
        _output([sys.executable, "-m", "venv", str(home)])
        _output([str(home / "bin" / "pip"), "install", "--quiet", *PYTHON])
    for package in PYTHON:
        name, _, version = package.partition("==")
        tool = name.removesuffix("-cli")
        found.commands[tool] = (str(home / "bin" / tool),)
        found.versions[tool] = version


def _npm(home: Path, package: str, program: str, tool: str, found: Installed) -> None:
    path = home / "node_modules" / program
    try:
        if not path.exists():
            home.mkdir(exist_ok=True)
            _npm_install(home, [package])
    except (OSError, subprocess.CalledProcessError) as error:
        found.missing[tool] = f"npm does not give {package}: {_reason(error)}"
        return
    found.commands[tool] = ("node", str(path))
    found.versions[tool] = package.rpartition("@")[2]


def _bundled(home: Path, checkout: Path, found: Installed) -> None:
    target = home / "dist" / "cli.cjs"
    if not target.exists():
        shutil.copytree(checkout / "src", home / "src", dirs_exist_ok=True)
        shutil.copy(checkout / "package.json", home)
        _npm_install(home, ["--omit=dev"])
        _npm_install(home, ["--no-save", BUNDLER])
        options = ["--bundle", "--platform=node", "--target=node20", "--format=cjs", f"--outfile={target}"]
        outside = ["pg-native", "libpg-query", "@electric-sql/pglite"]
        bundler = str(home / "node_modules" / ".bin" / "esbuild")
        _output([bundler, "src/cli.ts", *options, *(f"--external:{name}" for name in outside)], home)
    found.commands["MigrationPilot"] = ("node", str(target))
    found.versions["MigrationPilot"] = _output(["node", str(target), "--version"]).split()[0]


def _npm_install(home: Path, wanted: Sequence[str]) -> None:
    _output(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *wanted], home
    )


def _output(command: Sequence[str], folder: Path | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout


def _reason(error: OSError | subprocess.CalledProcessError) -> str:
    said = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
    return str(said).strip().partition("\n")[0]
