"""Saved clusters: the longest known chain is found, the size limit holds, broken files do no harm."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from checks.sandbox import Server, open_server
from checks.sandbox.store import Store
from checks.settings import Settings

MB = 1 << 20


class Saved:
    """A server of which only ``save`` is asked: an archive of the given size."""

    def __init__(self, megabytes: int = 1) -> None:
        self.megabytes = megabytes

    def save(self, target: Path) -> bool:
        source = target.parent.with_name("source")
        source.mkdir(exist_ok=True)
        (source / "file").write_bytes(bytes(self.megabytes * MB))
        with tarfile.open(target, "w") as archive:
            archive.add(source, ".")
        return True


def put(store: Store, key: str, age: int, megabytes: int = 1) -> None:
    store.put(key, Saved(megabytes))  # type: ignore[arg-type]
    if store.path_for(key).exists():
        os.utime(store.path_for(key), (1_000_000_000 - age,) * 2)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", 10 * MB)


def test_the_longest_chain_is_found(store: Store) -> None:
    put(store, "a", 1)
    put(store, "b", 1)
    assert store.find(["a", "b", "c"]) == (1, store.path_for("b"))
    assert store.find(["a"]) == (0, store.path_for("a"))
    assert store.find(["x", "y"]) is None
    assert store.find([]) is None


def test_least_recently_used_goes_first(store: Store) -> None:
    for age, key in enumerate(["new", "middle", "old"]):
        put(store, key, age, megabytes=3)
    store.touch("old")
    put(store, "newest", 0, megabytes=3)
    assert [store.find([key]) is not None for key in ("newest", "old", "new", "middle")] == [
        True,
        True,
        True,
        False,
    ]
    assert sum(path.stat().st_size for path in store.directory.iterdir()) <= store.limit_bytes


def test_one_that_is_larger_than_the_limit_is_not_kept(store: Store) -> None:
    put(store, "small", 1)
    put(store, "huge", 0, megabytes=20)
    assert list(store.directory.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no archive", b"x" * 4096, bytes(4096)])
def test_what_is_no_archive_is_removed_and_an_older_one_found(store: Store, content: bytes) -> None:
    put(store, "a", 1)
    store.path_for("b").write_bytes(content)
    assert store.find(["a", "b"]) == (0, store.path_for("a"))
    assert not store.path_for("b").exists()


def test_one_that_was_cut_off_is_removed(store: Store) -> None:
    put(store, "a", 1)
    with store.path_for("a").open("r+b") as stream:
        stream.truncate(700_000)
    assert store.find(["a"]) is None


def test_a_draft_of_a_killed_process_goes_and_a_fresh_one_stays(store: Store) -> None:
    old, fresh = store.directory / "a.1.draft", store.directory / "b.2.draft"
    for draft in (old, fresh):
        draft.touch()
    os.utime(old, (1, 1))
    put(store, "a", 1)
    assert (old.exists(), fresh.exists()) == (False, True)


@pytest.mark.parametrize("key", ["../escape", "a/b", "", "a b"])
def test_a_key_is_a_plain_name(store: Store, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        store.path_for(key)


def test_touch_forgives_what_is_gone(store: Store) -> None:
    store.touch("gone")


def test_a_real_cluster_comes_back(tmp_path: Path) -> None:
    settings = Settings(provider="bundled")
    store = Store(tmp_path / "clusters", 200 * MB)
    with open_server(settings) as server:
        server.create("base")
        assert store.put("state", server)
    found = store.find(["earlier", "state"])
    assert found is not None
    with open_server(settings, snapshot=lambda _: found[1]) as again:
        _can_connect(again)


def _can_connect(server: Server) -> None:
    with server.connect("base") as app:
        app.execute("SELECT 1")
