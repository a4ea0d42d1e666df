"""What the runner tells a job: the event, the inputs of the Action, and where results go.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr, ValidationError

from bot.action.closed import close_to_others
from bot.exit_codes import FailOn
from bot.github.client import API_URL, WRITE_PAUSE_SECONDS, with_token
from bot.github.repository import Repository
from bot.model import Model
from bot.payloads import Payload
from checks.errors import UsageError

BOT = "github-actions[bot]"
"""The account that a job's own token writes with."""
TOKEN, MODEL_KEY = "INPUT_TOKEN", "INPUT_ANTHROPIC_API_KEY"
HERE = "This is for a job of GitHub Actions (docs/action.md). On your machine: migration validate."
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Inputs(Model):
    """Those of ``action.yml``, from ``INPUT_`` and the name in capitals; None where the configuration decides."""

    path: str = ""
    base: str = ""
    fail_on: FailOn | None = None
    postgres: int | None = None
    provider: Literal["auto", "docker", "installed", "bundled", "server"] | None = None
    server_url: str | None = None
    require_isolation: Literal["container", "namespace", "none"] | None = None
    comment: bool = True
    check: bool = True


class Job(Model):
    event: str
    payload: Payload
    sha: str
    """The commit that the event is about: of a pull request the one that GitHub merged to try it."""
    ref: str
    owner: str
    name: str
    api_url: str
    server_url: str
    run: str
    """Id and attempt, ``"123.1"``: names this run for ever."""
    run_url: str
    folder: Path
    """Where the reports go, and where a downloaded one lies."""
    summary: Path
    output: Path
    inputs: Inputs
    token: SecretStr
    model_key: SecretStr
    """For Anthropic's API; empty where the workflow gives none."""
    write_pause: float

    def repository(self) -> Repository:
        """The repository, with the token of the job."""
        client = with_token(self.token.get_secret_value(), f"{self.api_url}/", self.write_pause)
        return Repository(client, 0, self.owner, self.name, BOT)


def read_job(environment: MutableMapping[str, str]) -> Job:
    """The job that this process is a step of. Takes the secrets out, so that no child has them in its environment.

    Raises UsageError for what is missing or wrong.
    """
    close_to_others()
    token, model_key = environment.pop(TOKEN, ""), environment.pop(MODEL_KEY, "")
    given = {name: value for name, value in environment.items() if value}
    owner, _, name = _required(given, "GITHUB_REPOSITORY").partition("/")
    server, run = given.get("GITHUB_SERVER_URL", "https://github.com"), given.get("GITHUB_RUN_ID", "0")
    sha = _required(given, "GITHUB_SHA")
    if not _SHA.fullmatch(sha):
        raise UsageError(f"GITHUB_SHA is no commit: {sha!r}", hint=HERE)
    return Job(
        event=_required(given, "GITHUB_EVENT_NAME"),
        payload=_payload(Path(_required(given, "GITHUB_EVENT_PATH"))),
        sha=sha,
        ref=given.get("GITHUB_REF", ""),
        owner=owner,
        name=name,
        api_url=given.get("GITHUB_API_URL", API_URL).rstrip("/"),
        server_url=server,
        run=f"{run}.{given.get('GITHUB_RUN_ATTEMPT', '1')}",
        run_url=f"{server}/{owner}/{name}/actions/runs/{run}",
        folder=Path(_required(given, "RUNNER_TEMP")) / "migration-specialist",
        summary=Path(_required(given, "GITHUB_STEP_SUMMARY")),
        output=Path(_required(given, "GITHUB_OUTPUT")),
        inputs=_inputs(given),
        token=SecretStr(token),
        model_key=SecretStr(model_key),
        write_pause=float(given.get("MIGRATION_WRITE_PAUSE", WRITE_PAUSE_SECONDS)),
    )


def _required(given: MutableMapping[str, str], name: str) -> str:
    if name not in given:
        raise UsageError(f"{name} is not set", hint=HERE)
    return given[name]


def _payload(path: Path) -> Payload:
    try:
        return Payload.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"the event cannot be read: {error.strerror}", hint=HERE, path=str(path)) from error
    except ValidationError as error:
        place = error.errors(include_input=False)[0]["loc"]
        raise UsageError(f"the event is not as GitHub writes it: {place}", hint=HERE) from error


def _inputs(given: MutableMapping[str, str]) -> Inputs:
    names = {f"INPUT_{name.upper()}": name for name in Inputs.model_fields}
    values: dict[str, Any] = {name: given[variable] for variable, name in names.items() if variable in given}
    try:
        return Inputs.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]).replace("_", "-")
        raise UsageError(f"the input {name}: {first['msg']}", hint="See docs/action.md.") from error
