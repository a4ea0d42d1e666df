"""What the parts of the service share: its configuration, the store, and GitHub."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from bot.github import App, Client, Credentials
from bot.github.client import API_URL, WRITE_PAUSE_SECONDS
from bot.github.repository import Repository
from bot.model import Model, PullRequest
from bot.store import Store
from bot.store.deliveries import Deliveries
from bot.store.records import Records
from bot.store.reviews import Reviews
from bot.summary.settings import read_model_settings
from checks.errors import UsageError

PREFIX = "MIGRATION_"


class Config(Model):
    """From environment variables: ``MIGRATION_`` and the name in capitals, but for DATABASE_URL. docs/operating.md."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    """Where people and GitHub reach this service, without a slash at the end."""
    state: Path = Path("migration-state")
    """The directory of the credentials file and of the SQLite database."""
    database_url: str = ""
    github_api: str = API_URL
    """On GitHub Enterprise Server: ``https://HOST/api/v3/``."""
    github_url: str = "https://github.com"
    executor: str = Field(default_factory=socket.gethostname)
    """Names this process among those on one database: the same after a restart."""
    reviews_in_all: int = Field(default=2, ge=1)
    """Run at the same time by one process."""
    reviews_per_installation: int = Field(default=1, ge=1)
    """Run at the same time by all processes."""
    review_seconds: float = Field(default=1800, gt=0)
    retention_days: int = Field(default=90, ge=1)
    reconcile_minutes: float = Field(default=30, gt=0)
    dead_seconds: float = Field(default=30, gt=0)
    """Without a sign of life for so long, a process's reviews are gone on with by another."""
    write_pause: float = Field(default=WRITE_PAUSE_SECONDS, ge=0)
    retry_seconds: float = Field(default=10, gt=0)
    """Before the second try of what failed; before the third, six times that."""
    provider: Literal["auto", "docker", "installed", "bundled", "server"] = "auto"
    require_isolation: Literal["container", "namespace", "none"] = "namespace"
    server_url: str | None = None
    comment_on_pass: bool = False
    review_drafts: bool = True
    summary: Literal["auto", "template", "off"] = "auto"
    """Who writes the prose about a report, at most; a repository may want less."""

    @property
    def url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.state.absolute() / 'state.db'}"

    @property
    def credentials_file(self) -> Path:
        return self.state / "credentials.json"

    def report_url(self, id: str) -> str:
        return f"{self.url}/reports/{id}"


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """Raises UsageError with the name of the variable that is wrong."""
    names = {f"{PREFIX}{name.upper()}": name for name in Config.model_fields}
    names["DATABASE_URL"] = "database_url"
    given = {name: environment[variable] for variable, name in names.items() if environment.get(variable)}
    try:
        return Config.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        variable = f"{PREFIX}{str(first['loc'][0]).upper()}"
        raise UsageError(f"{variable}: {first['msg']}", hint="See docs/operating.md.") from error


class Service:
    """One process's hold on the world."""

    def __init__(self, config: Config, store: Store, credentials: Credentials):
        self.config = config
        self.models = read_model_settings()
        self.store = store
        self.credentials = credentials
        self.app = App(credentials, config.github_api, config.write_pause)
        self.deliveries = Deliveries(store)
        self.reviews = Reviews(store)

    def installation(self, id: int) -> Client:
        return self.app.installation(id)

    def repository(self, pull_request: PullRequest) -> Repository:
        client = self.installation(pull_request.installation)
        place = (pull_request.owner, pull_request.repository)
        return Repository(client, pull_request.installation, *place, self.credentials.bot)

    def records(self, pull_request: PullRequest) -> Records:
        place = (pull_request.full_name, pull_request.number)
        return Records(self.store, *place, self.config.report_url)
