"""Drop what is there and was not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from checks.catalog import Catalog, Key
from checks.rollback.access import changed_grants
from checks.rollback.create import set_for_database
from checks.rollback.words import command, holder, name

ORDER = (
    "publication table", "publication schema", "publication", "event trigger", "policy", "trigger", "rule",
    "statistics", "materialized view", "view", "index", "constraint", "column", "attribute", "foreign table",
    "table", "user mapping", "server", "foreign-data wrapper", "operator class", "cast", "operator", "aggregate",
    "procedure", "function", "text search configuration", "text search dictionary", "conversion", "sequence",
    "range", "composite type", "domain", "enum", "type", "collation", "extension", "schema",
)  # fmt: skip
"""What is usually dropped first: what others do not rest on."""
TOGETHER = ("materialized view", "view", "foreign table", "table", "aggregate", "procedure", "function",
            "range", "composite type", "domain", "enum")  # fmt: skip
"""One command may drop several of them, whatever they refer to among themselves."""


def drop(keys: Iterable[Key], catalog: Catalog) -> Iterator[str]:
    """The statements that drop the objects, without CASCADE: nothing else may go with them."""
    newest_first = sorted(
        keys, key=lambda key: (rank(key), -catalog.facts[key]["oid"], -catalog.facts[key]["sub"])
    )
    for kind, group in groupby(newest_first, key=lambda key: key[0]):
        if kind in TOGETHER:
            together = list(group)
            yield f"DROP {command(together[0])} {', '.join(name(key, catalog) for key in together)}"
        else:
            yield from (statement for key in group for statement in drop_one(key, catalog))


def rank(key: Key) -> int:
    return ORDER.index(key[0]) if key[0] in ORDER else len(ORDER)


def drop_one(key: Key, catalog: Catalog) -> Iterator[str]:
    match key[0]:
        case "column":
            yield f"ALTER TABLE {holder(key, catalog)} DROP COLUMN {name(key, catalog)}"
        case "attribute":
            yield f"ALTER TYPE {holder(key, catalog)} DROP ATTRIBUTE {name(key, catalog)}"
        case "constraint":
            kind = "DOMAIN" if catalog.fact(key, "domain") else "TABLE"
            yield f"ALTER {kind} {holder(key, catalog)} DROP CONSTRAINT {name(key, catalog)}"
        case "trigger" | "rule" | "policy":
            yield f"DROP {key[0].upper()} {name(key, catalog)} ON {holder(key, catalog)}"
        case "publication table":
            yield f"ALTER PUBLICATION {catalog.fact(key, 'publication')} DROP TABLE ONLY {name(key, catalog)}"
        case "publication schema":
            yield f"ALTER PUBLICATION {catalog.fact(key, 'publication')} DROP TABLES IN SCHEMA {name(key, catalog)}"
        case "user mapping":
            yield f"DROP USER MAPPING FOR {name(key, catalog)}"
        case "default privileges":
            yield from changed_grants(key, catalog, Catalog({}))
        case "database setting":
            yield set_for_database(key, catalog, f"RESET {catalog.fact(key, 'parameter')}")
        case _:
            yield f"DROP {command(key)} {name(key, catalog)}"
