"""What the tests from outside share."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from outside import Repository


@pytest.fixture(scope="session", autouse=True)
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache for all runs of these tests, and not the user's own."""
    directory = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(directory))
        yield directory


@pytest.fixture(scope="module")
def repository_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Repository]:
    """Make a repository in a new folder of this name."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return lambda name="repository", **base: Repository.with_base(
        tmp_path_factory.mktemp("work") / name, **base
    )
