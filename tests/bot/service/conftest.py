"""One GitHub and one service for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from world import GitHub, ServiceProcess, github


@pytest.fixture(scope="module", name="github")
def github_fixture() -> Iterator[GitHub]:
    with github() as found:
        yield found


@pytest.fixture(scope="module")
def service(github: GitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    process = ServiceProcess(github, Path(tmp_path_factory.mktemp("service")))
    process.start()
    yield process
    assert process.stop() == 0, process.log.read_text()[-3000:]
