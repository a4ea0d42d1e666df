"""``migration serve`` and the other commands that work on the service's own state."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import sys

import uvicorn
from fastapi import FastAPI

from bot import console
from bot.github import Credentials
from bot.github.credentials import HINT, read_credentials
from bot.service import Config, Service, read_config
from bot.store import Store, open_store
from bot.store.retention import forget
from bot.telemetry import log_as_json
from checks.errors import UsageError

STOP_SECONDS = 10
SETUP = """No App is configured yet. Open this link once, within an hour, to make one:

  {url}/setup?token={token}

"""
UNREACHABLE = """GitHub cannot reach {url}: set MIGRATION_PUBLIC_URL to the https address of this service before
you make the App.

"""


def serve() -> int:
    """Until it is told to end: SIGTERM or Ctrl-C. What is under way goes on after the next start."""
    config = read_config()
    config.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    _expect_port(config)
    credentials = read_credentials(os.environ, config.credentials_file)
    while credentials is None:
        credentials = _set_up(config)
        if credentials is None:
            return 0
    log_as_json()
    from bot.app import make_app

    _listen(make_app(Service(config, _store(config), credentials)), config)
    return 0


def _expect_port(config: Config) -> None:
    """Raise UsageError when nobody can listen there: sooner than after all the work."""
    try:
        socket.create_server((config.host, config.port)).close()
    except OSError as error:
        raise UsageError(
            f"cannot listen on {config.host}:{config.port}: {error.strerror}",
            hint="Name another place: MIGRATION_HOST and MIGRATION_PORT.",
        ) from error


def _set_up(config: Config) -> Credentials | None:
    """Serve ``/setup`` until there is an App; None when it was ended before."""
    from bot.setup import Setup

    token = secrets.token_urlsafe(32)
    setup = Setup(config, token)
    if not config.public_url:
        console.write(UNREACHABLE.format(url=config.url))
    console.write(SETUP.format(url=config.url, token=token))
    server = _server(setup.app(), config)
    setup.when_done = server.stop
    server.run()
    return read_credentials(os.environ, config.credentials_file)


class _Server(uvicorn.Server):
    def stop(self) -> None:
        self.should_exit = True


def _server(app: FastAPI, config: Config) -> _Server:
    settings = uvicorn.Config(
        app,
        host=config.host,
        port=config.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        h11_max_incomplete_event_size=32_768,
    )
    return _Server(settings)


def _listen(app: FastAPI, config: Config) -> None:
    # uvicorn ends in order on SIGTERM, and then raises it again for whoever handled it before: that was the order.
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    _server(app, config).run()
    # A workflow that waits for GitHub's rate limit sleeps in a thread that nothing can wake, for up to an hour.
    # Everything is checkpointed and closed by now, so the process need not wait for it.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def forget_repository(repository: str) -> int:
    store = _store(read_config())
    try:
        return forget(store, repository)
    finally:
        store.close()


def report_link(report: str, hours: float) -> str:
    """Raises UsageError when there is no such report, or no App."""
    from bot.signin import signed_link

    config = read_config()
    credentials = read_credentials(os.environ, config.credentials_file)
    if credentials is None:
        raise UsageError("no App is configured", hint=HINT)
    service = Service(config, _store(config), credentials)
    if service.reviews.report(report) is None:
        raise UsageError(f"there is no report {report!r}", hint="Its id is the end of the page's address.")
    return signed_link(service, report, hours)


def _store(config: Config) -> Store:
    config.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open_store(config.database)
