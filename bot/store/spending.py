"""What models have cost and answered: the ledger ``bot.summary.ledger.Ledger`` of one review, in the service's database."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Store, now
from bot.store.reviews import Review
from bot.store.tables import model_answers, model_calls
from bot.summary.ledger import REVIEW_SPENT
from bot.summary.model import Usage
from bot.summary.settings import ModelSettings

DAY_SPENT = "The limit of ${limit:.2f} a day for all of this service is reached."
INSTALLATION_SPENT = "The limit of ${limit:.2f} a day for one installation is reached."


class Spending:
    """Days begin at midnight UTC. A call whose end was never seen counts with what was put aside for it."""

    def __init__(self, store: Store, settings: ModelSettings, review: Review):
        self._store = store
        self._settings = settings
        self._review = review
        self._open: dict[str, str] = {}
        """Question → id of the call under way."""

    def remembered(self, key: str) -> str | None:
        query = sa.select(model_answers.c.answer).where(*self._is(key))
        with self._store.engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def reserve(self, key: str, most: Usage) -> str:
        """Written down first and added up afterwards: of two calls at the limit both may stay away, never both pass."""
        id = uuid.uuid4().hex
        pull_request = self._review.pull_request
        row = {"id": id, "review": self._review.id, "installation": pull_request.installation, "at": now()}
        with self._store.engine.begin() as connection:
            row |= {"dollars": most.dollars, "document": most.model_dump_json()}
            connection.execute(sa.insert(model_calls).values(row))
        if refusal := self._refusal():
            with self._store.engine.begin() as connection:
                connection.execute(sa.delete(model_calls).where(model_calls.c.id == id))
            return refusal
        self._open[key] = id
        return ""

    def settle(self, key: str, usage: Usage, answer: str) -> None:
        values = {"dollars": usage.dollars, "document": usage.model_dump_json()}
        where = model_calls.c.id == self._open.pop(key)
        with self._store.engine.begin() as connection:
            connection.execute(sa.update(model_calls).where(where).values(values))
            if answer:
                self._store.add(connection, model_answers, self._row(key, answer))

    def _refusal(self) -> str:
        today = model_calls.c.at >= now().replace(hour=0, minute=0, second=0, microsecond=0)
        ours = model_calls.c.installation == self._review.pull_request.installation
        settings = self._settings
        limits = (
            (REVIEW_SPENT, settings.dollars_per_review, (model_calls.c.review == self._review.id,)),
            (INSTALLATION_SPENT, settings.dollars_per_installation, (today, ours)),
            (DAY_SPENT, settings.dollars_per_day, (today,)),
        )
        for sentence, limit, where in limits:
            if self._spent(*where) > limit:
                return sentence.format(limit=limit)
        return ""

    def _spent(self, *where: sa.ColumnElement[bool]) -> float:
        query = sa.select(sa.func.coalesce(sa.func.sum(model_calls.c.dollars), 0.0)).where(*where)
        with self._store.engine.connect() as connection:
            return float(connection.execute(query).scalar_one())

    def _is(self, key: str) -> tuple[sa.ColumnElement[bool], ...]:
        repository = self._review.pull_request.full_name
        return model_answers.c.repository == repository, model_answers.c.key == key

    def _row(self, key: str, answer: str) -> dict[str, str | int | datetime]:
        pull_request = self._review.pull_request
        return {
            "repository": pull_request.full_name,
            "number": pull_request.number,
            "key": key,
            "answer": answer,
            "made_at": now(),
        }
