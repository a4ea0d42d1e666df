"""The summary by a model in a workflow: the real SDK on a real wire, and who never gets near the key."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from origin import Origin
from pydantic import SecretStr
from runner import Expressions, Runner
from workflows import workflows
from world import ACTIONS_BOT, GitHub

from bot.action.job import Job
from bot.action.summing import models_of
from bot.model import PullRequest
from bot.summary.model import Draft, Sentence
from checks.settings import Settings
from tests.bot.summary.messages_api import KEY, Asked, Handler, State, answers, messages_api

WORKFLOW = workflows("docs/action.md")["Migrations with a summary"]
FIRST = "-- +goose Up\nCREATE TABLE orders (id bigint PRIMARY KEY, customer bigint, note text);\n-- +goose Down\nDROP TABLE orders;\n"
INDEX = (
    "-- +goose Up\nCREATE INDEX orders_customer ON orders (customer);\nALTER TABLE orders DROP COLUMN note;\n"
    "-- +goose Down\nALTER TABLE orders ADD COLUMN note text;\nDROP INDEX orders_customer;\n"
)
SAID = "Writes on `public.orders` wait until commit, because of a `SHARE` lock."
SCRIPT = """
import os, psycopg
open("seen.txt", "w").write(repr(dict(os.environ)))
psycopg.connect(os.environ["DATABASE_URL"], autocommit=True).execute("CREATE TABLE baskets (id bigint PRIMARY KEY)")
"""
CONFIGURATION = f"provider: bundled\ncommands:\n  migrate: {sys.executable} migrate.py\n  rollback: ''\n"


@pytest.fixture(scope="module")
def api() -> Iterator[tuple[State, str]]:
    with messages_api() as (state, url):
        state.always = writes
        yield state, url


@pytest.fixture(scope="module")
def runner(
    github: GitHub,
    expressions: Expressions,
    origin: Origin,
    api: tuple[State, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Runner:
    origin.commit("main", {"db/migrations/00001_orders.sql": FIRST, ".github/migration.yml": CONFIGURATION})
    folder, url = tmp_path_factory.mktemp("runner"), github.front.url
    made = Runner(expressions, folder, origin.bare, url, ANTHROPIC_BASE_URL=api[1])
    made.secrets = {"ANTHROPIC_API_KEY": KEY}
    return made


def writes(handler: Handler, asked: Asked) -> None:
    """A model that does as it should, and one sentence that nothing in the report says."""
    report = json.loads(re.findall(r"<data \w+>\n(.*?)\n</data", asked.user, re.DOTALL)[0])
    if "findings" not in report:  # a hard case, for which this model has nothing to say
        handler.error(400, "no")
        return
    (finding,) = [one["id"] for one in report["findings"] if one["rule"] == "index-without-concurrently"]
    [migration] = [one for one in report["migrations"] if "index" in one["path"]]
    statement = migration["statements"][0]["id"]
    draft = Draft(
        headline=Sentence(text="An index build on `orders` stops all writes.", rests_on=(finding, statement)),
        changes=(Sentence(text="It builds an index on `public.orders`.", rests_on=(statement,)),),
        running_system=(Sentence(text=SAID, rests_on=(finding, statement)),),
        rollout=(Sentence(text="It also drops `public.invoices`.", rests_on=(statement,)),),
        rollback=(),
        open=(),
    )
    answers(draft)(handler, asked)


def opened(github: GitHub, branch: str, **pull: Any) -> dict[str, Any]:
    number = github.open(branch, {"notes.md": branch})
    return github.payload(action="opened", number=number, pull_request=github.pull_payload(number) | pull)


def test_a_model_writes_it_and_the_command_of_the_change_has_no_key(
    github: GitHub, origin: Origin, runner: Runner, api: tuple[State, str]
) -> None:
    event = opened(github, "summed-up")
    merge = origin.pull(event["number"], {"db/migrations/00002_index.sql": INDEX, "migrate.py": SCRIPT})

    result = runner.run(WORKFLOW, "pull_request", event, merge, "actions-token")

    assert result.code == 1 and api[0].asked, result.log
    found = github.ask("GET", f"/issues/{event['number']}/comments?per_page=100")
    (comment,) = [one["body"] for one in found if one["user"]["login"] == ACTIONS_BOT]
    for text in (comment, result.summary):
        assert SAID in text and "invoices" not in text, "what does not hold is not shown"
    left = json.loads((runner.artifacts / "1001" / "migration-report" / "report.json").read_text())
    assert left["summary"]["written_by"] == "claude-sonnet-5-5" and left["verdict"] == "fail"
    assert left["summary"]["escalation"]["error_type"], "a hard case is handed on as the App does it"
    assert any("invoices" in one["text"] for one in left["summary"]["dropped"])
    (seen,) = [path.read_text() for path in runner.artifacts.parent.glob("job-*/*/seen.txt")]
    assert "DATABASE_URL" in seen and KEY not in seen and "actions-token" not in seen
    assert KEY not in result.log and KEY not in comment


@pytest.mark.parametrize(
    ("event", "fork", "key", "asks"),
    [
        ("pull_request", False, KEY, True),
        ("pull_request", False, "", False),
        # Also where a setting of the repository gives its secrets to forks: a stranger starts that run.
        ("pull_request", True, KEY, False),
        # Somebody with write access has asked for it in a comment.
        ("issue_comment", True, KEY, True),
    ],
)
def test_whom_a_model_is_asked_for(event: str, fork: bool, key: str, asks: bool) -> None:
    job = Job.model_construct(event=event, model_key=SecretStr(key))
    pull_request = PullRequest.model_construct(fork=fork)
    assert (models_of(job, Settings(), pull_request) is not None) is asks
    assert models_of(job, Settings(summary="template"), pull_request) is None


def test_others_of_the_same_user_cannot_read_what_the_process_was_started_with() -> None:
    asked = "import ctypes; from bot.action.closed import close_to_others; close_to_others(); print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    shown = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert shown.stdout == "0\n", "PR_GET_DUMPABLE (prctl(2))"
