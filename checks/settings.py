"""The configuration: ``.github/migration.yml``, ``migration.yml`` or ``pyproject.toml [tool.migration]``.

It is read from the base revision, so that a change cannot loosen its own gate.
"""

from __future__ import annotations

import difflib
import tomllib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from checks.errors import SettingsError
from checks.model.migrations import Problem
from checks.model.report import RiskLevel
from checks.trees.tree import Tree, read_text

FILES = (
    ".github/migration.yml",
    ".github/migration.yaml",
    "migration.yml",
    "migration.yaml",
    "pyproject.toml",
)


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _plain_off(value: object) -> object:
    """YAML 1.1 reads a plain ``off`` as false."""
    return "off" if value is False else value


class FolderSettings(Section):
    """Names a folder's tool where it cannot be told from the files, or joins folders into one database."""

    path: str
    tool: str | None = None
    database: str = ""
    """Folders with the same name here are applied to one database, in the order of this list."""
    ecto_config: str | None = None
    """Settings of the Ecto repo, in place of those in its own configuration: ``migration_timestamps: [type: …]``."""
    prefix: str | None = None
    """The schema that Ecto's migrator is given (``--prefix``): tenant migrations."""


class Limits(Section):
    statement_seconds: float = Field(default=30, gt=0)
    """One statement; then it is cancelled, a second later its backend ended, then the server."""
    total_seconds: float = Field(default=600, gt=0)
    """All that is done on one server, which is one folder's migrations; then the server is ended."""
    memory_mb: int = Field(default=2048, ge=256)
    disk_mb: int = Field(default=2048, ge=128)
    """The size of the sandbox's data directory, where the sandbox can bound it."""


class ApprovalSettings(Section):
    """Who may take what cannot be undone, or could not be proven, as it is."""

    permission: Literal["write", "maintain", "admin"] = "write"
    """The least role in the repository."""
    teams: tuple[str, ...] = ()
    """Slugs of teams of the organisation. When there are some, being in one counts instead of the role."""
    author: bool = False
    """Whether the author of the pull request may approve it, too."""


class HandoffSettings(Section):
    """Whom to bring in, and when: every condition that is given must hold."""

    risk: RiskLevel | None = None
    """This level of risk, or a higher one."""
    tables: tuple[str, ...] = ()
    """Globs of tables, as ``schema.name`` or without the ``public.``; one that is touched is enough."""
    hazards: tuple[str, ...] = ()
    """Rules; a finding of one of them is enough."""
    reviewers: tuple[str, ...] = ()
    """Logins."""
    teams: tuple[str, ...] = ()
    """Slugs of teams of the organisation."""
    labels: tuple[str, ...] = ()


class CommandSettings(Section):
    """Migrations that are code: the framework's own commands, run on the machine that runs the command line."""

    tool: str | None = None
    """A framework whose commands are known: ``django``, ``alembic``, ``rails`` …"""
    migrate: str = ""
    """Applies everything that is pending. A program and its arguments; no shell."""
    rollback: str | None = None
    """Takes migrations back: ``{to}``, ``{steps}`` and ``{app}`` are filled in. ``""``: there is no way back."""
    folder: str = ""
    """Where the commands run, from the root of the repository."""
    seconds: float = Field(default=600, gt=0)


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
    stats: str | None = None
    """File with what ``migration stats export`` gave on production: sizes and traffic of its tables, no data."""
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
    commands: CommandSettings | None = None
    """Only the command line and the Action run them: the service never runs a repository's code."""
    fail_on: Literal["fail", "warn"] = "fail"
    preset: Literal["recommended", "strict"] = "recommended"
    """``strict`` adds the rules of style and policy, which are off otherwise."""
    summary: Annotated[Literal["auto", "template", "off"], BeforeValidator(_plain_off)] = "auto"
    """Who writes the prose about the report; ``auto``: a model, where whoever runs this has set one up."""
    rules: dict[str, Annotated[Literal["off", "info", "warning", "error"], BeforeValidator(_plain_off)]] = {}
    limits: Limits = Limits()
    approvals: ApprovalSettings = ApprovalSettings()
    handoff: tuple[HandoffSettings, ...] = ()


