"""Snapshots to write down in tests."""

from __future__ import annotations

import json
from typing import Any


def attribute(source: str, type: object = "text", **more: Any) -> dict[str, Any]:
    """``null``, ``default`` (code), ``key``, ``generated``, ``references`` and what else a snapshot says."""
    said = {
        "source": source,
        "type": type,
        "allow_nil?": more.pop("null", True),
        "default": more.pop("default", "nil"),
        "primary_key?": more.pop("key", False),
        "generated?": more.pop("generated", False),
        "references": more.pop("references", None),
        "size": None,
    }
    return said | more


ID = attribute("id", "uuid", null=False, key=True, default='fragment("gen_random_uuid()")')


def reference(table: str, **more: Any) -> dict[str, Any]:
    return {"table": table, "destination_attribute": "id", "schema": "public"} | more


def identity(name: str, *keys: str, **more: Any) -> dict[str, Any]:
    fields = [{"type": "atom", "value": key} for key in keys]
    return {"name": name, "keys": fields, "index_name": f"{name}_index"} | more


def index(*fields: str, **more: Any) -> dict[str, Any]:
    return {
        "fields": [{"type": "atom", "value": field} for field in fields],
        "include_base_filter?": True,
    } | more


def snapshot(table: str, *attributes: dict[str, Any], **more: Any) -> str:
    said = {
        "table": table,
        "schema": None,
        "repo": "Elixir.Shop.Repo",
        "attributes": [ID, *attributes],
        "identities": [],
        "multitenancy": {"strategy": None, "attribute": None, "global": None},
    }
    return json.dumps(said | more, indent=2)
