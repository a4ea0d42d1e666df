"""A redesign on a real wire: asked for, run, sent back once, shown for what it is. The sandbox is the engine's own test."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from messages_api import State, answers, fails, says

from bot.summary.client import Models
from bot.summary.escalation import record
from bot.summary.ledger import OneReview
from bot.summary.literals import Literals
from bot.summary.model import Dropped, Redesign
from bot.summary.redesign import redesign
from bot.summary.settings import ModelSettings
from bot.summary.task import task_of
from checks.model.findings import AdviceFile, Attempt
from checks.model.observations import SqlError
from checks.proposals.model import Proof, Proposal
from tests.bot.summary.cases import report

SYNTAX = SqlError(sqlstate="42601", message='syntax error at or near ")"')
FIXED = AdviceFile(path="db/1.sql", content="-- +goose Up\nSELECT 1;\n")
ATTEMPT = Attempt(fix="syntax", title="Without the comma", worked=True, files=(FIXED,), gone=("db/0.sql",))
REPORT = report(
    "UPDATE users SET email = 'sk-live-secret' WHERE email = ''", "CREATE TABLE x (a int,)", error=SYNTAX
)
REPORT = REPORT.model_copy(
    update={
        "histories": tuple(
            one.model_copy(update={"id": "goose:db", "folder": "db"}) for one in REPORT.histories
        ),
        "migrations": tuple(one.model_copy(update={"attempts": (ATTEMPT,)}) for one in REPORT.migrations),
    }
)
UP = "-- +goose Up\nUPDATE users SET email = 'literal-1' WHERE email = '';\n-- +goose Down\nSELECT 1;\n"
WORKS = Proof(works=True, seen=("It ran up, down and up again.",), gone=("db/1.sql",))
FAILS = Proof(works=False, faults=("`db/2.sql` has no down.",))


def answer(
    content: str = UP, *, path: str = "db/2.sql", said: str = "It fails at `public.users`."
) -> dict[str, object]:
    return {
        "analysis": [{"text": said, "rests_on": ["goose:db/1"]}],
        "files": [{"path": path, "content": content}],
        "queries": ["SELECT 1 FROM users WHERE email = 'literal-1'"],
    }


def redesigned(prove: Callable[[Proposal], Proof]) -> tuple[Redesign | None, tuple[Dropped, ...]]:
    escalation = record(REPORT, asked=False)
    assert escalation is not None
    models = Models(ModelSettings(provider="anthropic", seconds=60), OneReview(2.0))
    return redesign(REPORT, escalation, models, prove)


def test_what_works_is_shown_with_the_strings_that_the_model_never_saw(api: State) -> None:
    api.always = answers(answer())
    run: list[Proposal] = []
    found, dropped = redesigned(lambda proposal: run.append(proposal) or WORKS)
    assert found is not None and found.works and found.gone == ("db/1.sql",) and dropped == ()
    assert "email = 'sk-live-secret' WHERE email = ''" in found.files[0].content
    assert found.queries == ("SELECT 1 FROM users WHERE email = 'sk-live-secret'",)
    assert found.files == run[0].files, "what is shown is what was run"
    assert (run[0].history, run[0].wanted, run[0].wanted_gone) == ("goose:db", (FIXED,), ("db/0.sql",))
    assert [asked.body["model"] for asked in api.asked] == ["claude-sonnet-5-5"]
    assert "sk-live-secret" not in json.dumps(api.asked[0].body)


def test_what_fails_is_sent_back_once_with_what_was_wrong(api: State) -> None:
    api.script.extend([answers(answer("broken")), answers(answer())])
    proofs = iter([FAILS, WORKS])
    found, _ = redesigned(lambda proposal: next(proofs))
    assert found is not None and found.works
    assert "`db/2.sql` has no down." in api.asked[1].user and "broken" in api.asked[1].user


def test_what_fails_twice_is_an_idea_that_does_not_work(api: State) -> None:
    api.always = answers(answer())
    found, _ = redesigned(lambda proposal: FAILS)
    assert found is not None and not found.works
    assert found.seen == FAILS.faults and len(api.asked) == 2


def test_an_analysis_alone_runs_nothing_and_what_it_makes_up_is_dropped(api: State) -> None:
    said = answer(said="It drops `public.payments`.")
    api.always = answers({**said, "files": [], "queries": []})

    def prove(proposal: Proposal) -> Proof:
        raise AssertionError("there is nothing to run")

    found, dropped = redesigned(prove)
    assert found is not None and not found.works and not found.files and found.analysis == ()
    assert [one.text for one in dropped] == ["It drops `public.payments`."]


@pytest.mark.parametrize(
    "behaviour", [fails(400), says("", stop_reason="refusal"), says("{"), says('{"files": 1}')]
)
def test_a_model_that_gives_nothing_leaves_the_record_alone(api: State, behaviour: object) -> None:
    api.always = behaviour  # type: ignore[assignment]
    found, dropped = redesigned(lambda proposal: WORKS)
    assert found is None and len(dropped) == 1


def test_literals_come_back_as_they_were_and_no_others() -> None:
    literals = Literals()
    sql = "INSERT INTO a VALUES ('it''s', '', 'b', 'it''s')"
    hidden = literals.hidden(sql)
    assert hidden == "INSERT INTO a VALUES ('literal-1', '', 'literal-2', 'literal-1')"
    assert literals.shown(hidden) == sql
    assert literals.shown("SELECT 'literal-3', 'literal-0'") == "SELECT 'literal-3', 'literal-0'"


def test_a_task_shows_how_the_tools_files_look() -> None:
    task = task_of(REPORT, Literals())
    assert task.example.startswith("-- +goose Up\n")
    assert task.without_transaction.startswith("-- +goose NO TRANSACTION\n")
    assert task.change[0].up[1] == "CREATE TABLE x (a int,)"
