"""``migration doctor``, as whoever sets the service up runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from world import GitHub, ServiceProcess

ADDRESS = "https://migration.example.org"


def test_everything_that_is_wrong_is_named_with_what_to_do(github: GitHub, tmp_path: Path) -> None:
    named = examined(ServiceProcess(github, tmp_path), GITHUB_APP_ID="", GITHUB_PRIVATE_KEY="")
    assert named["state directory"].startswith("ok")
    assert named["sandbox"].startswith("ok")
    assert named["address"].startswith("WRONG") and "MIGRATION_PUBLIC_URL" in named["address"]
    assert named["credentials"].startswith("WRONG")
    assert named["models"].startswith("ok") and "by a template" in named["models"]


def test_a_configured_service_is_asked_about_on_github(github: GitHub, tmp_path: Path) -> None:
    named = examined(ServiceProcess(github, tmp_path), MIGRATION_PUBLIC_URL=ADDRESS)
    assert named["address"].startswith("ok")
    assert named["credentials"].startswith("ok")
    assert (
        "the App lacks merge_queues: read, event merge_group" in named["GitHub"]
    )  # as the counterpart made it
    assert named["installations"].startswith("ok") and "acme" in named["installations"]
    assert named["webhook"].startswith("WRONG") and f"not to {ADDRESS}/webhook" in named["webhook"]


def examined(service: ServiceProcess, **settings: str) -> dict[str, str]:
    """Name of a check → what was said of it, with the line of advice."""
    service.state.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main()", "doctor"],
        env={**service.environment(), **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    named: dict[str, str] = {}
    for line in done.stdout.splitlines():
        if line.startswith(("ok", "WRONG")):
            name = line[7:].partition(":")[0]
            named[name] = line
        else:
            named[name] += line
    return named
