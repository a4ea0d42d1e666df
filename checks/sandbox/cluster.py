"""A cluster of our own, living in memory: started from one file, and saved into one."""

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
from checks.model.report import SandboxInfo
from checks.progress import Progress
from checks.sandbox.cage import Cage
from checks.sandbox.isolation import demand
from checks.sandbox.places import RunDirectory, cache_directory, end_processes, secret
from checks.sandbox.server import Role, Snapshots
from checks.sandbox.sessions import PREPARE, TEMPLATE, Address, Sessions, prepare
from checks.sandbox.store import Store
from checks.sandbox.tuning import address_space, server_settings
from checks.settings import Settings

START_SECONDS = 30
"""A start takes 0.04 s; a machine that needs longer than this has another trouble."""
STOP_SECONDS = 3
CLUSTERS_BYTES = 1 << 30
"""Fresh clusters in the cache: 30 MB for each build of PostgreSQL."""
HERE = Path(__file__).parent
SUPERVISE = (HERE / "supervise.sh").read_text()
INITIALISE = (HERE / "initialise.sh").read_text()


@contextlib.contextmanager
def running(
    run: RunDirectory, enclosure: Cage, settings: Settings, snapshot: Snapshots | None, progress: Progress
) -> Iterator[Cluster]:
    """A server in that cage; when the block ends, its processes have ended."""
    demand(settings, enclosure.isolation, " ".join(enclosure.notes))
    progress(f"starting PostgreSQL {enclosure.version}")
    server = _go_on(run, enclosure, settings, snapshot) or Cluster(
        run, enclosure, settings, _initialised(run, enclosure, settings, progress)
    )
    try:
        server.provide(settings.roles)
        yield server
    finally:
        server.stop()


def _go_on(
    run: RunDirectory, enclosure: Cage, settings: Settings, snapshot: Snapshots | None
) -> Cluster | None:
    """A server that goes on from a saved cluster. A file that does not start is removed, and the next one asked for."""
    failed: Path | None = None
    problem: SandboxLost | None = None
    while snapshot and (archive := snapshot(key(enclosure))):
        if problem and archive == failed:
            raise problem
        try:
            return Cluster(run, enclosure, settings, archive)
        except SandboxLost as lost:
            archive.unlink(missing_ok=True)
            failed, problem = archive, lost
    return None


class Cluster(Sessions):
    """One cluster and the process that holds it."""

    def __init__(self, run: RunDirectory, enclosure: Cage, settings: Settings, archive: Path) -> None:
        self._run = run
        self._cage = enclosure
        self._settings = settings
        self._ending = threading.Lock()
        # Nobody asks ``app`` for its password (initialise.sh). Commands are given it, so it must open nothing else.
        passwords = {role: secret() for role in Role} | {Role.APP: secrets.token_hex(24)}
        address = Address(str(run.path / "sockets"), "5432", passwords)
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

    def stop_into(self, target: Path) -> bool:
        """Stop for good, and write the data directory into ``target`` as one tar file, atomically."""
        self.close()
        draft = target.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}.draft")
        try:
            with draft.open("wb") as stream:
                self._stream(b"save\n", stream.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        return True

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
        lines = [line for line in self._cage.log.read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1][:300] if lines else "it wrote no reason"

    def _start(self, archive: Path) -> None:
        arguments = [address_space(self._settings.limits), self._cage.postgres]
        arguments += ["-D", self._cage.data, "-k", self._cage.sockets]
        settings = {**server_settings(self._settings.limits), **self._cage.settings}
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        self._process = self._cage.launch(SUPERVISE, archive, arguments)

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
            provider=found.provider,
            postgres=found.version,
            isolation=found.isolation,
            notes=found.notes,
        )


def _initialised(run: RunDirectory, enclosure: Cage, settings: Settings, progress: Progress) -> Path:
    """A new cluster with our roles in it, as one file; made once per version of the programs."""
    store, name = Store(cache_directory() / "clusters", CLUSTERS_BYTES), key(enclosure)
    if store.find([name]):
        store.touch(name)
        return store.path_for(name)
    progress(f"preparing PostgreSQL {enclosure.version} for the first time")
    fresh = run.path / "fresh.tar"
    _initdb(enclosure, fresh)
    server = Cluster(run, enclosure, settings, fresh)
    try:
        prepare(server, secret())
        store.keep(name, server.stop_into)
    finally:
        server.kill()
    fresh.unlink()
    return store.path_for(name)


def _initdb(enclosure: Cage, target: Path) -> None:
    arguments = [enclosure.initdb, "--username", "migration_admin", "--encoding", "UTF8", "--no-sync"]
    arguments += ["--wal-segsize", "1"]
    process = enclosure.launch(INITIALISE, None, arguments)
    assert process.stdin and process.stdout
    with target.open("wb") as stream:
        process.stdin.write(secret().encode() + b"\n")
        process.stdin.close()
        shutil.copyfileobj(process.stdout, stream, 1 << 20)
    status = process.wait()
    process.kill()
    if status != 0:
        reason = enclosure.log.read_text(errors="replace").strip()[-500:]
        raise SandboxUnavailable(f"initdb of PostgreSQL {enclosure.version} failed: {reason}")


def key(enclosure: Cage) -> str:
    """Names all that a fresh cluster in this cage depends on: two servers with one key can read each other's files."""
    parts = (INITIALISE, PREPARE, TEMPLATE, secret(), enclosure.identity)
    return f"{enclosure.version}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:16]}"
