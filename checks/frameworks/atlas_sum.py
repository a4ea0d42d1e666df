"""``atlas.sum``: what it says, and what the files say. Source: ``HashFile`` in ariga/atlas ``sql/migrate/dir.go``."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from checks.frameworks.files import near_miss
from checks.model.migrations import Problem

_IGNORED = re.compile(rb"[ -~]*atlas:sum +ignore")
_MOST_LINES = 100_000
_FIX = "Run `atlas migrate hash` on purpose, not to silence this."


class Hashed(NamedTuple):
    """A file and the hash over it and all files before it."""

    name: str
    hash: str


def hash_files(files: Sequence[tuple[str, bytes]]) -> list[Hashed]:
    """Name and content of each file, in order → ``h1`` hashes (SHA-256, base64), each over everything so far.

    A file whose first line says ``atlas:sum ignore`` counts by its name and has no entry.
    """
    total = hashlib.sha256()
    hashed = []
    for name, body in files:
        total.update(name.encode())
        if _IGNORED.match(body):
            continue
        total.update(body)
        hashed.append(Hashed(name, b64encode(total.digest()).decode()))
    return hashed


def sum_of(hashed: Sequence[Hashed]) -> str:
    """The hash in the first line of ``atlas.sum``."""
    total = hashlib.sha256()
    for entry in hashed:
        total.update(entry.name.encode())
        total.update(entry.hash.encode())
    return b64encode(total.digest()).decode()


def check_sum(path: str, text: str, folder_files: Sequence[tuple[str, bytes]]) -> Iterator[Problem]:
    """At most one problem per cause: an entry without file, a file without entry, a file that was edited.

    ``folder_files`` are names and contents as Atlas hashes them. Atlas refuses to run as long as there is one.
    """
    first, *lines = text.splitlines() or [""]
    if len(lines) > _MOST_LINES:
        yield near_miss(path, 1, f"atlas.sum has more than {_MOST_LINES:,} lines and was not checked.")
        return
    pairs = [line.rpartition("h1:")[::2] for line in lines if line.strip()]
    said = [Hashed(name.strip(), hash) for name, hash in pairs]
    real = hash_files(folder_files)
    said_names, real_names = [entry.name for entry in said], [entry.name for entry in real]
    for number, name in enumerate(said_names, start=2):
        if name not in real_names:
            message = f"Atlas refuses to run: atlas.sum lists {name}, but there is no such file. {_FIX}"
            yield near_miss(path, number, message)
    for name in real_names:
        if name not in said_names:
            message = (
                f"Atlas refuses to run: atlas.sum does not list {name}. Add it with `atlas migrate hash`."
            )
            yield near_miss(path, len(lines) + 1, message)
    if sorted(said_names) == sorted(real_names):
        yield from _edited(path, first, said, real)


def _edited(path: str, first: str, said: Sequence[Hashed], real: Sequence[Hashed]) -> Iterator[Problem]:
    for number, (entry, expected) in enumerate(zip(said, real, strict=True), start=2):
        if entry.name != expected.name:
            message = f"Atlas refuses to run: atlas.sum has {entry.name} where {expected.name} is due. {_FIX}"
            yield near_miss(path, number, message)
            return
        if entry.hash != expected.hash:
            message = (
                f"Atlas refuses to run: {entry.name} is not the file that atlas.sum was made for (or one before it was). "
                f"{_FIX}"
            )
            yield near_miss(path, number, message)
            return
    if first.removeprefix("h1:").strip() != sum_of(real):
        message = f"Atlas refuses to run: the first line of atlas.sum does not fit the lines below it. {_FIX}"
        yield near_miss(path, 1, message)
