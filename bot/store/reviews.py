"""Pull requests as GitHub last told of them, their reviews, and the reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from bot.model import Model, PullRequest
from bot.store.database import Store, now
from bot.store.tables import heads, pauses, pull_requests, reports, reviews, summaries
from bot.summary.model import Summary
from checks.model.report import Report


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    OVERTAKEN = "overtaken"
    """A newer head, or a newer wish, took its place."""
    FAILED = "failed"


class Review(Model):
    """One run over one pull request at one head. Its id names the workflow, the check run and the report."""

    id: str
    pull_request: PullRequest
    state: State
    reason: str = ""
    created_at: datetime


class Reviews:
    def __init__(self, store: Store):
        self._store = store

    def saw(self, pull_request: PullRequest, at: datetime, *, is_open: bool = True) -> None:
        """GitHub told of a pull request: what it is now, and since when its head is what it is.

        News that are older than what is known change nothing.
        """
        key = {"repository": pull_request.full_name, "number": pull_request.number}
        values = {
            "document": pull_request.model_dump_json(),
            "base_ref": pull_request.base_ref,
            "head_sha": pull_request.head_sha,
            "open": is_open,
            "updated_at": at,
        }
        with self._store.engine.begin() as connection:
            if not self._store.add(connection, pull_requests, {**key, **values}):
                where = _of(pull_requests, pull_request.full_name, pull_request.number)
                older = pull_requests.c.updated_at <= at
                connection.execute(sa.update(pull_requests).where(where, older).values(values))
            if self._newest_head(connection, pull_request) != pull_request.head_sha:
                self._store.add(connection, heads, {**key, "head_sha": pull_request.head_sha, "seen_at": at})

    def known(self, repository: str, number: int) -> PullRequest | None:
        query = sa.select(pull_requests.c.document).where(_of(pull_requests, repository, number))
        with self._store.engine.connect() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return PullRequest.model_validate_json(document) if document else None

    def with_head(self, repository: str, head_sha: str) -> Sequence[PullRequest]:
        """Open ones with this head: GitHub does not name them for a fork's commit."""
        return self._open(pull_requests.c.repository == repository, pull_requests.c.head_sha == head_sha)

    def onto(self, repository: str, base_ref: str) -> Sequence[PullRequest]:
        """Open ones that are to be merged into a branch."""
        return self._open(pull_requests.c.repository == repository, pull_requests.c.base_ref == base_ref)

    def is_paused(self, repository: str, number: int) -> bool:
        query = sa.select(sa.func.count()).where(_of(pauses, repository, number))
        with self._store.engine.connect() as connection:
            return connection.execute(query).scalar_one() > 0

    def begin(self, id: str, pull_request: PullRequest) -> bool:
        """Put a review down as the one that may write; False when it is there already."""
        row = {
            "id": id,
            "repository": pull_request.full_name,
            "number": pull_request.number,
            "document": pull_request.model_dump_json(),
            "head_sha": pull_request.head_sha,
            "base_sha": pull_request.base_sha,
            "state": State.QUEUED,
            "reason": "",
            "created_at": now(),
        }
        with self._store.engine.begin() as connection:
            new = self._store.add(connection, reviews, row)
            if new and pull_request.number:
                where = _of(pull_requests, pull_request.full_name, pull_request.number)
                connection.execute(sa.update(pull_requests).where(where).values(wanted=id))
            return new

    def may_write(self, review: Review) -> bool:
        """Whether no newer review of the same pull request has been asked for."""
        if not review.pull_request.number:
            return True
        where = _of(pull_requests, review.pull_request.full_name, review.pull_request.number)
        query = sa.select(pull_requests.c.wanted, pull_requests.c.open).where(where)
        with self._store.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return row is not None and row.wanted == review.id and row.open

    def get(self, id: str) -> Review | None:
        return next(iter(self._found(reviews.c.id == id)), None)

    def of(self, pull_request: PullRequest) -> Sequence[Review]:
        """All that compare the same two commits of a pull request, newest first."""
        return self._found(
            _of(reviews, pull_request.full_name, pull_request.number),
            reviews.c.head_sha == pull_request.head_sha,
            reviews.c.base_sha == pull_request.base_sha,
        )

    def at_head(self, pull_request: PullRequest) -> Sequence[Review]:
        """All of its head, whatever the base was, newest first."""
        where = _of(reviews, pull_request.full_name, pull_request.number)
        return self._found(where, reviews.c.head_sha == pull_request.head_sha)

    def counts(self) -> dict[str, int]:
        query = sa.select(reviews.c.state, sa.func.count().label("count")).group_by(reviews.c.state)
        with self._store.engine.connect() as connection:
            found = {str(row.state): int(row._mapping["count"]) for row in connection.execute(query)}
        return {state.value: found.get(state.value, 0) for state in State}

    def set(self, id: str, state: State, reason: str = "") -> None:
        ended = None if state in (State.QUEUED, State.RUNNING) else now()
        values = {"state": state, "reason": reason, "finished_at": ended}
        with self._store.engine.begin() as connection:
            connection.execute(sa.update(reviews).where(reviews.c.id == id).values(values))

    def keep(self, id: str, pull_request: PullRequest, report: Report, around: str = "{}") -> None:
        """A report, before anybody sees it. The first one of a review stays."""
        row = {
            "id": id,
            "repository": pull_request.full_name,
            "number": pull_request.number,
            "head_sha": pull_request.head_sha,
            "document": report.model_dump_json(),
            "around": around,
            "made_at": now(),
        }
        with self._store.engine.begin() as connection:
            self._store.add(connection, reports, row)

    def report(self, id: str) -> Report | None:
        query = sa.select(reports.c.document).where(reports.c.id == id)
        with self._store.engine.connect() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return Report.model_validate_json(document) if document else None

    def around(self, id: str) -> str:
        """What was found out beside the report, as it was kept; ``{}`` when there is no report."""
        query = sa.select(reports.c.around).where(reports.c.id == id)
        with self._store.engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none() or "{}"

    def keep_summary(self, id: str, pull_request: PullRequest, summary: Summary) -> None:
        """The prose about a review's report. The first one stays."""
        row = {
            "id": id,
            "repository": pull_request.full_name,
            "number": pull_request.number,
            "document": summary.model_dump_json(),
            "made_at": now(),
        }
        with self._store.engine.begin() as connection:
            self._store.add(connection, summaries, row)

    def amend_summary(self, id: str, summary: Summary) -> None:
        """Put more into the prose that is kept."""
        values = {"document": summary.model_dump_json()}
        with self._store.engine.begin() as connection:
            connection.execute(sa.update(summaries).where(summaries.c.id == id).values(values))

    def summary(self, id: str) -> Summary | None:
        query = sa.select(summaries.c.document).where(summaries.c.id == id)
        with self._store.engine.connect() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return Summary.model_validate_json(document) if document else None

    def pull_request_of(self, id: str) -> tuple[str, int] | None:
        """The repository and number that a report is about."""
        query = sa.select(reports.c.repository, reports.c.number).where(reports.c.id == id)
        with self._store.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return (row.repository, row.number) if row else None

    def published(self, id: str) -> None:
        """People can see it from now on; said again, it changes nothing."""
        where = (reports.c.id == id, reports.c.published_at.is_(None))
        with self._store.engine.begin() as connection:
            connection.execute(sa.update(reports).where(*where).values(published_at=now()))

    def _newest_head(self, connection: sa.Connection, pull_request: PullRequest) -> str | None:
        where = _of(heads, pull_request.full_name, pull_request.number)
        query = sa.select(heads.c.head_sha).where(where).order_by(heads.c.seen_at.desc()).limit(1)
        return connection.execute(query).scalar_one_or_none()

    def _open(self, *where: sa.ColumnElement[bool]) -> Sequence[PullRequest]:
        query = sa.select(pull_requests.c.document).where(pull_requests.c.open, *where)
        with self._store.engine.connect() as connection:
            return [PullRequest.model_validate_json(row.document) for row in connection.execute(query)]

    def _found(self, *where: sa.ColumnElement[bool]) -> Sequence[Review]:
        query = sa.select(reviews).where(*where).order_by(reviews.c.created_at.desc())
        with self._store.engine.connect() as connection:
            return [_review(row) for row in connection.execute(query)]


def _review(row: sa.Row[tuple[object, ...]]) -> Review:
    return Review(
        id=row.id,
        pull_request=PullRequest.model_validate_json(row.document),
        state=State(row.state),
        reason=row.reason,
        created_at=row.created_at,
    )


def _of(table: sa.Table, repository: str, number: int) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.repository == repository, table.c.number == number)
