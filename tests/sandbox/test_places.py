"""Where things are kept: a cache of one's own, run directories that nobody else sweeps while they are held."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from checks.sandbox import places


@pytest.fixture
def fresh_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    places.cache_directory.cache_clear()
    monkeypatch.setattr(places, "cache_directory", places.cache_directory.__wrapped__)


def test_the_cache_is_private_and_where_xdg_says(
    fresh_cache: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    directory = places.cache_directory()
    assert directory == tmp_path / "migration-specialist"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_without_a_writable_home_there_is_one_for_the_process(
    fresh_cache: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    directory = places.cache_directory()
    assert directory.is_dir()
    assert not directory.is_relative_to(tmp_path)


def test_a_run_directory_is_private_and_short() -> None:
    run = places.RunDirectory(needed_mb=1)
    try:
        assert stat.S_IMODE(run.path.stat().st_mode) == 0o700
        assert len(str(run.path / "sockets" / ".s.PGSQL.5432")) < 100
        places.sweep()
        assert run.path.exists()
    finally:
        run.remove()
    assert not run.path.exists()


def test_memory_that_is_too_small_is_not_used() -> None:
    run = places.RunDirectory(needed_mb=1 << 30)
    try:
        assert not run.path.is_relative_to(places.SHARED_MEMORY)
    finally:
        run.remove()


def test_one_without_a_lock_is_left_alone_until_it_is_old() -> None:
    directory = places._temporary() / f"{places.PREFIX}test-{os.getpid()}"
    directory.mkdir()
    places.sweep()
    assert directory.exists()
    os.utime(directory, (1, 1))
    places.sweep()
    assert not directory.exists()


def test_a_link_to_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    link = places._temporary() / f"{places.PREFIX}link-{os.getpid()}"
    link.symlink_to(tmp_path / "precious")
    os.utime(tmp_path / "precious", (1, 1))
    try:
        places.sweep()
        assert (tmp_path / "precious").exists()
    finally:
        link.unlink()
