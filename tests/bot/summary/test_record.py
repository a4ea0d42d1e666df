"""Which reports are handed on, by rule, and what the record says of them."""

from __future__ import annotations

import pytest
from messages_api import State, answers, fails
from sample_reports import CURRENCY_PATH, failing_report

from bot.summary.client import Models
from bot.summary.escalate import escalate
from bot.summary.escalation import error_types, record
from bot.summary.ledger import OneReview
from bot.summary.model import ErrorType
from bot.summary.prompts import examples
from bot.summary.settings import ModelSettings
from checks.model.observations import SqlError
from checks.model.report import Report, Verdict
from checks.model.rollback import DataLoss, RollbackProof, RollbackStatus
from tests.bot.summary.cases import USERS, report

FAILURE, INTEGRITY = ErrorType.MIGRATION_FAILURE, ErrorType.DATA_INTEGRITY
BACKFILL, ROLLBACK = ErrorType.COMPLEX_BACKFILL, ErrorType.ROLLBACK_COMPLEXITY


def rolled_back(status: RollbackStatus, *lost: DataLoss) -> dict[str, object]:
    return {"rollback": RollbackProof(status=status, data_lost=lost)}


DUPLICATE = SqlError(
    sqlstate="23505",
    message='could not create unique index "users_email"',
    detail="Key (email)=(a@example.org) is duplicated.",
)
CAST = SqlError(sqlstate="22P02", message='invalid input syntax for type integer: "a secret"')
LOST = DataLoss(relation="public.users", column="email", rows=20)


@pytest.mark.parametrize(
    ("found", "kinds"),
    [
        (report("SELECT 1"), ()),
        (report("UPDATE users SET a = 1 WHERE a IS NULL"), ()),
        (report("INSERT INTO users VALUES (1), (2)", "INSERT INTO users VALUES (3)"), ()),
        (report("CREATE TABEL x ()", error=SqlError(sqlstate="42601", message="syntax error")), (FAILURE,)),
        (report("CREATE UNIQUE INDEX i ON users (email)", error=DUPLICATE), (FAILURE, INTEGRITY)),
        (report("SELECT 1", **rolled_back(RollbackStatus.DATA_LOST, LOST)), (INTEGRITY, ROLLBACK)),
        (report("UPDATE a SET x = 1", "UPDATE a SET y = 2"), (BACKFILL,)),
        (report("UPDATE a SET x = b.x FROM b WHERE b.id = a.id"), (BACKFILL,)),
        (report("UPDATE a SET x = (SELECT max(x) FROM b)"), (BACKFILL,)),
        (report("INSERT INTO a SELECT * FROM b"), (BACKFILL,)),
        (report("DELETE FROM a USING b WHERE b.id = a.id"), (BACKFILL,)),
        (report("SELECT 1", **rolled_back(RollbackStatus.MISSING)), (ROLLBACK,)),
        (report("SELECT 1", **rolled_back(RollbackStatus.IRREVERSIBLE)), (ROLLBACK,)),
        (report("SELECT 1", **rolled_back(RollbackStatus.DIFFERS)), (ROLLBACK,)),
        (report("SELECT 1", **rolled_back(RollbackStatus.UNPROVEN)), ()),
    ],
)
def test_which_of_the_four_apply(found: Report, kinds: tuple[ErrorType, ...]) -> None:
    assert error_types(found) == kinds
    escalation = record(found, asked=False)
    assert (escalation is None) is (not kinds)
    assert escalation is None or (escalation.error_type, *escalation.also) == kinds


