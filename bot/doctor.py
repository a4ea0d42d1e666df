"""``migration doctor``: everything that can be wrong with a service, looked at one by one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from bot import console
from bot.github.credentials import HINT, read_credentials
from bot.service import Config, Service, read_config
from bot.setup import EVENTS, PERMISSIONS
from bot.store import open_store
from bot.summary.examine import examine_models
from bot.summary.settings import read_model_settings
from checks.errors import MigrationError, UsageError
from checks.sandbox import open_server
from checks.settings import Settings

Check = Callable[[], str]


def examine() -> int:
    """Print a line for each check; 0 when all of them are well, else 1."""
    config = read_config()
    results = [_tell(name, check) for name, check in _checks(config)]
    return 0 if all(results) else 1


def _tell(name: str, check: Check) -> bool:
    try:
        said = check()
    except MigrationError as error:
        console.write(f"WRONG  {name}: {error}\n")
        if error.hint:
            console.write(f"       {error.hint}\n")
        return False
    console.write(f"ok     {name}: {said}\n")
    return True


def _checks(config: Config) -> Iterator[tuple[str, Check]]:
    yield "state directory", lambda: _state(config)
    yield "database", lambda: _database(config)
    yield "sandbox", lambda: _sandbox(config)
    yield "models", lambda: _models(config)
    yield "address", lambda: _address(config)
    yield "credentials", lambda: f"App {_service(config).credentials.slug}"
    yield "GitHub", lambda: _github(_service(config))
    yield "webhook", lambda: _webhook(_service(config))
    yield "installations", lambda: _installations(_service(config))


def _state(config: Config) -> str:
    if not config.state.is_dir() or not os.access(config.state, os.W_OK):
        raise UsageError(
            f"{config.state} is no directory that can be written", hint="Make it, or set MIGRATION_STATE."
        )
    return str(config.state)


def _database(config: Config) -> str:
    store = open_store(config.database)
    name = store.engine.url.render_as_string(hide_password=True)
    with store.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    store.close()
    return name


def _sandbox(config: Config) -> str:
    settings = Settings(
        provider=config.provider, require_isolation=config.require_isolation, server_url=config.server_url
    )
    with open_server(settings) as server:
        return f"PostgreSQL {server.info.postgres}, {server.info.provider}, isolation {server.info.isolation}"


def _models(config: Config) -> str:
    if config.summary != "auto":
        return f"not asked: MIGRATION_SUMMARY is {config.summary}"
    return examine_models(read_model_settings())


def _address(config: Config) -> str:
    if not config.public_url.startswith("https://"):
        raise UsageError(
            f"{config.url} is no https address",
            hint="Set MIGRATION_PUBLIC_URL to where GitHub reaches this service.",
        )
    return config.url


def _service(config: Config) -> Service:
    credentials = read_credentials(os.environ, config.credentials_file)
    if credentials is None:
        raise UsageError("no App is configured", hint=HINT)
    return Service(config, open_store(config.database), credentials)


def _github(service: Service) -> str:
    """That the key is the App's, and that the App may what it must."""
    app = service.app.itself().read(lambda rest: rest.apps.get_authenticated())
    has = app.get("permissions") or {}
    order = ("read", "write", "admin")
    lacking = [
        f"{name}: {needs}"
        for name, needs in PERMISSIONS.items()
        if name not in has or order.index(has[name]) < order.index(needs)
    ]
    deaf = [event for event in EVENTS if event not in (app.get("events") or [])]
    if lacking or deaf:
        raise UsageError(
            f"the App lacks {', '.join([*lacking, *(f'event {event}' for event in deaf)])}",
            hint="Add them in the App's settings on GitHub, and accept them in each installation.",
        )
    return f"{app['slug']}, with all permissions and events"


def _webhook(service: Service) -> str:
    hook = service.app.itself().read(lambda rest: rest.apps.get_webhook_config_for_app())
    wanted = f"{service.config.url}/webhook"
    if hook.get("url") != wanted:
        raise UsageError(
            f"GitHub delivers to {hook.get('url')}, not to {wanted}", hint="Change one of the two."
        )
    return wanted


def _installations(service: Service) -> str:
    found = list(
        service.app.itself().pages(lambda rest, page: rest.apps.list_installations(per_page=100, page=page))
    )
    if not found:
        raise UsageError("the App is installed nowhere", hint="Install it: its page on GitHub, Install App.")
    return ", ".join(str((one.get("account") or {}).get("login")) for one in found)
