"""The files of a commit, from GitHub's tarball into memory: bounded, and never written to a disk."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import PurePosixPath

import httpx

from bot.github.repository import Repository
from checks.errors import FileError
from checks.trees import MAX_FILE_BYTES, MemoryTree

MOST_DOWNLOADED = 200_000_000
MOST_UNPACKED = 300_000_000
"""Of all files together that are kept."""
MOST_FILES = 100_000
MOST_DEPTH = 30
MOST_NAME = 1_000


def fetch(repository: Repository, sha: str) -> MemoryTree:
    """Every regular file up to ``MAX_FILE_BYTES``. A fork's commit comes through the base repository.

    Raises FileError when the repository is beyond the limits or its archive is none, and what ``Client.read`` raises.
    """
    path = f"repos/{repository.owner}/{repository.name}/tarball/{sha}"
    with repository.client.download(path) as response:
        return unpack(_Pieces(response), sha[:12])


def unpack(archive: io.RawIOBase, label: str) -> MemoryTree:
    """Read a ``.tar.gz`` from end to end without going back."""
    files: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(fileobj=archive, mode="r|gz") as package:
            for count, member in enumerate(package):
                if count >= MOST_FILES:
                    raise FileError(f"the repository has more than {MOST_FILES:,} files")
                place = _place(member)
                if place is None or member.size > MAX_FILE_BYTES:
                    continue
                total += member.size
                if total > MOST_UNPACKED:
                    raise FileError(f"the repository is larger than {MOST_UNPACKED:,} bytes")
                content = package.extractfile(member)
                files[place] = content.read() if content else b""
    except (tarfile.TarError, EOFError, OSError) as error:
        raise FileError(f"GitHub's archive of {label} cannot be read: {error}") from error
    return MemoryTree(files, label)


def both_sides(repository: Repository, tip: str, fork_point: str, head: str) -> tuple[MemoryTree, MemoryTree]:
    """The base as it is now, and what merging the head into it gives. Raises as ``fetch`` does."""
    before, after = fetch(repository, tip), fetch(repository, head)
    if fork_point == tip:
        return before, after
    return before, merged(before, fetch(repository, fork_point), after)


def merged(base: MemoryTree, fork_point: MemoryTree, head: MemoryTree) -> MemoryTree:
    """What a merge gives: the base as it is now, and what the pull request changed of files since it left it.

    A file that both sides changed is the pull request's; GitHub shows the conflict, when it is one.
    """
    ours, theirs, before = (_files(tree) for tree in (base, head, fork_point))
    gone = {path for path in before if path not in theirs}
    changed = {path: body for path, body in theirs.items() if before.get(path) != body}
    kept = {path: body for path, body in ours.items() if path not in gone}
    return MemoryTree({**kept, **changed}, head.label)


def _files(tree: MemoryTree) -> dict[str, bytes]:
    return {path: tree.read(path) for path in tree.paths()}


def _place(member: tarfile.TarInfo) -> str | None:
    """Where it is in the repository, without the folder that GitHub puts around it; None for what is left out.

    Links are left out as every tree leaves them out, and so are names that leave the tree or that nobody means well.
    """
    parts = PurePosixPath(member.name).parts[1:]
    odd = member.name.startswith("/") or ".." in parts or "\\" in member.name or "\0" in member.name
    if not member.isreg() or not parts or odd or len(parts) > MOST_DEPTH or len(member.name) > MOST_NAME:
        return None
    name = "/".join(parts)
    try:
        name.encode()
    except UnicodeEncodeError:
        return None
    return name


class _Pieces(io.RawIOBase):
    """A response as a file that is read forwards. Raises FileError beyond MOST_DOWNLOADED bytes."""

    def __init__(self, response: httpx.Response):
        self._pieces: Iterator[bytes] = response.iter_raw()
        self._rest = b""
        self._read = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._read += len(piece)
            if self._read > MOST_DOWNLOADED:
                raise FileError(f"the repository's archive is larger than {MOST_DOWNLOADED:,} bytes")
            self._rest += piece
        size = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:size], self._rest[size:]
        return given
