"""What a shallow checkout lacks is fetched from a server that wants the token, by git itself."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from origin import Origin
from pydantic import SecretStr

from bot.action.clone import Clone
from checks.errors import UnknownRevision
from checks.trees.git import Repository

WANTED = "basic " + base64.b64encode(b"x-access-token:the-token").decode()


class Private(ThreadingHTTPServer):
    """git's own server behind HTTP; as GitHub, it refuses whoever sends no token, or two."""

    def __init__(self, root: Path):
        super().__init__(("127.0.0.1", 0), Handler)
        self.root = root
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Private

    def do_GET(self) -> None:
        given = self.headers.get_all("Authorization", [])
        if given != [WANTED]:
            self.send_response(400 if len(given) > 1 else 401)
            self.send_header("WWW-Authenticate", "Basic")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        variables = {
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            env={**os.environ, **variables},
            check=True,
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        self.send_response(200)
        for line in head.decode().splitlines():
            name, _, value = line.partition(": ")
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *arguments: object) -> None:
        """The test says what went wrong."""


@pytest.fixture(scope="module")
def merged(origin: Origin) -> str:
    origin.commit("main", {"db/1.sql": "SELECT 1"})
    return origin.pull(1, {"db/2.sql": "SELECT 2"})


@pytest.fixture(scope="module")
def private(origin: Origin) -> Iterator[Private]:
    server = Private(origin.bare.parent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def checked_out(folder: Path, origin: Origin, server: Private, sha: str) -> Repository:
    for arguments in (
        ["init", "--quiet"],
        ["fetch", "--quiet", "--depth=1", f"file://{origin.bare}", sha],
        ["remote", "add", "origin", f"{server.url}/{origin.bare.name}"],
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    return Repository(folder)


@pytest.mark.parametrize("kept", [False, True], ids=["not kept by the checkout", "kept by the checkout"])
def test_the_token_is_given_to_git_once(
    tmp_path: Path, origin: Origin, private: Private, merged: str, kept: bool
) -> None:
    repository = checked_out(tmp_path, origin, private, merged)
    if kept:
        setting = [f"http.{private.url}/.extraheader", f"AUTHORIZATION: {WANTED}"]
        subprocess.run(["git", "config", *setting], cwd=tmp_path, check=True)
    clone = Clone(repository, private.url, SecretStr("the-token"))
    before, change = clone.parents(merged)
    assert "db/2.sql" not in clone.tree(before).paths()
    assert "db/2.sql" in clone.tree(change).paths()
    assert "the-token" not in (tmp_path / ".git" / "config").read_text()


def test_what_cannot_be_fetched_is_said_with_what_to_do(
    tmp_path: Path, origin: Origin, private: Private, merged: str
) -> None:
    clone = Clone(checked_out(tmp_path, origin, private, merged), private.url, SecretStr("another"))
    with pytest.raises(UnknownRevision, match="git cannot fetch") as error:
        clone.parents(merged)
    assert "fetch-depth: 0" in error.value.hint and "another" not in str(error.value)
