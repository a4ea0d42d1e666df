"""A GitHub, a repository on it, and our service as its own process: what the tests from outside live in."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
import psutil
from github_front import Front
from npm_packages import package
from openapi_guard import Guard

from checks.sandbox import Database

APP_ID, INSTALLATION, SLUG, SECRET = 12345, 100, "migration-test", "the-webhook-secret"
BOT = f"{SLUG}[bot]"
ACTIONS_BOT = "github-actions[bot]"
"""Whom the tokens of a workflow's jobs belong to: ``actions-token``, and ``actions-reader``, which may not write."""
OWNER, NAME = "acme", "shop"
REPOSITORY = f"/repos/{OWNER}/{NAME}"
PEOPLE = {"ann": "write", "bob": "maintain", "rita": "read"}
"""Ann writes pull requests, Bob maintains, Rita reads."""
PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "checks": "write",
    "pull_requests": "write",
    "issues": "write",
}
EVENTS = ["pull_request", "push", "issue_comment", "check_run", "check_suite"]
Found = TypeVar("Found")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(look: Callable[[], Found | None], seconds: float = 60, what: str = "") -> Found:
    """What ``look`` gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"did not happen within {seconds} s: {what}"
        time.sleep(0.1)


class GitHub:
    """The counterpart, seen by people."""

    def __init__(self, front: Front, key: str):
        self.front = front
        self.key = key

    def ask(self, method: str, path: str, body: Any = None, by: str = "") -> Any:
        return self.front.emulate(method, f"{REPOSITORY}{path}", body, f"{by}-token" if by else "")

    def commit(self, branch: str, files: dict[str, str], by: str = "ann") -> str:
        """Write files and say so to the App, as a push does; the new head."""
        for path, content in files.items():
            body = {"message": f"Change {path}", "content": base64.b64encode(content.encode()).decode()}
            there = [one for one in self._files(branch) if one["path"] == path]
            body |= {"branch": branch} | ({"sha": there[0]["sha"]} if there else {})
            self.ask("PUT", f"/contents/{path}", body, by=by)
        return self.tip(branch)

    def _files(self, branch: str) -> list[Any]:
        return list(self.ask("GET", f"/git/trees/{self.tip(branch)}?recursive=1")["tree"])

    def tip(self, branch: str) -> str:
        return str(self.ask("GET", f"/git/ref/heads/{branch}")["object"]["sha"])

    def branch(self, name: str, files: dict[str, str]) -> str:
        self.ask("POST", "/git/refs", {"ref": f"refs/heads/{name}", "sha": self.tip("main")})
        return self.commit(name, files)

    def open(self, branch: str, files: dict[str, str], by: str = "ann") -> int:
        self.branch(branch, files)
        body = {"title": branch, "head": branch, "base": "main"}
        return int(self.ask("POST", "/pulls", body, by=by)["number"])

    def push(self, number: int, branch: str, files: dict[str, str]) -> str:
        """A push to a pull request, with the ``synchronize`` that emulate does not send."""
        head = self.commit(branch, files)
        pull = self.pull_payload(number)
        self.front.deliver(
            "pull_request", self.payload(action="synchronize", number=number, pull_request=pull)
        )
        return head

    def pull_payload(self, number: int) -> dict[str, Any]:
        pull = dict(self.ask("GET", f"/pulls/{number}"))
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return self.front._with_head(pull) | {"updated_at": now}

    def payload(self, **more: Any) -> dict[str, Any]:
        repository = self.ask("GET", "")
        return {
            "repository": repository,
            "installation": {"id": INSTALLATION},
            "sender": {"login": "ann"},
        } | more

    def say(self, number: int, body: str, by: str) -> int:
        return int(self.ask("POST", f"/issues/{number}/comments", {"body": body}, by=by)["id"])

    def comments(self, number: int) -> list[dict[str, Any]]:
        """The App's own."""
        found = self.ask("GET", f"/issues/{number}/comments?per_page=100")
        return [one for one in found if one["user"]["login"] == BOT]

    def checks(self, sha: str) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"/commits/{sha}/check-runs?filter=all&per_page=100")["check_runs"])

    def finished(self, sha: str, conclusion: str, seconds: float = 90) -> dict[str, Any]:
        """The newest check run of a commit, once it says so."""

        def look() -> dict[str, Any] | None:
            runs = sorted(self.checks(sha), key=lambda run: int(run["id"]))
            return runs[-1] if runs and runs[-1]["conclusion"] == conclusion else None

        return until(look, seconds, f"{conclusion}; it is {[r['conclusion'] for r in self.checks(sha)]}")

    def reacted(self, comment: int) -> list[str]:
        return [content for id, content in self.front.state.reactions if id == comment]