def test_the_record_has_errors_rows_what_was_tried_and_no_value() -> None:
    failing = failing_report()
    seen = tuple(one.model_copy(update={"tables": (USERS,)}) for one in failing.migrations)
    found = record(failing.model_copy(update={"migrations": seen}), asked=False)
    assert found is not None
    assert any("(SQLSTATE 23502)" in line for line in found.details)
    assert any(line.startswith(f"Down of `{CURRENCY_PATH}`: unproven") for line in found.details)
    assert (
        "Tried: Without NOT NULL on `orders.currency` → it works. Up runs. Repair the rows first."
        in found.attempted
    )
    assert "Proven by running it: Build it CONCURRENTLY." in found.attempted
    for error in (DUPLICATE, CAST):
        written = record(report("SELECT 1", error=error), asked=False)
        assert written is not None and written.context[0] == "Current schema: `public.users` (email text)."
        assert "a@example.org" not in str(written) and "a secret" not in str(written)


def test_where_no_simple_fix_applies_that_is_what_was_attempted() -> None:
    found = record(report("SELECT 1", error=CAST), asked=False)
    assert found is not None
    assert found.attempted == (
        "None of the simple fixes (syntax, constraint, order, transaction, CONCURRENTLY) applies to SQLSTATE 22P02, "
        "so none was run.",
    )


def test_the_quick_model_may_ask_for_it_by_itself() -> None:
    assert record(report("SELECT 1"), asked=False) is None
    found = record(report("SELECT 1"), asked=True)
    assert found is not None and found.why == "The quick model asks for it itself."


@pytest.mark.parametrize(
    "unanswered",
    [report(error=None), report("CREATE UNIQUE INDEX i ON users (email)", error=DUPLICATE, tables=())],
)
def test_a_case_whose_questions_the_evidence_leaves_open_is_not_handed_on(unanswered: Report) -> None:
    assert record(unanswered, asked=True) is None


def test_all_four_questions_are_answered() -> None:
    found = record(report("CREATE UNIQUE INDEX i ON users (email)", error=DUPLICATE), asked=False)
    assert found is not None and len(found.answers) == 4
    assert "public.users 20 rows" in found.answers[2]


# ── the quick model's prose


def models() -> Models:
    return Models(ModelSettings(provider="anthropic", seconds=60), OneReview(1.0))


def said(text: str) -> dict[str, object]:
    return {"text": text, "rests_on": ["goose:db/1/up/1"]}


FAILING = report("CREATE UNIQUE INDEX i ON users (email)", error=DUPLICATE)


def test_prose_that_holds_is_in_the_record_and_what_does_not_hold_is_dropped(api: State) -> None:
    prose = {
        "goal": said("It makes `email` of `public.users` unique."),
        "why": said("Rows of `public.nowhere` stand against it."),
        "suggested_action": said("Repair the rows of `public.users` first."),
    }
    api.always = answers(prose)
    found, dropped = escalate(FAILING, models(), asked=False)
    assert found is not None
    assert found.suggested_action == "Repair the rows of `public.users` first."
    assert found.why.startswith("The migration does not run")
    assert [one.text for one in dropped if one.text] == ["Rows of `public.nowhere` stand against it."]


def test_a_model_that_does_not_answer_leaves_our_own_sentences(api: State) -> None:
    api.always = fails(400)
    found, dropped = escalate(FAILING, models(), asked=False)
    assert found == record(FAILING, asked=False)
    assert len(dropped) == 1


def test_nothing_is_asked_where_nothing_applies(api: State) -> None:
    assert escalate(report("SELECT 1"), models(), asked=False) == (None, ())
    assert not api.asked


def test_no_value_of_a_row_and_no_secret_of_the_error_is_sent(api: State) -> None:
    api.always = fails(400)
    for error in (DUPLICATE, CAST):
        escalate(report("SELECT 1", error=error), models(), asked=False)
    sent = "".join(asked.user for asked in api.asked)
    assert sent and "a@example.org" not in sent and "a secret" not in sent


def test_the_example_of_a_failure_is_a_case() -> None:
    (failing,) = [one.report for one in examples() if one.report.verdict is Verdict.FAIL]
    found = record(failing, asked=False)
    assert found is not None and "public.orders 103 rows" in found.answers[2]
