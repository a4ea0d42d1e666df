"""Flyway's settings, as far as they decide which files run and how.

Read from ``flyway.conf``, ``flyway.toml`` and Spring Boot's ``application.{properties,yml,yaml}``; later
ones win, as Flyway lets its TOML win over the older format. Names are compared without regard to case.
Source: Flyway's ``FlywayModel.defaults()`` and ``ConfigUtils`` (10 to 12), Spring Boot's ``spring.flyway.*``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from checks.errors import FileError
from checks.frameworks.view import View, base_name, parent

_MAX_LENGTH = 200_000
"""Characters; a larger file is no configuration."""
_SPRING = ("application.properties", "application.yml", "application.yaml")
_OTHER_DATABASE = re.compile(
    r"jdbc:(?:tc:)?(?!postgres|h2|hsqldb|derby|pgsql|aws-wrapper:postgres)\w", re.IGNORECASE
)


@dataclass(frozen=True)
class FlywayConfig:
    """The settings of one Flyway installation; the defaults are Flyway's own."""

    path: str | None = None
    """The file they were read from; None for the defaults."""
    locations: tuple[str, ...] = ()
    """Folders of the tree, without the tool's ``classpath:`` and ``filesystem:`` prefixes; empty when unset."""
    versioned: str = "V"
    repeatable: str = "R"
    undo: str = "U"
    baseline: str = "B"
    separator: str = "__"
    suffixes: tuple[str, ...] = (".sql",)
    placeholders: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    replace_placeholders: bool = True
    placeholder_prefix: str = "${"
    placeholder_suffix: str = "}"
    in_transaction: bool = True
    mixed: bool = False
    group: bool = False
    out_of_order: bool = False
    transactional_lock: bool = True
    """Whether its advisory lock is held by a transaction, which stays open meanwhile."""
    table: str = "flyway_schema_history"
    schema: str | None = None
    postgres: bool = True
    """False when the configured URL names another database; H2 and its like stand in for any."""

    @property
    def reach(self) -> str:
        """The folder that the configuration is for."""
        return parent(self.path or "").removesuffix("conf").rstrip("/")


def configurations(view: View) -> Iterator[FlywayConfig]:
    """Every Flyway configuration in the tree, the ones nearer to the root first."""
    found = [path for path in view.paths() if base_name(path) in ("flyway.conf", "flyway.toml", *_SPRING)]
    if not found:
        return
    folders = frozenset(above.as_posix() for folder in view.folders for above in _with_parents(folder))
    for path in sorted(found, key=lambda path: (path.count("/"), path)):
        name = base_name(path)
        values = _values(view, path)
        if name in _SPRING and not any(key.startswith("flyway.") for key in values):
            continue
        yield _config(path, values, folders)


def _with_parents(folder: str) -> list[PurePosixPath]:
    path = PurePosixPath(folder)
    return [path, *path.parents]


def _values(view: View, path: str) -> dict[str, str]:
    """All settings of a file as ``flyway.name`` → text; none when it is broken, which Flyway's own start reports."""
    import yaml  # late: few trees have one

    try:
        text = view.text(path)
        if len(text) > _MAX_LENGTH:
            return {}
        if path.endswith(".toml"):
            return _toml(tomllib.loads(text))
        if path.endswith((".yml", ".yaml")):
            return _spring([pair for item in yaml.safe_load_all(text) for pair in _spring_pairs(item)])
    except (FileError, tomllib.TOMLDecodeError, yaml.YAMLError, RecursionError):
        return {}
    pairs = list(_properties(text))
    return _spring(pairs) if base_name(path) in _SPRING else {key.lower(): value for key, value in pairs}


def _properties(text: str) -> Iterator[tuple[str, str]]:
    for line in text.replace("\\\n", "").splitlines():
        key, found, value = line.strip().partition("=")
        if found and not key.startswith(("#", "!")):
            yield key.strip(), value.strip()


def _toml(data: Mapping[str, object]) -> dict[str, str]:
    """``[flyway]``; what it leaves open is taken from ``[environments.*]``."""
    found = {f"flyway.{key}".lower(): value for key, value in _settings(data.get("flyway"))}
    environments = data.get("environments")
    for environment in environments.values() if isinstance(environments, dict) else ():
        for key, value in _settings(environment):
            found.setdefault(f"flyway.{key}".lower(), value)
    return found


