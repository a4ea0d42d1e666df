"""A server as a plain process, where there is nothing stronger."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from checks.model.report import Isolation
from checks.sandbox.binaries import Binaries
from checks.sandbox.cage import SHELL, Process
from checks.sandbox.extensions import share_directory, write_controls
from checks.sandbox.places import RunDirectory
from checks.sandbox.spawn import spawn


class PlainProcess:
    """Nothing but the operating system's users: root becomes an unprivileged user, anyone else stays who they are."""

    isolation = Isolation.PROCESS

    def __init__(self, run: RunDirectory, binaries: Binaries, reason: str) -> None:
        self.notes: tuple[str, ...] = (
            f"Only a process of its own stands between the migrations and this machine: {reason}.",
        )
        self._user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        self.data = str(run.make("home") / "cluster")
        self.sockets = str(run.make("sockets"))
        self.log = run.path / "log"
        if self._user:
            run.path.chmod(0o711)
            for name in ("home", "sockets"):
                os.chown(run.path / name, self._user.pw_uid, self._user.pw_gid)
            binaries = _readable(binaries, run)
        self.provider, self.version, self.identity = binaries.provider, binaries.version, binaries.identity
        self.postgres, self.initdb = str(binaries.postgres), str(binaries.initdb)
        self.settings = self._own_extensions(binaries, run)

    def _own_extensions(self, binaries: Binaries, run: RunDirectory) -> Mapping[str, str]:
        """Nothing can be mounted here, so only PostgreSQL 18 can be told to look elsewhere for extensions."""
        share = share_directory(binaries)
        if share is None or binaries.major < 18:
            self.notes += ("CREATE EXTENSION: only the ones that PostgreSQL itself trusts.",)
            return {}
        write_controls(share, run.make("share/extension"), str(share))
        for place in ("share", "share/extension"):
            (run.path / place).chmod(0o755)
        return {"extension_control_path": str(run.path / "share")}

    def launch(self, script: str, archive: Path | None, arguments: Sequence[str]) -> Process:
        command = [*SHELL, script, "sandbox", self.data, "", *arguments]
        with self.log.open("wb") as log:
            if archive:
                self._unpack(archive, log)
            return spawn(command, log, self._user, Path(self.data).parent)

    def _unpack(self, archive: Path, log: IO[bytes]) -> None:
        """Read by us, written by the server's user, who may not see the cache."""
        script = 'umask 077; mkdir -p "$0" && exec tar -xf - -C "$0"'
        with archive.open("rb") as stream:
            process = spawn(
                [*SHELL, script, self.data], log, self._user, Path(self.data).parent, stdin=stream
            )
            process.communicate()


def _readable(binaries: Binaries, run: RunDirectory) -> Binaries:
    """The same programs where an unprivileged user can read them: a virtual environment in /root is closed to it."""
    if _open_to_all(binaries.directory):
        return binaries
    parent = Path(os.path.commonpath(binaries.roots)) if len(binaries.roots) > 1 else binaries.roots[0].parent
    copies = run.path / "programs"
    for root in binaries.roots:
        if root.exists():
            shutil.copytree(root, copies / root.relative_to(parent), symlinks=True)
    return Binaries(
        copies / binaries.directory.relative_to(parent),
        binaries.provider,
        binaries.version,
        tuple(copies / root.relative_to(parent) for root in binaries.roots),
    )


def _open_to_all(directory: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (directory, *directory.parents))
