"""What the tests of the doors share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import Command, Repository, run


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return Repository(tmp_path)


@pytest.fixture
def migration() -> Command:
    """Run ``migration ARGUMENTS`` in a folder, as a shell would."""
    return run
