"""Trees of a git repository: a revision, and the working tree. Read through git's plumbing, never checked out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from checks.errors import FileError, NotARepository, UnknownRevision, UsageError
from checks.trees.tree import check_size

_REGULAR_FILES = (b"100644", b"100755")


class Repository:
    """A git work tree on this machine."""

    def __init__(self, root: Path):
        self.root = root

    def commit(self, revision: str) -> str:
        """The full hash of a revision. Raises UnknownRevision."""
        found = _git(
            self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        if found.returncode != 0:
            raise UnknownRevision(
                f"git knows no commit named {revision!r}",
                hint="Name a branch, tag or commit that exists here; in a shallow clone fetch it first.",
            )
        return found.stdout.decode().strip()

    def merge_base(self, one: str, other: str) -> str:
        """The hash of the newest common ancestor. Raises UnknownRevision when there is none."""
        found = _git(self.root, "merge-base", self.commit(one), self.commit(other))
        if found.returncode != 0:
            raise UnknownRevision(
                f"{one} and {other} have no common ancestor here",
                hint="In a shallow clone: git fetch --unshallow. Otherwise name the base: --base REV.",
            )
        return found.stdout.decode().strip()

    def default_branch(self) -> str:
        """What pull requests are usually merged into: origin's HEAD, else main, else master."""
        remote = _git(self.root, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
        if remote.returncode == 0:
            return remote.stdout.decode().strip()
        for name in ("origin/main", "origin/master", "main", "master"):
            if _git(self.root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").returncode == 0:
                return name
        raise UnknownRevision(
            "found no default branch: no origin/HEAD, main or master", hint="Name the base: --base REV."
        )

    def revision(self, revision: str) -> RevisionTree:
        return RevisionTree(self.root, self.commit(revision))

    def work_tree(self) -> WorkTree:
        return WorkTree(self.root)


def open_repository(path: Path) -> Repository:
    """The repository that a folder or file belongs to. Raises NotARepository."""
    folder = path if path.is_dir() else path.parent
    if not folder.is_dir():
        raise UsageError(f"{path}: no such folder", hint="Name a folder inside a git repository.")
    found = _git(folder, "rev-parse", "--show-toplevel")
    if found.returncode != 0:
        raise NotARepository(
            f"{path.resolve()} is not inside a git work tree",
            hint="Run this in a clone of the repository, or name one: migration validate PATH. "
            f"git says: {found.stderr.decode(errors='replace').strip()}",
        )
    return Repository(Path(os.fsdecode(found.stdout.rstrip(b"\n"))))


class RevisionTree:
    """The files of one commit."""

    def __init__(self, root: Path, commit: str):
        self.label = commit[:12]
        self._root = root
        self._blobs = _list_blobs(root, commit)
        self._cache: dict[str, bytes] = {}

    def paths(self) -> Sequence[str]:
        return sorted(self._blobs)

    def read(self, path: str) -> bytes:
        return self.read_many([path])[path]

    def read_many(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Several files in one git process. Raises FileError for the first that is missing or too large."""
        for path in paths:
            if path not in self._blobs:
                raise FileError("no such file", path=path)
            check_size(path, self._blobs[path][1])
        wanted = [path for path in dict.fromkeys(paths) if path not in self._cache]
        if wanted:
            hashes = "\n".join(self._blobs[path][0] for path in wanted) + "\n"
            output = _git(self._root, "cat-file", "--batch", input=hashes.encode()).stdout
            self._cache.update(zip(wanted, _parse_batch(output), strict=True))
        return {path: self._cache[path] for path in paths}


class WorkTree:
    """The files as they lie on disk: tracked ones and new ones that git does not ignore."""

    label = "working tree"

    def __init__(self, root: Path):
        self._root = root
        listing = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
        names = {os.fsdecode(name) for name in listing.split(b"\0") if name}
        self._paths = sorted(name for name in names if _is_regular(root / name) and _is_text_name(name))

    def paths(self) -> Sequence[str]:
        return self._paths

    def read(self, path: str) -> bytes:
        try:
            check_size(path, (self._root / path).stat().st_size)
            return (self._root / path).read_bytes()
        except OSError as error:
            raise FileError(error.strerror or "cannot be read", path=path) from error


def _is_regular(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_text_name(name: str) -> bool:
    """Names that are not UTF-8 cannot be shown or recorded by any migration tool."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _list_blobs(root: Path, commit: str) -> dict[str, tuple[str, int]]:
    """path → (blob hash, size) of the regular files of a commit."""
    listing = _git(root, "ls-tree", "-r", "-z", "-l", "--full-tree", commit).stdout
    blobs: dict[str, tuple[str, int]] = {}
    for entry in listing.split(b"\0"):
        meta, _, name = entry.partition(b"\t")
        fields = meta.split()
        path = os.fsdecode(name)
        if fields and fields[0] in _REGULAR_FILES and _is_text_name(path):
            blobs[path] = (fields[2].decode(), int(fields[3]))
    return blobs


def _parse_batch(output: bytes) -> list[bytes]:
    """The contents that ``git cat-file --batch`` printed: header line, bytes, newline, and so on."""
    bodies = []
    start = 0
    while start < len(output):
        end = output.index(b"\n", start)
        size = int(output[start:end].rsplit(b" ", 1)[1])
        bodies.append(output[end + 1 : end + 1 + size])
        start = end + 1 + size + 1
    return bodies


def _git(root: Path, *arguments: str, input: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """git without prompts, without optional locks, and without the repository's own file-system monitor."""
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        return subprocess.run(
            command, cwd=root, input=input, capture_output=True, env=environment, check=False
        )
    except FileNotFoundError as error:
        raise UsageError("git is not installed", hint="Install git, or use the GitHub App.") from error
