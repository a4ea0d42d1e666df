"""Tarballs from GitHub, and what strangers may put into them."""

from __future__ import annotations

import io
import tarfile

import pytest

from bot.github import files
from bot.publishing import diff_lines
from checks.errors import FileError
from checks.trees import MemoryTree


def archive(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> io.BytesIO:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as package:
        for name, body in members:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(body), "/etc/passwd"
            package.addfile(info, io.BytesIO(body))
    buffer.seek(0)
    return buffer


def unpacked(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> list[str]:
    return list(files.unpack(archive(*members, kind=kind), "x").paths())  # type: ignore[arg-type]


def test_files_are_read_without_the_folder_around_them() -> None:
    tree = files.unpack(archive(("acme-shop-1/db/1.sql", b"select 1")), "abc")  # type: ignore[arg-type]
    assert list(tree.paths()) == ["db/1.sql"] and tree.read("db/1.sql") == b"select 1" and tree.label == "abc"


@pytest.mark.parametrize(
    "name", ["x/../../etc/passwd", "/x/etc/passwd", "x/a\\b", "x/" + "d/" * 40 + "f", "x"]
)
def test_names_that_leave_the_tree_are_left_out(name: str) -> None:
    assert unpacked((name, b"1"), ("x/ok", b"1")) == ["ok"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_left_out(kind: bytes) -> None:
    assert unpacked(("x/link", b""), kind=kind) == []


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 2)
    with pytest.raises(FileError, match="more than 2 files"):
        unpacked(("x/1", b""), ("x/2", b""), ("x/3", b""))


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_UNPACKED", 10)
    with pytest.raises(FileError, match="larger than 10 bytes"):
        unpacked(("x/1", b"123456"), ("x/2", b"123456"))


@pytest.mark.parametrize("body", [b"", b"no archive", b"\x1f\x8b\x08\x00broken"])
def test_what_is_no_archive_is_said(body: bytes) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        files.unpack(io.BytesIO(body), "x")  # type: ignore[arg-type]


def test_the_head_is_seen_as_a_merge_would_make_it() -> None:
    base = MemoryTree({"1.sql": "1", "2.sql": "of the base", "gone.sql": "x"})
    before = MemoryTree({"1.sql": "1", "gone.sql": "x"})
    head = MemoryTree({"1.sql": "edited", "3.sql": "of the pull request"})
    merged = files.merged(base, before, head)
    assert {path: merged.read(path) for path in merged.paths()} == {
        "1.sql": b"edited",
        "2.sql": b"of the base",
        "3.sql": b"of the pull request",
    }


def test_the_lines_of_the_head_that_a_diff_shows() -> None:
    patch = "@@ -1,3 +1,4 @@\n a\n-b\n+B\n+C\n d\n@@ -10 +12 @@ where\n-x\n+y\n\\ No newline at end of file"
    assert diff_lines(patch) == {1, 2, 3, 4, 12}
