"""The server in a container: the same as any other, in a hardened box, and gone afterwards."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from checks.errors import SandboxLost, SandboxUnavailable
from checks.model.report import Isolation
from checks.sandbox import Role, Server, open_server, places
from checks.sandbox.watchdog import time_limit
from checks.settings import Limits, Settings

docker = pytest.importorskip("docker")
docker_daemon = pytest.importorskip("docker_daemon")
SETTINGS = Settings(
    provider="docker",
    image=docker_daemon.IMAGE,
    require_isolation="container",
    limits=Limits(memory_mb=512, disk_mb=256),
)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with contextlib.ExitStack() as stack:
        try:
            address = stack.enter_context(docker_daemon.daemon())
        except RuntimeError as error:
            pytest.skip(str(error))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("DOCKER_HOST", address)
        docker_daemon.import_image(address)
        yield stack.enter_context(contextlib.closing(docker.from_env()))


@pytest.fixture(scope="module")
def contained(client: Any) -> Iterator[Server]:
    with open_server(SETTINGS) as server:
        yield server


def test_it_says_so(contained: Server) -> None:
    assert contained.info.provider == "docker"
    assert contained.info.isolation is Isolation.CONTAINER


def test_the_container_is_hardened(contained: Server, client: Any) -> None:
    (container,) = _of(client, _directory(contained))
    host = container.attrs["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["Memory"] == host["MemorySwap"] == 768 << 20
    assert host["PidsLimit"] == 128
    assert container.attrs["Config"]["User"] == "postgres"
    assert not host["Privileged"]


def test_databases_clones_and_extensions(contained: Server) -> None:
    contained.create("base")
    with contained.connect("base") as app:
        app.execute("CREATE EXTENSION vector; CREATE TABLE t AS SELECT '[1,2]'::vector AS v")
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            app.execute("CREATE EXTENSION dblink")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("COPY t TO PROGRAM 'id'")
    contained.create("copy", template="base")
    with contained.connect("copy", Role.OBSERVER) as observer:
        assert observer.execute("SELECT count(*) FROM pg_class WHERE relname = 't'").fetchone() == (1,)
    contained.drop("copy")
    contained.drop("base")


def test_a_full_disk_stays_in_the_container(contained: Server) -> None:
    contained.create("full")
    app = contained.connect("full")
    with pytest.raises((psycopg.errors.DiskFull, SandboxLost)), time_limit(contained, app, 60):
        app.execute("CREATE TABLE t AS SELECT repeat('x', 1000) AS x FROM generate_series(1, 1000000)")


def test_snapshots_and_an_end_without_traces(client: Any, tmp_path: Path) -> None:
    file = tmp_path / "state.tar"
    with open_server(SETTINGS) as server:
        server.create("base")
        assert server.save(file)
        server.connect("base").close()
        first = _directory(server)
    with open_server(SETTINGS, snapshot=lambda _: file) as server:
        server.connect("base").close()
        second = _directory(server)
    assert not _of(client, first)
    assert not _of(client, second)


def test_killed_it_is_lost(client: Any) -> None:
    with open_server(SETTINGS) as server:
        server.create("base")
        server.kill()
        with pytest.raises(SandboxLost):
            server.connect("base")


def test_another_version_than_the_images_is_refused(client: Any) -> None:
    with (
        pytest.raises(SandboxUnavailable, match="has PostgreSQL 18"),
        open_server(SETTINGS.model_copy(update={"postgres": 15})),
    ):
        pass


def test_an_image_that_cannot_be_had_is_named(client: Any) -> None:
    missing = SETTINGS.model_copy(update={"image": "localhost:1/nothing:here"})
    with pytest.raises(SandboxUnavailable, match="Docker refuses"), open_server(missing):
        pass


def test_kill_9_leaves_no_container_after_the_next_run(client: Any) -> None:
    holder = (
        "from checks.sandbox import open_server\nfrom checks.settings import Settings\nimport time\n"
        f"with open_server(Settings(provider='docker', image={docker_daemon.IMAGE!r})) as server:\n"
        "    print(server._run.path, flush=True)\n    time.sleep(600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holder],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ,
    )
    assert process.stdout
    directory = process.stdout.readline().strip()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert _eventually(lambda: all(c.status != "running" for c in _of(client, directory)))
    places.sweep()
    with open_server(SETTINGS):
        pass
    assert not _of(client, directory)
    assert not Path(directory).exists()


def _directory(server: Server) -> str:
    return str(server._run.path)  # type: ignore[attr-defined]


def _of(client: Any, directory: str) -> list[Any]:
    """The containers of one run."""
    mine = {"label": f"migration-specialist.run={directory}"}
    return list(client.containers.list(all=True, filters=mine, ignore_removed=True))


def _eventually(holds: Any) -> bool:
    for _ in range(400):
        if holds():
            return True
        time.sleep(0.05)
    return False
