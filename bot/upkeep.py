"""What is done from time to time: the work of dead processes taken over, lost events found again, old things deleted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from dbos import DBOS

from bot.events import Events
from bot.github.client import PAGE, Client
from bot.github.errors import GitHubError
from bot.github.repository import Repository
from bot.service import Service
from bot.store import Store
from bot.store.database import now
from bot.store.retention import expire
from bot.store.tables import executors

log = logging.getLogger(__name__)

ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


class Upkeep:
    def __init__(self, service: Service, events: Events):
        self.service = service
        self.events = events
        self._stop = threading.Event()
        minutes = service.config.reconcile_minutes
        self._threads = [
            self._every(service.config.dead_seconds / 6, self.beat),
            self._every(60 * minutes, self.reconcile),
            self._every(3600, self.clean),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Leave in order: whoever is left has nothing to take over."""
        self._stop.set()
        with self.service.store.engine.begin() as connection:
            connection.execute(sa.delete(executors).where(executors.c.id == self.service.config.executor))

    def _every(self, seconds: float, do: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            while not self._stop.wait(seconds):
                try:
                    do()
                except (GitHubError, sa.exc.SQLAlchemyError) as error:
                    log.warning("%s: %s", do.__name__, error)

        return threading.Thread(target=run, name=do.__name__, daemon=True)

    def beat(self) -> None:
        """A sign of life of this process, and a look for those that give none."""
        sign_of_life(self.service.store, self.service.config.executor)
        for dead in taken_over(self.service.store, self.service.config.dead_seconds):
            # DBOS's own call for this is only made by its commercial control plane; it puts the workflows that the
            # dead process had begun back into their queues, where exactly one process takes each.
            DBOS._recover_pending_workflows([dead])
            log.warning("took over the work of %s", dead)

    def reconcile(self) -> None:
        """Ask GitHub for what webhooks may not have told."""
        self.redeliver()
        itself = self.service.app.itself()
        for installation in itself.pages(
            lambda rest, page: rest.apps.list_installations(per_page=PAGE, page=page)
        ):
            if not installation.get("suspended_at"):
                self._look_through(int(installation["id"]))

    def redeliver(self) -> None:
        """Have GitHub deliver again what did not get through (it keeps deliveries for three days)."""
        itself = self.service.app.itself()
        seen: set[str] = set()
        for delivery in itself.read(lambda rest: rest.apps.list_webhook_deliveries(per_page=PAGE)):
            guid, code = str(delivery["guid"]), int(delivery.get("status_code") or 0)
            # Newest first: of several tries of one delivery only the last one counts.
            if guid not in seen and not 200 <= code < 300:
                _redeliver(itself, int(delivery["id"]))
                log.info("asked GitHub for delivery %s again, it had ended with %s", guid, code)
            seen.add(guid)

    def _look_through(self, installation: int) -> None:
        client = self.service.installation(installation)
        page = 1
        while True:
            found_here = _repositories(client, page)
            for found in found_here:
                owner, _, name = str(found["full_name"]).partition("/")
                bot = self.service.credentials.bot
                for pull_request in Repository(client, installation, owner, name, bot).open_pull_requests():
                    self.service.reviews.saw(pull_request, now())
                    self.events.review(pull_request)
            if len(found_here) < PAGE:
                return
            page += 1

    def clean(self) -> None:
        """Delete what is older than ``retention_days``, the finished workflows of DBOS included."""
        days = self.service.config.retention_days
        rows = expire(self.service.store, days)
        ended = DBOS.list_workflows(
            status=list(ENDED),
            completed_before=(now() - timedelta(days=days)).isoformat(),
            load_input=False,
            load_output=False,
        )
        for workflow in ended:
            DBOS.delete_workflow(workflow.workflow_id)
        log.info("deleted %s rows and %s workflows older than %s days", rows, len(ended), days)


def _redeliver(itself: Client, id: int) -> None:
    itself.write(lambda rest: rest.apps.redeliver_webhook_delivery(id))


def _repositories(client: Client, page: int) -> list[dict[str, Any]]:
    """Those that an installation may see."""
    answer = client.read(
        lambda rest: rest.apps.list_repos_accessible_to_installation(per_page=PAGE, page=page)
    )
    return list(answer["repositories"])


def sign_of_life(store: Store, executor: str) -> None:
    with store.engine.begin() as connection:
        if not store.add(connection, executors, {"id": executor, "seen_at": now()}):
            connection.execute(sa.update(executors).where(executors.c.id == executor).values(seen_at=now()))


def taken_over(store: Store, seconds: float) -> list[str]:
    """Processes that are dead, each given to exactly one caller: whoever deletes its row."""
    before = now() - timedelta(seconds=seconds)
    statement = sa.delete(executors).where(executors.c.seen_at < before).returning(executors.c.id)
    with store.engine.begin() as connection:
        return [row.id for row in connection.execute(statement)]
