"""A cluster of our own, started from a directory of programs and living in memory."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from checks.errors import SandboxLost, SandboxUnavailable
from checks.model import SandboxInfo
from checks.progress import Progress
from checks.sandbox import cage
from checks.sandbox.binaries import Binaries
from checks.sandbox.isolation import demand
from checks.sandbox.places import RunDirectory, cache_directory, end_processes, secret
from checks.sandbox.server import Role, Snapshots
from checks.sandbox.sessions import PREPARE, TEMPLATE, Address, Sessions, prepare
from checks.sandbox.store import is_whole
from checks.settings import Limits, Settings

START_SECONDS = 30
"""A start takes 0.04 s; a machine that needs longer than this has another trouble."""
STOP_SECONDS = 3
HERE = Path(__file__).parent
SUPERVISE = (HERE / "supervise.sh").read_text()
INITIALISE = (HERE / "initialise.sh").read_text()


@contextlib.contextmanager
def start(
    binaries: Binaries, settings: Settings, snapshot: Snapshots | None, progress: Progress
) -> Iterator[LocalServer]:
    """A running server; when the block ends, nothing of it is left."""
    run = RunDirectory(settings.limits.disk_mb)
    try:
        enclosure = cage.build(run, binaries, settings.limits)
        demand(settings, enclosure.isolation, " ".join(enclosure.notes))
        progress(f"starting PostgreSQL {binaries.version}")
        server = _go_on(run, enclosure, settings, snapshot) or LocalServer(
            run, enclosure, settings, _initialised(run, enclosure, settings, progress)
        )
        try:
            server.provide(settings.roles)
            yield server
        finally:
            server.stop()
    finally:
        run.remove()


def _go_on(
    run: RunDirectory, enclosure: cage.Cage, settings: Settings, snapshot: Snapshots | None
) -> LocalServer | None:
    """A server that goes on from a saved cluster. A file that does not start is removed, and the next one asked for."""
    failed: Path | None = None
    while snapshot and (archive := snapshot(_key(enclosure.binaries))):
        try:
            return LocalServer(run, enclosure, settings, archive)
        except SandboxLost:
            archive.unlink(missing_ok=True)
            if archive == failed:
                raise
            failed = archive
    return None


class LocalServer(Sessions):
    """One cluster and the process that holds it."""

    def __init__(self, run: RunDirectory, enclosure: cage.Cage, settings: Settings, archive: Path) -> None:
        self._run = run
        self._cage = enclosure
        self._settings = settings
        self._ending = threading.Lock()
        address = Address(str(run.path / "sockets"), 5432, passwords={role: secret() for role in Role})
        self._start(archive)
        try:
            super().__init__(address, self._await)
            self.info = self._describe()
        except BaseException:
            self.kill()
            raise

    def save(self, target: Path) -> bool:
        """Stop, write the data directory into ``target``, start again from it. Ends every session."""
        self.stop_into(target)
        self._start(target)
        self._await()
        return True

    def stop_into(self, target: Path) -> None:
        """Stop for good, and write the data directory into ``target`` as one tar file, atomically."""
        self.close()
        draft = target.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}.draft")
        try:
            with draft.open("wb") as stream:
                self._stream(b"save\n", stream.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    def stop(self) -> None:
        """Let PostgreSQL end by itself, so that it gives back its shared memory; kill what does not."""
        self.close()
        self._close_pipes()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """SIGKILL for all of it: with bubblewrap its first process takes the rest along."""
        with self._ending:
            self._process.kill()
            end_processes(self._run.path)
            self._close_pipes()
            self._process.wait()

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def why_lost(self) -> str:
        """The last thing that PostgreSQL wrote before it ended."""
        lines = [line for line in self._log.read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1][:300] if lines else "it wrote no reason"

    def _start(self, archive: Path) -> None:
        self._log = self._run.path / "log"
        arguments = [str(self._settings.limits.memory_mb << 10), str(self._cage.binaries.postgres)]
        arguments += ["-D", self._cage.data, "-k", self._cage.sockets]
        settings = {**server_settings(self._settings.limits), **self._cage.settings}
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        with self._log.open("wb") as log:
            self._process = self._cage.launch(SUPERVISE, archive, arguments, log)

    def _await(self) -> None:
        """Until the server takes connections."""
        deadline = time.monotonic() + START_SECONDS
        socket = self._run.path / "sockets" / ".s.PGSQL.5432"
        while not (socket.exists() and self._answers()):
            if not self.is_alive():
                raise SandboxLost(f"PostgreSQL did not start: {self.why_lost()}")
            if time.monotonic() > deadline:
                raise SandboxLost(f"PostgreSQL did not answer within {START_SECONDS} s: {self.why_lost()}")
            time.sleep(0.003)

    def _stream(self, order: bytes, target: int) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(order)
        self._process.stdin.flush()
        with os.fdopen(os.dup(target), "wb") as stream:
            shutil.copyfileobj(self._process.stdout, stream, 1 << 20)
        if self._process.wait() != 0:
            raise SandboxLost(f"the cluster could not be written to a file: {self.why_lost()}")
        self.kill()

    def _close_pipes(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def _describe(self) -> SandboxInfo:
        found = self._cage
        return SandboxInfo(
            provider=found.binaries.provider,
            postgres=found.binaries.version,
            isolation=found.isolation,
            notes=found.notes,
        )


def server_settings(limits: Limits) -> dict[str, str]:
    """What the server is started with. Settings that only a superuser may change are limits that hold."""
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        # Nothing here outlives the run, so nothing has to reach a disk.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_init_zero": "off",
        "wal_recycle": "off",
        "min_wal_size": "2MB",
        "max_wal_size": f"{max(64, limits.disk_mb // 8)}MB",
        "checkpoint_timeout": "1h",
        # "minimal" would leave out the WAL of rewrites, and refuse what production allows.
        "wal_level": "replica",
        # What runs by itself would take locks and move counters that are not the migration's.
        "autovacuum": "off",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "max_parallel_maintenance_workers": "0",
        "max_connections": "40",
        "max_locks_per_transaction": "512",
        "shared_buffers": "64MB",
        # Files of the data directory, which go when it goes.
        "dynamic_shared_memory_type": "mmap",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # A log that a migration can fill would leave the sandbox's disk limit.
        "log_min_messages": "fatal",
        "log_min_error_statement": "panic",
        "temp_file_limit": f"{limits.disk_mb // 4}MB",
        "statement_timeout": f"{int(limits.statement_seconds * 1000) + 5000}",
        # A crashed backend ends the run, rather than a recovery that a full disk may not survive.
        "restart_after_crash": "off",
    }


def _initialised(run: RunDirectory, enclosure: cage.Cage, settings: Settings, progress: Progress) -> Path:
    """A new cluster with our roles in it, as one file; made once per version of the programs."""
    cached = cache_directory() / "clusters" / f"{_key(enclosure.binaries)}.tar"
    if cached.exists() and is_whole(cached):
        return cached
    progress(f"preparing PostgreSQL {enclosure.binaries.version} for the first time")
    cached.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = run.path / "fresh.tar"
    _initdb(enclosure, fresh, run.path / "log")
    server = LocalServer(run, enclosure, settings, fresh)
    try:
        prepare(server, secret())
        server.stop_into(cached)
    finally:
        server.kill()
    fresh.unlink()
    return cached


def _initdb(enclosure: cage.Cage, target: Path, log: Path) -> None:
    arguments = [
        str(enclosure.binaries.initdb),
        "--username",
        "migration_admin",
        "--encoding",
        "UTF8",
        "--no-sync",
    ]
    arguments += ["--locale", _locale(), "--wal-segsize", "1"]
    with log.open("wb") as errors, target.open("wb") as stream:
        process = enclosure.launch(INITIALISE, None, arguments, errors)
        assert process.stdin and process.stdout
        with process.stdin as password:
            password.write(secret().encode() + b"\n")
        shutil.copyfileobj(process.stdout, stream, 1 << 20)
        status = process.wait()
    if status != 0:
        raise SandboxUnavailable(
            f"initdb of PostgreSQL {enclosure.binaries.version} failed: {log.read_text(errors='replace')[-500:]}"
        )


def _locale() -> str:
    """C.UTF-8 knows letters beyond ASCII, as production does; glibc has it, and macOS from 15 on."""
    try:
        listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.lower()
    except OSError:  # a system without that program has no locales
        return "C"
    return "C.UTF-8" if "c.utf-8" in listed or "c.utf8" in listed else "C"


def _key(binaries: Binaries) -> str:
    size = str(binaries.postgres.stat().st_size)
    parts = (INITIALISE, PREPARE, TEMPLATE, secret(), _locale(), size)
    return f"{binaries.version}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:16]}"