def _settings(data: object) -> Iterator[tuple[str, str]]:
    """Names and texts of a mapping, and of the mappings in it (``placeholders.name``); lists joined by commas."""
    for key, value in data.items() if isinstance(data, dict) else ():
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", text) for name, text in _settings(value))
        elif isinstance(value, list):
            yield str(key), ",".join(_text(item) for item in value if not _is_nested(item))
        else:
            yield str(key), _text(value)


def _is_nested(value: object) -> bool:
    return isinstance(value, dict | list)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _spring_pairs(document: object) -> Iterator[tuple[str, str]]:
    """What a Spring document says under ``spring.flyway`` and ``spring.datasource``, dotted or nested."""
    if not isinstance(document, dict):
        return
    yield from ((key, value) for key, value in _settings(document) if key.startswith("spring."))
    spring = document.get("spring")
    for name in ("flyway", "datasource"):
        nested = spring.get(name) if isinstance(spring, dict) else document.get(f"spring.{name}")
        yield from ((f"spring.{name}.{key}", value) for key, value in _settings(nested))


def _spring(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """``spring.flyway.out-of-order`` → ``flyway.outoforder``; the data source's URL stands in for Flyway's own."""
    found: dict[str, str] = {}
    for key, value in pairs:
        if key.startswith("spring.flyway."):
            name = key.removeprefix("spring.flyway.")
            plain = name if name.startswith("placeholders.") else name.replace("-", "")
            found[f"flyway.{plain.lower()}"] = value
    url = dict(pairs).get("spring.datasource.url")
    if found and url:
        found.setdefault("flyway.url", url)
    return found


def _config(path: str, values: Mapping[str, str], folders: frozenset[str]) -> FlywayConfig:
    def text(name: str, default: str) -> str:
        return values.get(f"flyway.{name}", default)

    def flag(name: str, default: bool) -> bool:
        return text(name, str(default)).lower() == "true"

    def many(name: str) -> tuple[str, ...]:
        return tuple(item.strip() for item in text(name, "").split(",") if item.strip())

    placeholders = {
        key.removeprefix("flyway.placeholders."): value
        for key, value in values.items()
        if key.startswith("flyway.placeholders.")
    }
    locations = [folder for item in many("locations") for folder in _folders(item, path, folders)]
    return FlywayConfig(
        path=path,
        locations=tuple(dict.fromkeys(locations)),
        versioned=text("sqlmigrationprefix", "V"),
        repeatable=text("repeatablesqlmigrationprefix", "R"),
        undo=text("undosqlmigrationprefix", "U"),
        baseline=text("baselinemigrationprefix", "B"),
        separator=text("sqlmigrationseparator", "__"),
        suffixes=many("sqlmigrationsuffixes") or (".sql",),
        placeholders=placeholders,
        replace_placeholders=flag("placeholderreplacement", True),
        placeholder_prefix=text("placeholderprefix", "${"),
        placeholder_suffix=text("placeholdersuffix", "}"),
        in_transaction=flag("executeintransaction", True),
        mixed=flag("mixed", False),
        group=flag("group", False),
        out_of_order=flag("outoforder", False),
        transactional_lock=flag("postgresql.transactional.lock", True)
        and flag("postgresql.transactionallock", True),
        table=text("table", "flyway_schema_history"),
        schema=(text("defaultschema", "") or next(iter(many("schemas")), "")) or None,
        postgres=not _OTHER_DATABASE.match(text("url", "")),
    )


def _folders(location: str, config: str, folders: frozenset[str]) -> list[str]:
    """The folders of the tree that a location means.

    ``filesystem:`` paths are tried from the configuration's folder, the one above it and the root, because
    they are relative to where Flyway is started; ``classpath:`` ones below the source folders of its module.
    """
    kind, found, rest = location.partition(":")
    path = (rest if found else location).strip("/").removeprefix("./").replace("{vendor}", "postgresql")
    if not found or kind == "classpath":
        module = config.partition("src/")[0]
        below = sorted(
            folder for folder in folders if folder.startswith(module) and f"/{folder}".endswith(f"/{path}")
        )
        if below:
            return below
    here = PurePosixPath(config).parent
    tried = [(base / path).as_posix() for base in (here, here.parent, PurePosixPath("."))]
    return [folder for folder in dict.fromkeys(tried) if folder in folders][:1]
