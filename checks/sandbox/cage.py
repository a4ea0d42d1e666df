"""What stands between a local server and the machine: bubblewrap where it works, else a plain process."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import IO, Protocol

from checks.model import Isolation
from checks.sandbox.binaries import Binaries
from checks.sandbox.extensions import share_directory, write_controls
from checks.sandbox.places import RunDirectory
from checks.settings import Limits

SHELL = ("/bin/sh", "-c")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/etc/ld.so.cache")
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "PGTZ": "UTC"}
PASSWD = "postgres:x:1000:1000::/tmp:/bin/sh\n"
SMALL = 64 << 20
SHARE = "/share"
"""Where a server in namespaces finds its share directory as it was, with all extensions."""

Process = subprocess.Popen[bytes]

_launcher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox")
"""``--die-with-parent`` means the *thread* that started bwrap (prctl(2), PR_SET_PDEATHSIG): this one lives as long
as the process does."""


class Cage(Protocol):
    isolation: Isolation
    notes: tuple[str, ...]
    data: str
    """The data directory, as the server sees it."""
    sockets: str
    """The directory of the server's socket, as the server sees it."""
    binaries: Binaries
    """The programs, where the server can read them."""
    settings: Mapping[str, str]
    """Server settings that this cage needs."""

    def launch(self, script: str, archive: Path | None, arguments: Sequence[str], log: IO[bytes]) -> Process:
        """Run the shell script with the data directory, the archive to unpack there ("" for none) and ``arguments``."""
        ...


def build(run: RunDirectory, binaries: Binaries, limits: Limits) -> Cage:
    """The strongest cage that works here."""
    reason = why_no_bubblewrap()
    if reason is None:
        return Bubblewrap(run, binaries, limits)
    return PlainProcess(run, binaries, reason)


class Bubblewrap:
    """Own user, mount, process and network namespaces; all that can be written is a tmpfs of bounded size."""

    isolation = Isolation.NAMESPACE
    notes: tuple[str, ...] = ()
    data = "/data/cluster"
    sockets = "/run/postgresql"
    settings: Mapping[str, str] = MappingProxyType({})

    def __init__(self, run: RunDirectory, binaries: Binaries, limits: Limits) -> None:
        self.binaries = binaries
        self._sockets = run.make("sockets")
        self._passwd = run.path / "passwd"
        self._passwd.write_text(PASSWD)
        self._disk = limits.disk_mb << 20
        self._share = share_directory(binaries)
        if self._share:
            write_controls(self._share, run.make("extension"), SHARE)

    def launch(self, script: str, archive: Path | None, arguments: Sequence[str], log: IO[bytes]) -> Process:
        mounts = ["--size", str(self._disk), "--tmpfs", "/data"]
        mounts += ["--bind", str(self._sockets), self.sockets, "--ro-bind", str(self._passwd), "/etc/passwd"]
        for root in self.binaries.roots:
            if not root.is_relative_to("/usr"):
                mounts += ["--ro-bind-try", str(root), str(root)]
        if self._share:
            controls = self._sockets.with_name("extension")
            mounts += ["--ro-bind", str(self._share), SHARE]
            mounts += ["--ro-bind", str(controls), str(self._share / "extension")]
        if archive:
            mounts += ["--ro-bind", str(archive), "/archive.tar"]
        unpack = "/archive.tar" if archive else ""
        return _start(
            [*_namespaces(), *mounts, "--", *SHELL, script, "sandbox", self.data, unpack, *arguments], log
        )


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
        self.binaries = binaries
        if self._user:
            run.path.chmod(0o711)
            for name in ("home", "sockets"):
                os.chown(run.path / name, self._user.pw_uid, self._user.pw_gid)
            self.binaries = _readable(binaries, run)
        self.settings = self._own_extensions(run)

    def _own_extensions(self, run: RunDirectory) -> Mapping[str, str]:
        """Nothing can be mounted here, so only PostgreSQL 18 can be told to look elsewhere for extensions."""
        share = share_directory(self.binaries)
        if share is None or self.binaries.major < 18:
            self.notes += ("CREATE EXTENSION: only the ones that PostgreSQL itself trusts.",)
            return {}
        write_controls(share, run.make("share/extension"), str(share))
        for place in ("share", "share/extension"):
            (run.path / place).chmod(0o755)
        return {"extension_control_path": str(run.path / "share")}

    def launch(self, script: str, archive: Path | None, arguments: Sequence[str], log: IO[bytes]) -> Process:
        if archive:
            self._unpack(archive, log)
        command = [*SHELL, script, "sandbox", self.data, "", *arguments]
        return _start(command, log, self._user, Path(self.data).parent)

    def _unpack(self, archive: Path, log: IO[bytes]) -> None:
        """Read by us, written by the server's user, who may not see the cache."""
        script = 'umask 077; mkdir -p "$0" && exec tar -xf - -C "$0"'
        with archive.open("rb") as stream:
            process = _start(
                [*SHELL, script, self.data], log, self._user, Path(self.data).parent, stdin=stream
            )
            process.communicate()


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
    options += ["--proc", "/proc", "--dev", "/dev", "--size", str(SMALL), "--tmpfs", "/dev/shm"]
    options += ["--size", str(SMALL), "--tmpfs", "/tmp", "--chdir", "/tmp"]
    return [shutil.which("bwrap") or "bwrap", *options]


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


def _start(
    command: list[str],
    log: IO[bytes],
    user: pwd.struct_passwd | None = None,
    directory: Path | None = None,
    stdin: int | IO[bytes] = subprocess.PIPE,
) -> Process:
    def popen() -> Process:
        return subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=log,
            env=ENVIRONMENT, cwd=directory, start_new_session=True,
            user=user.pw_uid if user else None, group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )  # fmt: skip

    return _launcher.submit(popen).result()
