"""Flyway's names: which kind of file it is, its version, and why another name is skipped."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from checks.frameworks.flyway_config import FlywayConfig

CALLBACKS = (
    "beforeMigrate",
    "beforeRepeatables",
    "beforeEachMigrateStatement",
    "beforeEachMigrate",
    "afterEachMigrateStatementError",
    "afterEachMigrateStatement",
    "afterEachMigrateError",
    "afterEachMigrate",
    "afterVersioned",
    "afterMigrateOperationFinish",
    "afterMigrateApplied",
    "afterMigrateError",
    "afterMigrate",
    "beforeClean",
    "afterClean",
    "beforeUndo",
    "beforeEachUndo",
    "afterEachUndo",
    "afterUndo",
    "beforeValidate",
    "afterValidate",
    "beforeBaseline",
    "afterBaseline",
    "beforeRepair",
    "afterRepair",
    "beforeInfo",
    "afterInfo",
    "createSchema",
    "beforeCreateSchema",
    "beforeConnect",
    "afterConnect",
)
"""``org.flywaydb.core.api.callback.Event``; the file's name begins with one of them."""

_ALMOST = re.compile(
    r"(?P<prefix>[vVrRuUbB])?(?P<space>[ _.-]?)(?P<version>\d[\d._]*?)?(?P<separator>_{1,3}|[- ]+|\.)(?P<description>[A-Za-z].*)"
)


class Kind(StrEnum):
    VERSIONED = "versioned"
    UNDO = "undo"
    REPEATABLE = "repeatable"
    BASELINE = "baseline"
    CALLBACK = "callback"


class Name(NamedTuple):
    kind: Kind
    prefix: str
    version: str
    """As Flyway compares it (``1.10``, without leading zeros and trailing ``.0``); ``""`` without one."""
    description: str


def parse_name(file: str, config: FlywayConfig) -> Name | None:
    """What Flyway makes of a file's name; None when it skips it (``ResourceNameParser.parse``)."""
    stem = _stem(file, config)
    if stem is None:
        return None
    kinds = {
        config.versioned: Kind.VERSIONED,
        config.undo: Kind.UNDO,
        config.repeatable: Kind.REPEATABLE,
        config.baseline: Kind.BASELINE,
        **dict.fromkeys(CALLBACKS, Kind.CALLBACK),
    }
    prefix = next((known for known in sorted(kinds, key=len, reverse=True) if stem.startswith(known)), None)
    if prefix is None:
        return None
    kind = kinds[prefix]
    number, _, description = stem[len(prefix) :].partition(config.separator)
    versioned = kind in (Kind.VERSIONED, Kind.UNDO, Kind.BASELINE)
    version = normal_version(number) if versioned else ""
    if version is None or (not versioned and number):
        return None
    return Name(kind, prefix, version, description.replace("_", " "))


def _stem(file: str, config: FlywayConfig) -> str | None:
    for suffix in config.suffixes:
        if file.upper().endswith(suffix.upper()):
            return file[: -len(suffix)]
    return None


def normal_version(text: str) -> str | None:
    """``01_2.0`` → ``1.2``; None for what ``MigrationVersion`` refuses."""
    parts = re.split(r"\.(?=\d)", text.replace("_", "."))
    if not all(re.fullmatch(r"\d+", part) for part in parts):
        return None
    numbers = [int(part) for part in parts]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return ".".join(map(str, numbers))


def order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def why_skipped(file: str, config: FlywayConfig) -> str | None:
    """A sentence for a name that Flyway skips although it looks like a migration; None for any other."""
    stem = _stem(file, config)
    if stem is None or parse_name(file, config) is not None:
        return None
    found = _ALMOST.fullmatch(stem)
    if found is None or not (found["prefix"] or found["version"]) or not (found["version"] or "__" in stem):
        return None
    prefix = (found["prefix"] or "V").upper()
    prefix = {"V": config.versioned, "U": config.undo, "R": config.repeatable, "B": config.baseline}[prefix]
    version = found["version"] or ("" if prefix == config.repeatable else "<version>")
    number = version.strip("._")
    meant = (
        f"{prefix}{'' if prefix == config.repeatable else number}{config.separator}{found['description']}.sql"
    )
    problem = _what_is_wrong(found, config, prefix)
    return f"Flyway skips this file without a word: {problem}. Probably {meant} was meant."


def _what_is_wrong(found: re.Match[str], config: FlywayConfig, prefix: str) -> str:
    if found["prefix"] is None:
        return f"the name does not begin with {config.versioned}, {config.repeatable}, {config.undo} or {config.baseline}"
    if found["prefix"].islower():
        return f"the prefix is a capital {prefix}"
    if not found["version"] and prefix != config.repeatable:
        return f"there is no version between {prefix} and {config.separator}"
    if found["version"] and prefix == config.repeatable:
        return "a repeatable migration has no version"
    return f"what stands between {prefix} and the description is not a version followed by {config.separator}"
