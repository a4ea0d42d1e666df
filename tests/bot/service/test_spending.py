"""The money: what is put aside, what is given back, and where it ends; on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from world import url_of

from bot.model import PullRequest
from bot.store import Store, open_store
from bot.store.database import now
from bot.store.retention import expire, forget
from bot.store.reviews import Review, Reviews, State
from bot.store.spending import Spending
from bot.store.tables import model_calls
from bot.summary.model import Sentence, Summary, Usage
from bot.summary.settings import ModelSettings
from tests.bot.sample_reports import PULL_REQUEST, failing_report

LIMITS = ModelSettings(dollars_per_review=1, dollars_per_installation=2, dollars_per_day=3)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path}/state.db")
    else:
        opened = open_store(url_of(request.getfixturevalue("database")))
    yield opened
    opened.close()


def spending(store: Store, review: str = "r1", **pull_request: object) -> Spending:
    place = PullRequest.model_validate(PULL_REQUEST.model_dump() | pull_request)
    return Spending(
        store, LIMITS, Review(id=review, pull_request=place, state=State.RUNNING, created_at=now())
    )


def usage(dollars: float) -> Usage:
    return Usage(model="m", purpose="summary", dollars=dollars)


def spend(ledger: Spending, dollars: float, key: str = "k", answer: str = "") -> str:
    refusal = ledger.reserve(key, usage(dollars))
    if not refusal:
        ledger.settle(key, usage(dollars), answer)
    return refusal


def test_a_review_ends_at_its_limit(store: Store) -> None:
    ledger = spending(store)
    assert spend(ledger, 0.9) == ""
    assert "one review" in spend(ledger, 0.2)
    assert spend(ledger, 0.1) == "", "what was refused was not counted"


def test_what_was_put_aside_and_not_needed_is_there_again(store: Store) -> None:
    ledger = spending(store)
    assert ledger.reserve("k", usage(1)) == ""
    assert "one review" in ledger.reserve("other", usage(0.5))
    ledger.settle("k", usage(0.01), "")
    assert ledger.reserve("other", usage(0.5)) == ""


def test_a_call_whose_end_nobody_saw_counts_with_the_most_it_can_cost(store: Store) -> None:
    assert spending(store).reserve("k", usage(0.9)) == ""
    assert "one review" in spend(spending(store), 0.2), "as after a crash"


def test_an_installation_ends_at_its_limit_and_others_go_on_until_the_day_is_spent(store: Store) -> None:
    assert [spend(spending(store, f"a{one}"), 1) for one in range(2)] == ["", ""]
    assert "one installation" in spend(spending(store, "a3"), 0.5)
    assert spend(spending(store, "b1", installation=2), 0.9) == ""
    assert "all of this service" in spend(spending(store, "c1", installation=3), 0.5)


def test_a_new_day_has_new_money_but_a_review_does_not(store: Store) -> None:
    assert [spend(spending(store, f"a{one}"), 1) for one in range(2)] == ["", ""]
    with store.engine.begin() as connection:
        connection.execute(sa.update(model_calls).values(at=now() - timedelta(days=1)))
    assert spend(spending(store, "a3"), 1) == ""
    assert "one review" in spend(spending(store, "a1"), 0.5)


def test_an_answer_is_remembered_in_its_repository_only(store: Store) -> None:
    spend(spending(store), 0.1, answer="red")
    assert spending(store, "later").remembered("k") == "red"
    assert spending(store, "later").remembered("another") is None
    assert spending(store, "later", repository="other").remembered("k") is None


def test_a_forgotten_repository_takes_its_answers_along_and_not_the_bill(store: Store) -> None:
    reviews = Reviews(store)
    summary = Summary(headline=Sentence(text="It drops a table.", rests_on=()))
    reviews.keep("r1", PULL_REQUEST, failing_report())
    reviews.keep_summary("r1", PULL_REQUEST, summary)
    assert reviews.summary("r1") == summary
    spend(spending(store), 1, answer="red")
    assert forget(store, PULL_REQUEST.full_name) >= 3
    assert reviews.summary("r1") is None and spending(store).remembered("k") is None
    assert "one review" in spend(spending(store), 0.5)


def test_what_is_old_expires(store: Store) -> None:
    reviews = Reviews(store)
    reviews.keep("r1", PULL_REQUEST, failing_report())
    reviews.keep_summary("r1", PULL_REQUEST, Summary(headline=Sentence(text="It drops.", rests_on=())))
    spend(spending(store), 1, answer="red")
    expire(store, -1)
    assert reviews.summary("r1") is None and spending(store).remembered("k") is None
    assert spend(spending(store), 1) == ""
