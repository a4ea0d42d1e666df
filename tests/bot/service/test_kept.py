"""What the service keeps, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from world import url_of

from bot.model import Approval, AuditEntry, PullRequest, Waiver
from bot.store import Store, open_store
from bot.store.database import now
from bot.store.deliveries import Deliveries
from bot.store.records import Records
from bot.store.retention import expire, forget
from bot.store.reviews import Reviews, State
from checks.errors import UsageError
from tests.bot.sample_reports import failing_report

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PULL_REQUEST = PullRequest(
    installation=1,
    owner="acme",
    repository="shop",
    number=7,
    author="ann",
    base_ref="main",
    base_sha="b" * 40,
    head_ref="change",
    head_sha="1" * 40,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path}/state.db")
    else:
        opened = open_store(url_of(request.getfixturevalue("database")))
    yield opened
    opened.close()


def pushed(head: str) -> PullRequest:
    return PULL_REQUEST.model_copy(update={"head_sha": head * 40})


def test_a_delivery_is_taken_in_once_and_stays_open_until_it_is_handled(store: Store) -> None:
    inbox = Deliveries(store)
    assert inbox.take_in("one", "push", b"{}") and not inbox.take_in("one", "push", b"{}")
    assert [delivery.id for delivery in inbox.open()] == ["one"]
    inbox.handled("one", "ignored")
    assert not inbox.open() and not inbox.take_in("one", "push", b"{}")


def test_a_delivery_that_cannot_be_handled_is_not_tried_for_ever(store: Store) -> None:
    inbox = Deliveries(store)
    inbox.take_in("one", "push", b"{}")
    for _ in range(5):
        assert inbox.open()
        inbox.failed("one", "why", 0)
    assert not inbox.open() and inbox.waiting() == 0


def test_a_delivery_that_could_not_be_handled_waits_before_it_is_tried_again(store: Store) -> None:
    inbox = Deliveries(store)
    inbox.take_in("one", "push", b"{}")
    inbox.failed("one", "rate limit", 3600)
    assert not inbox.open() and inbox.waiting() == 1


def test_only_the_newest_review_of_a_pull_request_may_write(store: Store) -> None:
    reviews = Reviews(store)
    reviews.saw(PULL_REQUEST, NOON)
    assert reviews.begin("first", PULL_REQUEST) and not reviews.begin("first", PULL_REQUEST)
    first = reviews.get("first")
    assert first and reviews.may_write(first)
    reviews.begin("second", pushed("2"))
    second = reviews.get("second")
    assert second and reviews.may_write(second) and not reviews.may_write(first)
    reviews.saw(PULL_REQUEST, NOON, is_open=False)
    assert not reviews.may_write(second)


def test_the_head_that_a_commenter_saw_is_known_by_its_time(store: Store) -> None:
    reviews, records = Reviews(store), Records(store, "acme/shop", 7)
    reviews.saw(pushed("1"), NOON)
    reviews.saw(pushed("1"), NOON + timedelta(minutes=1))
    reviews.saw(pushed("2"), NOON + timedelta(minutes=2))
    reviews.saw(pushed("1"), NOON + timedelta(minutes=3))
    at = [records.head_at(NOON + timedelta(minutes=minutes)) for minutes in (-1, 0, 1, 2, 3)]
    assert at == [None, "1" * 40, "1" * 40, "2" * 40, "1" * 40]


def test_news_that_come_late_do_not_undo_newer_ones(store: Store) -> None:
    reviews = Reviews(store)
    reviews.saw(pushed("2"), NOON)
    reviews.saw(pushed("1"), NOON - timedelta(minutes=1))
    assert reviews.known("acme/shop", 7) == pushed("2")


def test_pull_requests_are_found_by_head_and_by_base(store: Store) -> None:
    reviews = Reviews(store)
    reviews.saw(PULL_REQUEST, NOON)
    assert reviews.with_head("acme/shop", "1" * 40) == [PULL_REQUEST] == reviews.onto("acme/shop", "main")
    assert not reviews.with_head("acme/shop", "2" * 40) and not reviews.onto("acme/other", "main")


def test_a_report_is_seen_when_it_is_published(store: Store) -> None:
    reviews, records = Reviews(store), Records(store, "acme/shop", 7, "https://here/{}".format)
    report = failing_report()
    reviews.keep("r1", PULL_REQUEST, report)
    assert records.reviewed() is None
    reviews.published("r1")
    seen = records.reviewed()
    assert seen and seen.report == report == reviews.report("r1") and seen.url == "https://here/r1"


def test_approvals_waivers_pause_and_trail_come_back_as_they_were_given(store: Store) -> None:
    records = Records(store, "acme/shop", 7)
    approval = Approval(item="f1", by="bob", at=NOON, head_sha="1" * 40, reason="looked")
    waiver = Waiver(rule="drop-table", by="bob", at=NOON, head_sha="1", until=date(2027, 1, 1), reason="x")
    entry = AuditEntry(by="bob", at=NOON, action="approve", what=("f1", "f2"))
    for _ in range(2):
        records.approve([approval])
        records.waive(waiver)
        records.record(entry)
        records.pause(True)
    assert records.approvals() == [approval] and records.waivers() == [waiver]
    assert records.trail() == [entry] and records.paused()
    records.revoke(["f1"])
    records.pause(False)
    assert not records.approvals() and not records.paused() and records.trail() == [entry]


def test_a_repository_is_forgotten_and_others_are_not(store: Store) -> None:
    reviews = Reviews(store)
    reviews.saw(PULL_REQUEST, NOON)
    reviews.saw(PULL_REQUEST.model_copy(update={"repository": "other"}), NOON)
    assert forget(store, "acme/shop") == 2
    assert reviews.known("acme/shop", 7) is None and reviews.known("acme/other", 7)


def test_what_is_old_expires_and_what_is_open_stays(store: Store) -> None:
    reviews, inbox = Reviews(store), Deliveries(store)
    inbox.take_in("one", "push", b"{}")
    inbox.handled("one", "ignored")
    reviews.saw(PULL_REQUEST, now())
    reviews.begin("r1", PULL_REQUEST)
    reviews.set("r1", State.DONE)
    reviews.keep("r1", PULL_REQUEST, failing_report())
    assert expire(store, days=1) == 0
    assert expire(store, days=-1) == 2 and reviews.report("r1")
    reviews.saw(PULL_REQUEST, now(), is_open=False)
    assert expire(store, days=-1) == 1 and reviews.report("r1") is None


def test_a_database_that_cannot_be_reached_is_said_without_the_password() -> None:
    with pytest.raises(UsageError) as caught:
        open_store("postgresql://me:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value) and "127.0.0.1:1" in str(caught.value)
