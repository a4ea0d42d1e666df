"""bubblewrap: a server in namespaces of its own, on Linux, for every user."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from checks.model.report import Isolation
from checks.sandbox.binaries import Binaries
from checks.sandbox.cage import ENVIRONMENT, SHELL, Process
from checks.sandbox.extensions import share_directory, write_controls
from checks.sandbox.places import RunDirectory
from checks.sandbox.spawn import spawn
from checks.settings import Limits

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/etc/ld.so.cache")
PASSWD = "postgres:x:1000:1000::/tmp:/bin/sh\n"
SMALL = 64 << 20
SHARE = "/share"
"""Where the server finds its share directory as it was, with all extensions."""


class Bubblewrap:
    """Own user, mount, process and network namespaces; all that can be written is a tmpfs of bounded size."""

    isolation = Isolation.NAMESPACE
    notes: tuple[str, ...] = ()
    data = "/data/cluster"
    sockets = "/run/postgresql"
    settings: Mapping[str, str] = MappingProxyType({})

    def __init__(self, run: RunDirectory, binaries: Binaries, limits: Limits) -> None:
        self.provider, self.version, self.identity = binaries.provider, binaries.version, binaries.identity
        self.postgres, self.initdb = str(binaries.postgres), str(binaries.initdb)
        self.log = run.path / "log"
        self._roots = [root for root in binaries.roots if not root.is_relative_to("/usr")]
        self._sockets = run.make("sockets")
        self._passwd = run.path / "passwd"
        self._passwd.write_text(PASSWD)
        self._disk = limits.disk_mb << 20
        self._share = share_directory(binaries)
        if self._share:
            write_controls(self._share, run.make("extension"), SHARE)

    def launch(self, script: str, archive: Path | None, arguments: Sequence[str]) -> Process:
        mounts = ["--size", str(self._disk), "--tmpfs", "/data"]
        mounts += ["--bind", str(self._sockets), self.sockets, "--ro-bind", str(self._passwd), "/etc/passwd"]
        for root in self._roots:
            mounts += ["--ro-bind-try", str(root), str(root)]
        if self._share:
            controls = self._sockets.with_name("extension")
            mounts += ["--ro-bind", str(self._share), SHARE]
            mounts += ["--ro-bind", str(controls), str(self._share / "extension")]
        if archive:
            mounts += ["--ro-bind", str(archive), "/archive.tar"]
        unpack = "/archive.tar" if archive else ""
        mounts += ["--remount-ro", "/"]
        command = [*_namespaces(), *mounts, "--", *SHELL, script, "sandbox", self.data, unpack, *arguments]
        with self.log.open("wb") as log:
            return spawn(command, log)


@functools.cache
def why_no_bubblewrap() -> str | None:
    """None when a server can be put into namespaces; otherwise the reason, for the report."""
    if not sys.platform.startswith("linux"):
        return "namespaces exist on Linux only"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (apt install bubblewrap)"
    try:
        probe = subprocess.run(
            [*_namespaces(), "--", "/bin/sh", "-c", ":"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"bubblewrap does not start: {error}"
    if probe.returncode == 0:
        return None
    return f"bubblewrap may not make namespaces here: {probe.stderr.strip()[:200]}"


def _namespaces() -> list[str]:
    """Bubblewrap's arguments that are the same for every server."""
    options = ["--unshare-user", "--unshare-all", "--disable-userns", "--uid", "1000", "--gid", "1000"]
    options += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        options += ["--setenv", name, value]
    for path in SYSTEM:
        if Path(path).is_symlink():
            options += ["--symlink", str(Path(path).readlink()), path]
        else:
            options += ["--ro-bind-try", path, path]
    # Before version 15 the server counts scans only when it can send itself packets over "localhost".
    options += ["--ro-bind", str(Path(__file__).with_name("hosts")), "/etc/hosts"]
    options += ["--proc", "/proc", "--dev", "/dev", "--size", str(SMALL), "--tmpfs", "/dev/shm"]
    options += ["--size", str(SMALL), "--tmpfs", "/tmp", "--chdir", "/tmp"]
    return [shutil.which("bwrap") or "bwrap", *options]
