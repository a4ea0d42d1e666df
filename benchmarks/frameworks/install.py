"""What the frameworks need, installed once into the cache folder: Python environments, jars, work trees of clones."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.frameworks.project import NotHere, Places

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>benchmarks</groupId><artifactId>jars</artifactId><version>1</version><dependencies>
{}
</dependencies></project>
"""
_ALONE = "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
_DEPENDENCY = (
    "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version>{}</dependency>"
)


def environment(places: Places, requirements: Sequence[str]) -> Path:
    """The Python of a virtual environment with these requirements. Raises NotHere."""
    folder = places.cache / f"python-{_key(requirements)}"
    python = folder / "bin" / "python"
    if not (folder / "done").exists():
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        _run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *requirements])
        (folder / "done").touch()
    return python


def packages_of(python: Path) -> Path:
    """Where the packages of a virtual environment lie."""
    command = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    return Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())


def jars(places: Places, artifacts: Sequence[str]) -> Path:
    """A folder with these artifacts of Maven's (``group:name:version``) and all that they need. Raises NotHere.

    Behind the version: ``:pom`` for one that is nothing but a list of others, ``:alone`` for one without what it needs.
    """
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise NotHere(f"{program} is not installed")
    folder = places.cache / f"jars-{_key(artifacts)}"
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        more = {"": "", "pom": "<type>pom</type>", "alone": _ALONE}
        parts = [f"{one}:".split(":")[:4] for one in artifacts]
        wanted = [_DEPENDENCY.format(*part[:3], more[part[3]]) for part in parts]
        (folder / "pom.xml").write_text(_POM.format("\n".join(wanted)))
        _run(["mvn", "-q", "-B", "-f", str(folder / "pom.xml"), "dependency:copy-dependencies",
              f"-DoutputDirectory={folder}"])  # fmt: skip
        (folder / "done").touch()
    return folder


def work_tree(places: Places, repository: str, *paths: str) -> Path:
    """The newest commit of a clone (``owner/name``) as files, only what lies below ``paths`` if any. Raises NotHere."""
    clone = _clone(places, repository)
    folder = places.cache / f"clone-{repository.replace('/', '+')}-{_key(paths)}"
    if not folder.exists():
        draft = folder.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        archive = _run(["git", "-C", str(clone), "archive", "HEAD", *paths])
        subprocess.run(["tar", "-xf", "-", "-C", str(draft)], input=archive, check=True)
        draft.rename(folder)
    return folder


def _clone(places: Places, repository: str) -> Path:
    if places.clones is not None:
        for name in (repository.replace("/", "+"), repository):
            for place in (places.clones / name, *(places.clones / name).glob("*")):
                if (place / "HEAD").exists() or (place / ".git").exists():
                    return place
    raise NotHere(f"no clone of {repository}")


def _run(command: Sequence[str]) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise NotHere(f"{' '.join(command[:4])}: {said[-600:]}")
    return done.stdout


def _key(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
