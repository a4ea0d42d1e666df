"""What the tests of the doors share."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Command, Repository, run


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.fixture
def migration() -> Command:
    """Run ``migration ARGUMENTS`` in a folder, as a shell would."""
    return run
