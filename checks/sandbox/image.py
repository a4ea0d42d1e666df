"""What a Docker image has inside: read once by running it, kept in the cache."""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from checks.errors import SandboxUnavailable
from checks.sandbox.binaries import version_in
from checks.sandbox.cage import Process
from checks.sandbox.places import cache_directory

ABOUT = Path(__file__).with_name("about.sh").read_text()


@dataclass(frozen=True)
class Image:
    """A PostgreSQL image."""

    identity: str
    """Docker's digest of it."""
    version: str
    """``"18.4"``."""
    share_inside: str
    """Its share directory, as a container sees it."""
    share: Path
    """A copy of that directory on this machine, with nothing but ``extension/``."""

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def read_image(identity: str, run: Callable[[str], Process]) -> Image:
    """``run`` starts a shell script in a container of the image. Raises SandboxUnavailable when there is no PostgreSQL."""
    kept = cache_directory() / "images" / identity.removeprefix("sha256:")
    if not (kept / "about.json").exists():
        _look_inside(identity, run, kept)
    about = json.loads((kept / "about.json").read_text())
    return Image(identity, about["version"], about["share"], kept)


def _look_inside(identity: str, run: Callable[[str], Process], kept: Path) -> None:
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    process = run(ABOUT)
    assert process.stdin and process.stdout
    try:
        process.stdin.write(b"go\n")
        version = version_in(process.stdout.readline().decode())
        share = process.stdout.readline().decode().strip()
        if not version or not share:
            raise SandboxUnavailable(f"there is no PostgreSQL in the image {identity}")
        with tempfile.TemporaryDirectory(dir=kept.parent) as name:
            draft = Path(name) / "image"
            _extract(process.stdout, draft)
            (draft / "about.json").write_text(json.dumps({"version": version, "share": share}))
            if not kept.exists():
                draft.rename(kept)
    finally:
        process.kill()


def _extract(stream: IO[bytes], target: Path) -> None:
    """Plain files of ``extension/`` only: an image may be anybody's."""
    (target / "extension").mkdir(parents=True)
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            parts = PurePosixPath(member.name).parts
            if (
                member.isfile()
                and len(parts) == 2
                and parts[0] == "extension"
                and (content := archive.extractfile(member))
            ):
                with (target / "extension" / parts[1]).open("wb") as copy:
                    shutil.copyfileobj(content, copy)
    for place in (target, target / "extension"):
        place.chmod(0o755)  # for the image's user; the cache around it is ours alone
    for file in (target / "extension").iterdir():
        file.chmod(0o644)
