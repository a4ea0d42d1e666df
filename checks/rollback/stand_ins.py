"""A value for the rows of a NOT NULL column whose own values are gone."""

from __future__ import annotations

import re

from checks.catalog import Catalog

STAND_INS = (
    (r".*\[\]$", "'{}'"),
    (r"(text|character varying|character|bpchar|name|\"char\")\b", "''"),
    (r"(smallint|integer|bigint|numeric|real|double precision)\b", "0"),
    (r"money\b", "0"),
    (r"boolean\b", "false"),
    (r"uuid\b", "'00000000-0000-0000-0000-000000000000'"),
    (r"timestamp|date\b", "'epoch'"),
    (r"time\b", "'00:00'"),
    (r"interval\b", "'0'"),
    (r"jsonb?\b", "'{}'"),
    (r"bytea\b", "''"),
    (r"(inet|cidr)\b", "'0.0.0.0'"),
    (r"\w+(multi)?range\b", "'empty'"),
    (r"tsvector\b", "''"),
)


def stand_in(type_name: str, catalog: Catalog) -> str | None:
    """A literal of the type, as SQL; None for a type that has no plain one."""
    for (kind, _), facts in catalog.facts.items():
        if kind == "enum" and facts["sql"] == type_name and facts["labels"]:
            return "'" + str(facts["labels"][0]).replace("'", "''") + "'"
    return next((value for pattern, value in STAND_INS if re.match(pattern, type_name)), None)
