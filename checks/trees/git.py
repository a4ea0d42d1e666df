"""Trees of a git repository: a revision, and the working tree. Read through git's plumbing, never checked out."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import IO

from checks.errors import FileError, NotARepository, UnknownRevision, UsageError
from checks.trees.tree import MAX_FILE_BYTES, check_size

# A repository's own configuration may name a program as file-system monitor: it is not started.
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
_REGULAR_FILES = (b"100644", b"100755")
_QUOTED = re.compile(r"'([^']+)'")
_AHEAD_FILES = 200
"""Files read at a time, where one is wanted and its neighbours will be: so many names fit into any pipe."""
_AHEAD_BYTES = 100_000
"""Only files up to this size are kept that nobody has asked for yet."""


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
            "found no default branch: no origin/HEAD, main or master",
            hint="Name the base: --base REV. A clone of a single branch has no other: git fetch origin REV.",
        )

    def is_unborn(self) -> bool:
        """Whether nothing has been committed yet: neither on this branch nor on any other."""
        return not _git(self.root, "rev-list", "--all", "--max-count=1").stdout.strip()

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
        raise _not_readable(path, found.stderr.decode(errors="replace").strip())
    return Repository(Path(os.fsdecode(found.stdout.rstrip(b"\n"))))


def _not_readable(path: Path, said: str) -> Exception:
    """git(1), safe.directory: it reads nothing in a folder that belongs to somebody else."""
    if "dubious ownership" in said:
        root = _QUOTED.search(said)
        named = root[1] if root else path.resolve()
        return UsageError(
            f"git does not read {named}, because it belongs to another user",
            hint=f"Run this as its owner; or, if you trust what is in it: git config --global --add safe.directory {named}",
        )
    known = said.startswith("fatal: not a git repository")
    return NotARepository(
        f"{path.resolve()} is not inside a git work tree",
        hint="Run this in a clone of the repository, or name the folder of one. Without one, files can be named."
        + (f" git says: {said}" if said and not known else ""),
    )


class RevisionTree:
    """The files of one commit."""

    def __init__(self, root: Path, commit: str):
        self.label = commit[:12]
        self._blobs = _list_blobs(root, commit)
        self._objects = _Objects(root)

    def paths(self) -> Sequence[str]:
        return sorted(self._blobs)

    def read(self, path: str) -> bytes:
        if path not in self._blobs:
            raise FileError("no such file", path=path)
        blob = self._blobs[path]
        if blob not in self._objects and not self._objects.take_from_disk(path, blob):
            self._objects.fetch(self._ahead(path))
        return self._objects.read(path, blob)

    def _ahead(self, path: str) -> Iterator[str]:
        """The file, and behind it the next ones of its kind in its folder: who reads one migration reads all."""
        yield self._blobs[path]
        folder, _, name = path.rpartition("/")
        for neighbour in self._by_kind[folder, name.rpartition(".")[2]]:
            blob = self._blobs[neighbour]
            if neighbour > path and blob not in self._objects:
                yield blob

    @cached_property
    def _by_kind(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """Folder and ending → the files there."""
        found: dict[tuple[str, str], list[str]] = {}
        for path in self.paths():
            folder, _, name = path.rpartition("/")
            found.setdefault((folder, name.rpartition(".")[2]), []).append(path)
        return found


class _Objects:
    """git objects by hash, all read through one ``git cat-file --batch``, which ends with this object."""

    def __init__(self, root: Path):
        self._root = root
        self._process: subprocess.Popen[bytes] | None = None
        self._bodies: dict[str, bytes] = {}
        self._sizes: dict[str, int] = {}

    def __contains__(self, object_id: str) -> bool:
        return object_id in self._bodies or object_id in self._sizes

    def read(self, path: str, object_id: str) -> bytes:
        if object_id in self._sizes:
            check_size(path, self._sizes[object_id])
        if object_id not in self._bodies:
            raise FileError(
                f"git cannot read object {object_id}",
                hint="Run git fsck; in a partial clone fetch it.",
                path=path,
            )
        return self._bodies[object_id]

    def take_from_disk(self, path: str, object_id: str) -> bool:
        """Whether the file that lies there is this very object: most files of a base are, and cost git nothing."""
        body = _lying_there(f"{self._root}/{path}")
        if body is None or _object_id(body, like=object_id) != object_id:
            return False
        self._bodies[object_id] = body
        return True

    def fetch(self, object_ids: Iterable[str]) -> None:
        """Read the first of the objects, as many as go at a time; those that git cannot read are left out."""
        wanted = list(islice(object_ids, _AHEAD_FILES))
        process = self._process or self._start()
        assert process.stdin and process.stdout
        process.stdin.write("".join(f"{object_id}\n" for object_id in wanted).encode())
        process.stdin.flush()
        for object_id in wanted:
            header = process.stdout.readline().split()
            if len(header) == 3:
                self._keep(object_id, int(header[2]), process.stdout, ahead=object_id != wanted[0])

    def _keep(self, object_id: str, size: int, stream: IO[bytes], *, ahead: bool) -> None:
        if size > MAX_FILE_BYTES:
            self._sizes[object_id] = size
            _skip(stream, size)
        else:
            body = stream.read(size)
            if size <= _AHEAD_BYTES or not ahead:
                self._bodies[object_id] = body
        _skip(stream, 1)  # the line feed behind it

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [*_GIT, "cat-file", "--batch"],
            cwd=self._root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        weakref.finalize(self, _end, process)
        self._process = process
        return process


def _lying_there(place: str) -> bytes | None:
    """The bytes of a regular file that is not too large; None for anything else."""
    try:
        number = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(number, "rb") as file:
        about = os.fstat(number)
        if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_FILE_BYTES:
            return None
        return file.read()


def _object_id(body: bytes, *, like: str) -> str:
    """What git calls a blob of these bytes, in a repository whose ids are ``like`` this one (SHA-1 or SHA-256)."""
    content = b"blob %d\0%b" % (len(body), body)
    digest = hashlib.sha1 if len(like) == 40 else hashlib.sha256
    return digest(content, usedforsecurity=False).hexdigest()


def _skip(stream: IO[bytes], size: int) -> None:
    while size > 0:
        size -= len(stream.read(min(size, 1 << 20))) or size


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


class WorkTree:
    """The files as they lie on disk: tracked ones and new ones that git does not ignore."""

    label = "working tree"

    def __init__(self, root: Path):
        self._root = root
        listing = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
        names = {os.fsdecode(name) for name in listing.split(b"\0") if name}
        self._paths = sorted(name for name in names if self._is_regular(name) and _is_text_name(name))

    def paths(self) -> Sequence[str]:
        return self._paths

    def read(self, path: str) -> bytes:
        try:
            with open(f"{self._root}/{path}", "rb") as file:  # noqa: PTH123 (a Path costs more than the reading)
                check_size(path, os.fstat(file.fileno()).st_size)
                return file.read()
        except OSError as error:
            raise FileError(error.strerror or "cannot be read", path=path) from error

    def _is_regular(self, path: str) -> bool:
        try:
            return stat.S_ISREG(os.lstat(f"{self._root}/{path}").st_mode)
        except OSError:
            return False  # git still knows it, and it is gone


def _is_text_name(name: str) -> bool:
    """Names that are not UTF-8 cannot be shown or recorded by any migration tool."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _list_blobs(root: Path, commit: str) -> dict[str, str]:
    """path → blob hash of the regular files of a commit."""
    listing = _git(root, "ls-tree", "-r", "-z", "--full-tree", commit).stdout
    blobs: dict[str, str] = {}
    for entry in listing.split(b"\0"):
        meta, _, name = entry.partition(b"\t")
        fields = meta.split()
        path = os.fsdecode(name)
        if fields and fields[0] in _REGULAR_FILES and _is_text_name(path):
            blobs[path] = fields[2].decode()
    return blobs


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [*_GIT, *arguments], cwd=root, capture_output=True, env=_environment(), check=False
        )
    except FileNotFoundError as error:
        raise UsageError("git is not installed", hint="Install git, or use the GitHub App.") from error


def _environment() -> dict[str, str]:
    """No prompts, no optional locks, messages in English."""
    return {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
