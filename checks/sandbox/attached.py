"""A container's first process, with its standard input and output: as much of it as ``subprocess.Popen`` would give."""

from __future__ import annotations

import contextlib
import io
import socket
import struct
import subprocess
from typing import IO, Any, cast

import docker.errors
from docker.models.containers import Container

TROUBLE = (docker.errors.DockerException, OSError)
"""What docker-py raises: its own errors, and those of requests, which are OSErrors."""
STDIN = {"stdin": 1, "stdout": 1, "stream": 1}


class AttachedProcess:
    """Attached to a running container, whose input ends when this process does (``StdinOnce``)."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._status: int | None = None
        raw = container.attach_socket(params=STDIN)
        connection: socket.socket = getattr(raw, "_sock", raw)
        connection.settimeout(None)
        self.stdin: IO[bytes] = cast(IO[bytes], _Input(connection))
        self.stdout: IO[bytes] = cast(IO[bytes], io.BufferedReader(_Output(connection, keep=raw)))

    def poll(self) -> int | None:
        if self._status is None:
            try:
                self._container.reload()
                if self._container.status in ("exited", "dead"):
                    self._status = int(self._container.attrs["State"]["ExitCode"])
            except docker.errors.NotFound:
                self._status = -9
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        if self._status is None:
            try:
                self._status = int(self._container.wait(timeout=timeout)["StatusCode"])
            except docker.errors.NotFound:
                self._status = -9
            except OSError as error:  # requests' timeouts are of several kinds
                raise subprocess.TimeoutExpired("docker wait", timeout or 0) from error
        return self._status

    def kill(self) -> None:
        """SIGKILL, and remove the container with all that it wrote."""
        self.poll()
        with contextlib.suppress(docker.errors.APIError):  # gone, or another thread is at it
            self._container.remove(force=True, v=True)
        if self._status is None:
            self._status = -9


class _Input(io.RawIOBase):
    """The writing half of the connection: closing it is end of file for the process."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._connection.sendall(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_WR)
        super().close()


class _Output(io.RawIOBase):
    """Standard output out of Docker's stream format: frames with a head of 8 bytes (Docker Engine API, attach)."""

    def __init__(self, connection: socket.socket, keep: object) -> None:
        self._connection = connection
        self._keep = keep
        self._left = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self._left == 0:
            head = self._exactly(8)
            if len(head) < 8:
                return 0
            self._left = struct.unpack(">BxxxL", head)[1]
        data = self._connection.recv(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (more := self._connection.recv(size - len(data))):
            data += more
        return data
