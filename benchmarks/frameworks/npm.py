"""npm packages, installed once into the cache folder; none of their install scripts is run."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.frameworks.project import NotHere, Places


def node_modules(places: Places, packages: Sequence[str]) -> Path:
    """The ``node_modules`` folder with these packages (``name@version``) and all that they need. Raises NotHere."""
    folder = places.cache / f"node-{hashlib.sha256(' '.join(packages).encode()).hexdigest()[:12]}"
    if not (folder / "done").exists():
        folder.mkdir(exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        _npm("install", "--ignore-scripts", "--no-audit", "--no-fund", *packages, folder=folder)
        (folder / "done").touch()
    return folder / "node_modules"


def unpacked(places: Places, package: str) -> Path:
    """One package's own files, without what it needs. Raises NotHere."""
    folder = places.cache / f"npm-{package.replace('/', '+')}"
    if not folder.exists():
        draft = folder.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        _npm("pack", "--ignore-scripts", package, folder=draft)
        with tarfile.open(next(draft.glob("*.tgz"))) as archive:
            archive.extractall(draft, filter="data")
        draft.rename(folder)
    return folder / "package"


def _npm(*arguments: str, folder: Path) -> None:
    if shutil.which("npm") is None:
        raise NotHere("npm is not installed")
    done = subprocess.run(["npm", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHere(f"npm {arguments[0]} {arguments[-1]}: {done.stderr.strip()[-600:]}")
