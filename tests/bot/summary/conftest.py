"""A Messages API of our own for the tests of a file; each test finds it with nothing scripted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from messages_api import KEY, State, messages_api

from bot.summary.settings import KEYS


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[State, str]]:
    with messages_api() as (state, url):
        yield state, url


@pytest.fixture
def api(server: tuple[State, str], monkeypatch: pytest.MonkeyPatch) -> State:
    """The environment points at it, as a service's would."""
    state, url = server
    state.__init__()  # type: ignore[misc]
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
    return state
