"""Making the App: one link, once, and credentials that nobody else reads."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from world import GitHub

from bot.github.credentials import read_credentials
from bot.service import Config
from bot.setup import Setup
from checks.errors import UsageError


@pytest.fixture
def config(github: GitHub, tmp_path: Path) -> Config:
    front = github.front.url
    return Config(state=tmp_path, github_api=f"{front}/", github_url=front, public_url="http://testserver")


def test_the_way_from_the_link_to_the_credentials(github: GitHub, config: Config) -> None:
    setup = Setup(config, "the-token")
    done: list[bool] = []
    setup.when_done = lambda: done.append(True)
    with TestClient(setup.app(), follow_redirects=False) as browser:
        assert browser.get("/setup").status_code == 403 == browser.get("/setup?token=guessed").status_code
        form = browser.get("/setup?token=the-token").text
        state = re.search(r"state=([\w-]+)", form)
        assert state and "pull_requests" in form
        assert browser.get("/setup/done?code=c&state=forged").status_code == 403
        answer = browser.get(f"/setup/done?code=c&state={state[1]}")
        assert answer.status_code == 303 and answer.headers["location"].endswith("/installations/new")
        assert browser.get("/setup?token=the-token").status_code == 410, "refused once configured"
        assert browser.get(f"/setup/done?code=c&state={state[1]}").status_code == 410
    assert done and github.front.state.violations == []
    file = config.credentials_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    credentials = read_credentials({}, file)
    assert credentials and credentials.slug == "made" and "made-webhook-secret" not in repr(credentials)


def test_another_browser_cannot_end_what_one_began(config: Config) -> None:
    setup = Setup(config, "the-token")
    with TestClient(setup.app()) as browser, TestClient(setup.app()) as another:
        state = re.search(r"state=([\w-]+)", browser.get("/setup?token=the-token").text)
        assert state and another.get(f"/setup/done?code=c&state={state[1]}").status_code == 403


def test_a_credentials_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    file.write_text(json.dumps({}))
    file.chmod(0o644)
    with pytest.raises(UsageError, match="can be read by others"):
        read_credentials({}, file)
