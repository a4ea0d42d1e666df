"""The words that statements about catalog objects are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checks.catalog import Catalog, Key
from checks.errors import MigrationError

COMMANDS = {
    "foreign table": "FOREIGN TABLE",
    "materialized view": "MATERIALIZED VIEW",
    "enum": "TYPE",
    "composite type": "TYPE",
    "range": "TYPE",
    "foreign-data wrapper": "FOREIGN DATA WRAPPER",
}
"""Where the command's word for a kind of object is not the kind itself."""


class DraftError(MigrationError):
    """There is no statement that would bring an object back, or none that the catalogs tell."""


def command(key: Key) -> str:
    """``TABLE``, ``TYPE``, ``MATERIALIZED VIEW`` … as ALTER, DROP and COMMENT spell it."""
    return COMMANDS.get(key[0], key[0].upper())


def name(key: Key, catalog: Catalog) -> str:
    """Quoted where it must be; with its schema for what lies in one, without its table for what lies in one."""
    return str(catalog.fact(key, "sql"))


def holder(key: Key, catalog: Catalog) -> str:
    """The table, view, domain or composite type that the object is a part of."""
    return str(catalog.fact(key, "holder"))


def quoted(facts: Mapping[str, Any]) -> str:
    """The object's own name, without schema or table."""
    return str(facts.get("quoted") or quote(facts["path"][-1]))


def quote(plain: str) -> str:
    return plain if re.fullmatch(r"[a-z_][a-z0-9_]*", plain) else '"' + plain.replace('"', '""') + '"'


def literal(value: str) -> str:
    quoted = "'" + value.replace("'", "''") + "'"
    return " E" + quoted.replace("\\", "\\\\") if "\\" in value else quoted


def options_clause(options: Any) -> list[str]:
    return [f"WITH ({options})"] if options else []


def foreign_options(options: list[str] | None) -> str:
    pairs = [option.split("=", 1) for option in options or ()]
    return f"OPTIONS ({', '.join(f'{label} {literal(value)}' for label, value in pairs)})" if pairs else ""
