"""One object in the words of SQL, as a person would read it in a diff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.catalog.schema import Catalog, Column, Key

SHOWN = (
    "definition",
    "type",
    "labels",
    "function",
    "value",
    "version",
    "filter",
    "command",
    "using",
    "event",
)


def summary(key: Key, catalog: Catalog) -> str | None:
    """What the object is, without its name; several lines for a table. None when the name says it all."""
    row: Mapping[str, Any] = catalog.objects[key]
    match key[0]:
        case "table" | "foreign table":
            return table(key[1], row, catalog)
        case "composite type":
            return (
                "(" + ", ".join(f"{column.name} {column.type}" for column in catalog.attributes(key[1])) + ")"
            )
        case "column" | "attribute":
            return column_clause(row)
        case "function" | "procedure":
            return str(catalog.fact(key, "definition"))
        case "sequence":
            return f"{row['type']} increment {row['increment']}"
        case "enum":
            return f"({row['labels']})"
        case "index" | "view" | "materialized view" | "trigger" | "rule" | "constraint" | "statistics":
            return str(catalog.fact(key, "definition") or row["definition"]).strip()
        case "policy":
            return policy(row)
        case _:
            return ", ".join(f"{name} {row[name]}" for name in SHOWN if row.get(name) is not None) or None


def table(name: str, row: Mapping[str, Any], catalog: Catalog) -> str:
    lines = [f"{column.name} {clause(column)}" for column in catalog.columns(name)]
    lines += [
        f"{constraint.name} {constraint.definition}"
        for constraint in catalog.constraints(name)
        if constraint.kind != "not null"
    ]
    lines += [index.definition for index in catalog.indexes(name) if not index.constraint]
    if row["partition_of"]:
        lines.append(f"partition of {row['partition_of']} {row['bound']}")
    if row["partition_key"]:
        lines.append(f"partition by {row['partition_key']}")
    return "\n".join(lines)


def clause(column: Column) -> str:
    return column_clause(
        {
            "type": column.type,
            "not_null": column.not_null,
            "default": column.default,
            "identity": column.identity,
            "generated": column.generated,
        }
    )


def column_clause(row: Mapping[str, Any]) -> str:
    """``text not null default 'x'``"""
    words = [row["type"]]
    if row["not_null"]:
        words.append("not null")
    if row["generated"]:
        words.append(f"generated always as ({row['default']}) {row['generated']}")
    elif row["identity"]:
        words.append(f"generated {row['identity']} as identity")
    elif row["default"] is not None:
        words.append(f"default {row['default']}")
    return " ".join(words)


def policy(row: Mapping[str, Any]) -> str:
    words = [f"for {row['command']} to {row['roles']}"]
    if row["using"] is not None:
        words.append(f"using ({row['using']})")
    if row["with_check"] is not None:
        words.append(f"with check ({row['with_check']})")
    return " ".join(words)