@contextmanager
def github() -> Iterator[GitHub]:
    """emulate behind its front, with one repository and the App installed."""
    folder, guard = package("emulate@0.12.2"), Guard(package("@octokit/openapi@23.0.2"))
    port = free_port()
    front = Front(f"http://127.0.0.1:{port}", guard, SECRET, APP_ID, SLUG, "admin-token")
    front.start()
    front.state.roles |= PEOPLE
    front.state.read_only.add("actions-reader")
    command = [
        "node",
        str(Path(__file__).parent / "emulate.mjs"),
        str(folder),
        json.dumps(_seed(port, front.url)),
    ]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    try:
        key = json.loads(process.stdout.readline())["key"]
        found = GitHub(front, key)
        for login in (*PEOPLE, ACTIONS_BOT):
            found.ask("PUT", f"/collaborators/{login}", {"permission": "push"})
        yield found
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()
        front.stop()


def _seed(port: int, front: str) -> dict[str, Any]:
    tokens = {f"{login}-token": {"login": login, "scopes": ["repo"]} for login in PEOPLE}
    tokens |= {f"actions-{name}": {"login": ACTIONS_BOT, "scopes": ["repo"]} for name in ("token", "reader")}
    app = {
        "app_id": APP_ID,
        "slug": SLUG,
        "name": "Migration Test",
        "permissions": PERMISSIONS,
        "events": EVENTS,
        "webhook_url": f"{front}/hook",
        "webhook_secret": SECRET,
        "installations": [{"installation_id": INSTALLATION, "account": OWNER, "repository_selection": "all"}],
    }
    return {
        "port": port,
        "tokens": {"admin-token": {"login": OWNER, "scopes": ["repo", "user"]}, **tokens},
        "github": {
            "users": [{"login": login} for login in (OWNER, *PEOPLE, ACTIONS_BOT)],
            "repos": [{"owner": OWNER, "name": NAME, "auto_init": True}],
            "apps": [app],
        },
    }


class ServiceProcess:
    """``migration serve``, as its own process."""

    def __init__(self, github: GitHub, state: Path, port: int | None = None, **settings: str):
        self.github = github
        self.state = state
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = state / f"log-{self.port}.txt"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        command = [sys.executable, "-c", "from bot.cli import main; main()", "serve"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log)
        self.github.front.target = f"{self.url}/webhook"
        until(self._is_ready, 40, f"the service is ready: {self.log.read_text()[-1500:]}")

    def environment(self) -> dict[str, str]:
        front = self.github.front.url
        return {
            **os.environ,
            "GITHUB_APP_ID": str(APP_ID),
            "GITHUB_APP_SLUG": SLUG,
            "GITHUB_PRIVATE_KEY": self.github.key,
            "GITHUB_WEBHOOK_SECRET": SECRET,
            "GITHUB_CLIENT_ID": "the-client",
            "GITHUB_CLIENT_SECRET": "the-client-secret",
            "MIGRATION_PORT": str(self.port),
            "MIGRATION_STATE": str(self.state),
            "MIGRATION_GITHUB_API": f"{front}/",
            "MIGRATION_GITHUB_URL": front,
            "MIGRATION_WRITE_PAUSE": "0",
            "MIGRATION_RETRY_SECONDS": "0.2",
            "MIGRATION_PROVIDER": "bundled",
            "ANTHROPIC_API_KEY": "",
            "MIGRATION_REQUIRE_ISOLATION": "none",
            "MIGRATION_EXECUTOR": f"test-{self.port}",
            **self._settings,
        }

    def _is_ready(self) -> bool:
        assert self._process and self._process.poll() is None, self.log.read_text()[-3000:]
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def is_asking(self, port: int) -> bool:
        """Whether the connection from this port is its own."""
        assert self._process
        if self._process.poll() is not None:
            return False
        ours = psutil.Process(self._process.pid).net_connections("tcp")
        return any(one.laddr.port == port for one in ours)

    def kill(self) -> None:
        """As the kernel would: nothing of it gets to say anything."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> int:
        assert self._process
        if self._process.poll() is None:
            self._process.terminate()
        try:
            return self._process.wait(25)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def url_of(database: Database) -> str:
    with database.connect() as connection:
        info = connection.info
        parts = {"host": info.host, "port": info.port, "user": info.user, "password": info.password}
        return f"postgresql:///{info.dbname}?{urlencode(parts)}"
