"""The inbox: what GitHub delivered, kept until it has been acted upon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.model import Model
from bot.store.database import Store, now
from bot.store.tables import deliveries

MOST_ATTEMPTS = 5
_OPEN = (deliveries.c.handled_at.is_(None), deliveries.c.attempts < MOST_ATTEMPTS)


class Delivery(Model):
    id: str
    event: str
    body: bytes
    received_at: datetime


class Deliveries:
    def __init__(self, store: Store):
        self._store = store

    def take_in(self, id: str, event: str, body: bytes) -> bool:
        """Keep a delivery; False when it is there already."""
        moment = now()
        row = {"id": id, "event": event, "body": body, "received_at": moment, "try_at": moment}
        row |= {"attempts": 0, "outcome": ""}
        with self._store.engine.begin() as connection:
            return self._store.add(connection, deliveries, row)

    def open(self, limit: int = 100) -> Sequence[Delivery]:
        """The oldest that wait, in the order of their coming."""
        columns = (deliveries.c.id, deliveries.c.event, deliveries.c.body, deliveries.c.received_at)
        query = sa.select(*columns).where(*_OPEN, deliveries.c.try_at <= now())
        with self._store.engine.connect() as connection:
            rows = connection.execute(query.order_by(deliveries.c.received_at).limit(limit))
            return [Delivery.model_validate(dict(row._mapping)) for row in rows]

    def handled(self, id: str, outcome: str) -> None:
        """Acted upon: its body is not needed any more, its id is, against doing it twice."""
        values = {"handled_at": now(), "outcome": outcome, "body": b""}
        with self._store.engine.begin() as connection:
            connection.execute(sa.update(deliveries).where(deliveries.c.id == id).values(values))

    def failed(self, id: str, outcome: str, seconds: float) -> None:
        """To be tried again after so many seconds, up to MOST_ATTEMPTS times; then the reconciler finds it."""
        values = {
            "attempts": deliveries.c.attempts + 1,
            "outcome": outcome,
            "try_at": now() + timedelta(seconds=seconds),
        }
        with self._store.engine.begin() as connection:
            connection.execute(sa.update(deliveries).where(deliveries.c.id == id).values(values))

    def waiting(self) -> int:
        query = sa.select(sa.func.count()).where(*_OPEN)
        with self._store.engine.connect() as connection:
            return connection.execute(query).scalar_one()