_KINDS = {
    "tuple": "a list",
    "dict": "a mapping",
    "model": "a mapping",
    "int_": "a whole number",
    "float_": "a number",
    "bool": "true or false",
    "string_type": "text",
}
"""Pydantic's names of faults, as they begin."""
_SECTIONS: dict[str, type[Section]] = {
    "limits": Limits,
    "folders": FolderSettings,
    "approvals": ApprovalSettings,
    "handoff": HandoffSettings,
    "commands": CommandSettings,
}


def load(tree: Tree) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of a tree, and what in its file has no effect (unknown keys).

    Raises SettingsError, with the file and line, when the file cannot be read or a value is not allowed.
    """
    for path in FILES:
        if path in tree.paths() and (found := _read(tree, path)) is not None:
            values, text = found
            return _validate(path, values, text)
    return Settings(), ()


def _read(tree: Tree, path: str) -> tuple[dict[str, Any], str] | None:
    """The file's values and text; None when it is a pyproject.toml that does not speak of us."""
    text = read_text(tree, path)
    if path == "pyproject.toml":
        if "[tool.migration" not in text:
            return None
        try:
            return tomllib.loads(text)["tool"]["migration"], text
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"is not valid TOML: {error}", path=path) from error
    import yaml  # late: most commands meet no file of settings

    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark, said = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        line = mark.line + 1 if mark else None
        raise SettingsError(
            f"is not valid YAML: {said or error}", hint="See docs/configuration.md.", path=path, line=line
        ) from error
    if values is None:
        return {}, text
    if not isinstance(values, dict):
        raise SettingsError(
            "must be a mapping of settings", hint="See docs/configuration.md.", path=path, line=1
        )
    return values, text


def _validate(path: str, values: dict[str, Any], text: str) -> tuple[Settings, tuple[Problem, ...]]:
    problems = []
    for place in _unknown_keys(values):
        _remove(values, place)
        problems.append(
            Problem(
                rule="unknown-setting", path=path, line=_line_of(text, place[-1]), message=_unknown(place)
            )
        )
    try:
        return Settings.model_validate(values), tuple(problems)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        key = next((part for part in reversed(first["loc"]) if isinstance(part, str)), "")
        raise SettingsError(
            f"{name}: {_wanted(first)}, not {first['input']!r}",
            hint="See docs/configuration.md.",
            path=path,
            line=_line_of(text, key),
        ) from error


def _wanted(fault: ErrorDetails) -> str:
    """What stands in the file is YAML, so it is told in YAML's words."""
    kind = next((word for start, word in _KINDS.items() if fault["type"].startswith(start)), None)
    return f"has to be {kind}" if kind else fault["msg"].replace("Input should be", "has to be")


def _unknown_keys(values: dict[str, Any]) -> list[tuple[str | int, ...]]:
    try:
        Settings.model_validate(values)
    except ValidationError as error:
        return [found["loc"] for found in error.errors() if found["type"] == "extra_forbidden"]
    return []


def _remove(values: Any, place: tuple[str | int, ...]) -> None:
    for part in place[:-1]:
        values = values[part]
    del values[place[-1]]


def _unknown(place: tuple[str | int, ...]) -> str:
    section = _SECTIONS.get(str(place[0]), Settings)
    if len(place) == 1:
        section = Settings
    nearest = difflib.get_close_matches(str(place[-1]), section.model_fields, n=1)
    meant = f" Did you mean {nearest[0]}?" if nearest else ""
    return f"There is no setting {'.'.join(map(str, place))}; it has no effect.{meant}"


def _line_of(text: str, key: str | int) -> int:
    """The first line that names a key; 1 when none does."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip(" -[").startswith(str(key)):
            return number
    return 1
