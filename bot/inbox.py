"""The thread that acts on deliveries, in the order of their coming, each until it is done."""

from __future__ import annotations

import logging
import threading

from bot import telemetry
from bot.events import Events
from bot.github.errors import RateLimited
from bot.store.deliveries import Deliveries, Delivery
from checks.errors import MigrationError

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often the store is asked: another process may have taken a delivery in, and died."""

AGAIN_SECONDS = 60.0
"""After which a delivery that could not be acted upon is tried again."""


class Inbox:
    def __init__(self, deliveries: Deliveries, events: Events):
        self._deliveries = deliveries
        self._events = events
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join(10)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()
            for delivery in self._deliveries.open():
                if self._stopping:
                    return
                self._handle(delivery)

    def _handle(self, delivery: Delivery) -> None:
        with telemetry.about(delivery=delivery.id):
            try:
                outcome = self._events.handle(delivery)
            except Exception as error:
                known = isinstance(error, MigrationError)
                log.error("%s failed: %s", delivery.event, error, exc_info=None if known else error)
                seconds = error.seconds if isinstance(error, RateLimited) else AGAIN_SECONDS
                self._deliveries.failed(delivery.id, f"{type(error).__name__}: {error}"[:500], seconds)
                telemetry.HANDLED.labels(delivery.event, "failed").inc()
            else:
                self._deliveries.handled(delivery.id, outcome[:500])
                telemetry.HANDLED.labels(delivery.event, "ignored" if outcome == "ignored" else "done").inc()
                if outcome != "ignored":
                    log.info("%s: %s", delivery.event, outcome)
