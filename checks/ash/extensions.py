"""``extensions.json`` against what the migrations installed.

``ash-functions`` is no extension of PostgreSQL but functions, of which each version brought some
(``lib/migration_generator/ash_functions.ex`` of ash_postgres 2.12). Extensions of an application's own
(``name_v2``) are modules, whose functions the file does not name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.ash.deviation import Aspect, Deviation
from checks.ash.snapshot import Extensions
from checks.ash.vocabulary import Kind
from checks.catalog import Catalog

ASH_FUNCTIONS = "ash-functions"
_SINCE = {
    "ash_elixir_or": 0,
    "ash_elixir_and": 0,
    "ash_trim_whitespace": 1,
    "ash_raise_error": 2,
    "ash_required": 6,
}
_STABLE_SINCE = 5
"""From this version on ``ash_raise_error`` is STABLE."""
_OF_THE_APPLICATION = re.compile(r".*_v\d+")


def extension_deviations(said: Extensions, catalog: Catalog) -> Iterator[Deviation]:
    there = {name for kind, name in catalog.objects if kind == "extension"}
    for name in said.installed:
        is_of_postgres = name not in (ASH_FUNCTIONS, "ash_functions") and not _OF_THE_APPLICATION.fullmatch(
            name
        )
        if is_of_postgres and name not in there:
            yield _deviation(name, "installed", "not installed")
    version = said.ash_functions_version
    if ASH_FUNCTIONS in said.installed and version is not None:
        yield from _functions(version, catalog)


def _functions(version: int, catalog: Catalog) -> Iterator[Deviation]:
    there = {
        name.partition("(")[0].rpartition(".")[2] for kind, name in catalog.objects if kind == "function"
    }
    lacking = sorted(name for name, since in _SINCE.items() if since <= version and name not in there)
    newer = sorted(name for name, since in _SINCE.items() if since > version and name in there)
    if lacking:
        yield _deviation(
            ASH_FUNCTIONS, f"version {version}", f"not {', '.join(lacking)}, which that version brings"
        )
    elif newer:
        yield _deviation(
            ASH_FUNCTIONS, f"version {version}", f"{', '.join(newer)}, which a later version brings"
        )
    elif version >= _STABLE_SINCE and _raises_volatile(catalog):
        text = f"ash_raise_error as it was before version {_STABLE_SINCE} (VOLATILE)"
        yield _deviation(ASH_FUNCTIONS, f"version {version}", text)


def _raises_volatile(catalog: Catalog) -> bool:
    return any(
        kind == "function" and ".ash_raise_error(" in name and row["volatility"] == "volatile"
        for (kind, name), row in catalog.objects.items()
    )


def _deviation(name: str, snapshot: str, database: str) -> Deviation:
    return Deviation("", Kind.EXTENSION, name, Aspect.DEFINITION, snapshot, database)
