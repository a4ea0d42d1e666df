"""The doors that are open on the network: deliveries, report pages, health, metrics."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool

from bot import telemetry
from bot.commanding import Commanding
from bot.events import Events
from bot.inbox import Inbox
from bot.intake import Rejected, check_headers, check_signature, read_body
from bot.reviews import Workflows
from bot.service import Service
from bot.signin import SignIn
from bot.store.database import database_url
from bot.upkeep import Upkeep, sign_of_life

log = logging.getLogger(__name__)

VERSION = "2"
"""Of the workflows. A process goes on with workflows of its own version only: raise it when their steps change."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000",
}


class Running:
    """The parts of a running service, started and stopped together."""

    def __init__(self, service: Service):
        self.service = service
        DBOS(config=_dbos_config(service))
        self.workflows = Workflows(service)
        self.commanding = Commanding(service, self.workflows)
        self.events = Events(service, self.workflows, self.commanding)
        self.commanding.review = self.events.review
        self.inbox = Inbox(service.deliveries, self.events)
        self.upkeep = Upkeep(service, self.events)

    def start(self) -> None:
        sign_of_life(self.service.store, self.service.config.executor)
        DBOS.launch()
        self.workflows.register_queues()
        self.commanding.register_queues()
        self.inbox.start()
        self.upkeep.start()

    def stop(self) -> None:
        """Take nothing more on; what is under way is checkpointed and goes on after a restart."""
        self.inbox.stop()
        self.upkeep.stop()
        DBOS.destroy(workflow_completion_timeout_sec=0)
        self.service.store.close()


def make_app(service: Service) -> FastAPI:
    running = Running(service)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(running.start)
        log.info("serving %s", service.config.url)
        yield
        await run_in_threadpool(running.stop)

    app = FastAPI(title="Migration Specialist", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.middleware("http")(_with_headers)
    _add_intake(app, service, running.inbox)
    _add_health(app, service, running.inbox)
    SignIn(service).add_to(app)
    return app


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _add_intake(app: FastAPI, service: Service, inbox: Inbox) -> None:
    credentials = service.credentials

    @app.post("/webhook", status_code=202, responses={code: {} for code in (400, 401, 403, 413)})
    async def webhook(request: Request) -> JSONResponse:
        """A delivery of GitHub's. 202 when it is kept, also when it is there already."""
        start = time.perf_counter()
        event = "unknown"
        try:
            id, event = check_headers(request.headers, credentials.app_id)
            body = await read_body(request.stream())
            check_signature(body, request.headers["x-hub-signature-256"], credentials.webhook_secrets)
            _expect_json(body)
        except Rejected as rejection:
            # The event's name is a stranger's here: as a label it would fill the memory.
            telemetry.DELIVERIES.labels("rejected", str(rejection.status)).inc()
            log.warning("a delivery was refused with %s: %s", rejection.status, rejection)
            return JSONResponse({"error": str(rejection)}, rejection.status)
        new = await run_in_threadpool(service.deliveries.take_in, id, event, body)
        inbox.wake()
        telemetry.DELIVERIES.labels(event, "202").inc()
        telemetry.ANSWER.observe(time.perf_counter() - start)
        return JSONResponse({"delivery": id, "new": new}, 202)


def _expect_json(body: bytes) -> None:
    try:
        if isinstance(json.loads(body), dict):
            return
    except ValueError as error:
        raise Rejected(400, "the body is no JSON: let the App's webhook send application/json") from error
    raise Rejected(400, "the body is no JSON object")


def _add_health(app: FastAPI, service: Service, inbox: Inbox) -> None:
    @app.get("/healthz")
    async def healthz() -> PlainTextResponse:
        """The process answers."""
        return PlainTextResponse("ok\n")

    @app.get("/readyz", responses={503: {}})
    def readyz() -> PlainTextResponse:
        """Deliveries would be kept and acted upon."""
        try:
            with service.store.engine.connect() as connection:
                connection.execute(sa.text("SELECT 1"))
        except sa.exc.SQLAlchemyError:
            log.exception("the database does not answer")
            return PlainTextResponse("the database does not answer\n", 503)
        if not inbox.is_alive:
            return PlainTextResponse("deliveries are not acted upon\n", 503)
        return PlainTextResponse("ready\n")

    @app.get("/metrics")
    def metrics() -> Response:
        """For Prometheus. Holds counts only; keep it inside all the same."""
        telemetry.WAITING.set(service.deliveries.waiting())
        for state, count in service.reviews.counts().items():
            telemetry.REVIEWS.labels(state).set(count)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _dbos_config(service: Service) -> DBOSConfig:
    return {
        "name": "migration-specialist",
        "system_database_url": database_url(service.config.database),
        "executor_id": service.config.executor,
        "application_version": VERSION,
        "enable_otlp": False,
        "log_level": "WARNING",
    }
