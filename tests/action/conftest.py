"""One GitHub and one evaluator of expressions for the tests of a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from origin import Origin
from runner import Expressions, Runner, expressions
from world import GitHub, github


@pytest.fixture(scope="module", name="github")
def github_fixture() -> Iterator[GitHub]:
    with github() as found:
        yield found


@pytest.fixture(scope="module", name="expressions")
def expressions_fixture() -> Iterator[Expressions]:
    with expressions() as found:
        yield found


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Origin:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return Origin(tmp_path_factory.mktemp("origin"))


@pytest.fixture(scope="module")
def runner(
    github: GitHub, expressions: Expressions, origin: Origin, tmp_path_factory: pytest.TempPathFactory
) -> Runner:
    return Runner(expressions, tmp_path_factory.mktemp("runner"), origin.bare, github.front.url)
