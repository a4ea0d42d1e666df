"""A server in a Docker container, through testcontainers: hardened, without a network, reached over a socket file."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import docker
import docker.errors
from docker.types import Mount
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from checks.errors import SandboxUnavailable
from checks.model.report import Isolation
from checks.progress import Progress
from checks.sandbox.attached import TROUBLE, AttachedProcess
from checks.sandbox.cage import ENVIRONMENT, SHELL, Process
from checks.sandbox.cluster import Cluster, running
from checks.sandbox.extensions import write_controls
from checks.sandbox.image import Image, read_image
from checks.sandbox.places import RunDirectory
from checks.sandbox.server import Snapshots
from checks.settings import Limits, Settings

NEWEST = 18
RUN, HOST = "migration-specialist.run", "migration-specialist.host"
"""Labels of our containers: the run's directory, and the machine that it is on."""
SHARE = "/share"
PROCESSES = 128


@contextlib.contextmanager
def start(settings: Settings, snapshot: Snapshots | None, progress: Progress) -> Iterator[Cluster]:
    """A running server; when the block ends, nothing of it is left."""
    testcontainers_config.ryuk_disabled = True  # its image would have to be fetched; we sweep by label
    run = RunDirectory(needed_mb=settings.limits.disk_mb)
    try:
        enclosure = _build_cage(run, settings, progress)
        with running(run, enclosure, settings, snapshot, progress) as server:
            yield server
    finally:
        run.remove()


def _build_cage(run: RunDirectory, settings: Settings, progress: Progress) -> Container:
    name = settings.image or f"postgres:{settings.postgres or NEWEST}"
    try:
        with contextlib.closing(DockerClient().client) as client:
            sweep(client)
            identity = _image_id(client, name, progress)
        probe = Container(run, name, settings.limits)
        image = read_image(identity, lambda script: probe.launch(script, None, ()))
    except TROUBLE as error:
        raise SandboxUnavailable(f"Docker refuses: {error}") from error
    if settings.postgres not in (None, image.major):
        raise SandboxUnavailable(f"the image {name} has PostgreSQL {image.version}, not {settings.postgres}")
    return Container(run, name, settings.limits, image)


def sweep(client: docker.DockerClient) -> None:
    """Remove the containers of runs on this machine that were killed: their directory is gone."""
    ours = {"label": f"{HOST}={socket.gethostname()}"}
    for container in client.containers.list(all=True, filters=ours, ignore_removed=True):
        if not Path(container.labels.get(RUN, "/")).exists():
            with contextlib.suppress(docker.errors.APIError):  # another process sweeps too
                container.remove(force=True, v=True)


def _image_id(client: docker.DockerClient, name: str, progress: Progress) -> str:
    try:
        return str(client.images.get(name).id)
    except docker.errors.ImageNotFound:
        progress(f"pulling {name}")
        return str(client.images.pull(name).id)


class Container:
    """Own everything, capabilities for nothing; all that can be written is a tmpfs of bounded size and the socket."""

    provider = "docker"
    isolation = Isolation.CONTAINER
    notes: tuple[str, ...] = ()
    data = "/data/cluster"
    sockets = "/run/postgresql"
    postgres = "postgres"
    initdb = "initdb"
    # The image's user is another than ours. The directory around the socket is ours alone.
    settings: Mapping[str, str] = MappingProxyType({"unix_socket_permissions": "0777"})

    def __init__(self, run: RunDirectory, name: str, limits: Limits, image: Image | None = None) -> None:
        self._name = name
        self._limits = limits
        self._image = image
        self._labels = {RUN: str(run.path), HOST: socket.gethostname()}
        self._sockets = run.make("sockets")
        self._sockets.chmod(0o777)
        self.log = self._sockets / "log"
        self.version = image.version if image else ""
        self.identity = image.identity if image else ""
        self._controls = run.make("extension")
        if image:
            write_controls(image.share, self._controls, SHARE)
            self._controls.chmod(0o755)

    def launch(self, script: str, archive: Path | None, arguments: Sequence[str]) -> Process:
        """Raises SandboxUnavailable when the daemon refuses."""
        logged = f"exec 2>{self.sockets}/log\n{script}"
        unpack = "/archive.tar" if archive else ""
        self.log.unlink(missing_ok=True)
        try:
            container = DockerContainer(self._name)
            container.with_command([logged, "sandbox", self.data, unpack, *arguments])
            for place, options in self._writable().items():
                container.with_tmpfs_mount(place, options)
            container.with_envs(**{name: value for name, value in ENVIRONMENT.items() if name != "PATH"})
            container.with_kwargs(mounts=self._mounts(archive), **self._hardening())
            return AttachedProcess(container.start().get_wrapped_container())
        except TROUBLE as error:
            raise SandboxUnavailable(f"Docker refuses: {error}") from error

    def _hardening(self) -> dict[str, object]:
        memory = f"{self._limits.memory_mb + self._limits.disk_mb}m"  # a tmpfs counts as memory
        return {
            "entrypoint": list(SHELL),
            "user": "postgres",
            "network": "none",
            "read_only": True,
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges"],
            "mem_limit": memory,
            "memswap_limit": memory,
            "pids_limit": PROCESSES,
            "stdin_open": True,
            "labels": self._labels,
        }

    def _writable(self) -> dict[str, str]:
        """The data directory, and small ones in the place of the volumes that the image declares."""
        return {
            "/data": f"rw,nosuid,nodev,noexec,mode=1777,size={self._limits.disk_mb}m",
            "/tmp": "rw,nosuid,nodev,noexec,mode=1777,size=16m",
            "/var/lib/postgresql": "ro,size=1m",
            "/var/lib/postgresql/data": "ro,size=1m",
        }

    def _mounts(self, archive: Path | None) -> list[Mount]:
        """As mounts, not volumes: a daemon on another machine then says that it does not have the path."""
        found = [Mount(self.sockets, str(self._sockets), type="bind")]
        if archive:
            archive.chmod(0o644)  # for the image's user; the directory around it is ours alone
            found.append(Mount("/archive.tar", str(archive), type="bind", read_only=True))
        if self._image:
            extension = f"{self._image.share_inside}/extension"
            found.append(Mount(SHARE, str(self._image.share), type="bind", read_only=True))
            found.append(Mount(extension, str(self._controls), type="bind", read_only=True))
        return found
