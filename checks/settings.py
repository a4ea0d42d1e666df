"""The configuration: ``.github/migration.yml``, ``migration.yml`` or ``pyproject.toml [tool.migration]``.

It is read from the base revision, so that a change cannot loosen its own gate.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class FolderSettings(Section):
    """Names a folder's tool where it cannot be told from the files, or joins folders into one database."""

    path: str
    tool: str | None = None
    database: str = "main"


class Limits(Section):
    statement_seconds: float = Field(default=30, gt=0)
    """One statement; then it is cancelled, a second later its backend ended, then the server."""
    total_seconds: float = Field(default=600, gt=0)
    memory_mb: int = Field(default=2048, ge=256)
    disk_mb: int = Field(default=2048, ge=128)
    """The size of the sandbox's data directory, where the sandbox can bound it."""


class Settings(Section):
    postgres: int | None = Field(default=None, ge=13, le=18)
    """Major version of production's PostgreSQL. None: the newest that is at hand."""
    provider: Literal["auto", "docker", "installed", "bundled", "server"] = "auto"
    image: str | None = None
    """Docker image; None: ``postgres:<version>``."""
    server_url: str | None = None
    """A throw-away server that may be filled with databases and roles (a CI service container)."""
    require_isolation: Literal["container", "namespace", "none"] = "none"
    folders: tuple[FolderSettings, ...] = ()
    """Empty: every migration folder found."""
    ignore: tuple[str, ...] = ()
    """Globs of paths that hold no migrations of this project (fixtures, vendored code)."""
    prelude: str | None = None
    """SQL file run before the first migration: what the migrations take for granted."""
    seed: str | None = None
    """SQL file with rows of your own, run on the base state before the synthetic ones."""
    schema_file: str | None = None
    """A dump to build the base state from, instead of replaying the history."""
    roles: tuple[str, ...] = ()
    """Roles that the migrations grant to or set as owner; made without login or privileges."""
    schemas: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    """Made before the first migration."""
    search_path: str | None = None
    parameters: dict[str, str] = {}
    """Server settings of the session that change what PostgreSQL does: ``TimeZone``, ``lock_timeout`` …"""
    placeholders: dict[str, str] = {}
    """Values for ``${name}`` in migrations (Flyway, goose ENVSUB)."""
    rows: int = Field(default=100, ge=0, le=100_000)
    """Synthetic rows per table that the change touches; 0 for none."""
    fail_on: Literal["fail", "warn"] = "fail"
    rules: dict[str, Literal["off", "info", "warning", "error"]] = {}
    limits: Limits = Limits()
