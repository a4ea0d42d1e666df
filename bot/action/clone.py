"""The checkout of a job. It has one commit; what else is needed is fetched."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

from pydantic import SecretStr

from checks.errors import UnknownRevision, UsageError
from checks.trees.git import Repository, RevisionTree

DEPTH_HINT = "Give actions/checkout `fetch-depth: 0`, or the job `permissions: contents: read`."


class Clone:
    def __init__(self, repository: Repository, server_url: str, token: SecretStr):
        self._repository = repository
        self._server_url = server_url
        self._token = token

    def commit(self, revision: str) -> str:
        """The hash of a branch, tag or commit, fetched where it is not here. Raises UnknownRevision."""
        for name in (revision, f"refs/remotes/origin/{revision}"):
            try:
                return self._repository.commit(name)
            except UnknownRevision:
                continue
        if revision.startswith("-") or ":" in revision:
            raise UsageError(f"{revision!r} is no name of a commit", hint="Name a branch, tag or commit.")
        self._fetch("--depth=1", revision)
        return self._repository.commit("FETCH_HEAD")

    def parents(self, sha: str) -> tuple[str, ...]:
        """Of a commit; a shallow checkout leaves them out, so they are fetched."""
        commit = self.commit(sha)
        if self._is_shallow():
            self._fetch("--depth=2", commit)
        return tuple(self._git("rev-list", "--parents", "--max-count=1", commit).stdout.decode().split()[1:])

    def merge_base(self, one: str, other: str) -> str:
        """The newest common ancestor; the whole history is fetched when it is not in what is here."""
        one, other = self.commit(one), self.commit(other)
        try:
            return self._repository.merge_base(one, other)
        except UnknownRevision:
            if not self._is_shallow():
                raise
        self._fetch("--unshallow", one, other)
        return self._repository.merge_base(one, other)

    def files(self, sha: str) -> Path | None:
        """The folder of the checkout, when it holds this very commit."""
        return self._repository.root if self._repository.commit("HEAD") == sha else None

    def tree(self, sha: str) -> RevisionTree:
        return self._repository.revision(sha)

    def _is_shallow(self) -> bool:
        return self._git("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    def _fetch(self, *arguments: str) -> None:
        fetched = self._git("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "origin", *arguments)
        if fetched.returncode != 0:
            said = fetched.stderr.decode(errors="replace").strip().splitlines()
            raise UnknownRevision(
                f"git cannot fetch {arguments[-1]} from origin: {said[-1][:300] if said else 'it says nothing'}",
                hint=DEPTH_HINT,
            )

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["git", "-c", "core.fsmonitor=false", *arguments],
            cwd=self._repository.root,
            capture_output=True,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **self._rights()},
            check=False,
        )

    def _rights(self) -> dict[str, str]:
        """The job's token for git, as ``actions/checkout`` gives it, also where the checkout did not keep it.

        The empty value first: two headers would be refused (git-config(1), http.extraHeader).
        """
        token = self._token.get_secret_value()
        if not token:
            return {}
        name = f"http.{self._server_url}/.extraheader"
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        pairs = [(name, ""), (name, f"AUTHORIZATION: basic {basic}")]
        settings = {"GIT_CONFIG_COUNT": str(len(pairs))}
        for number, (key, value) in enumerate(pairs):
            settings |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return settings
