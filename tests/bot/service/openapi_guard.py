"""Every request held against GitHub's own description of its REST API (npm ``@octokit/openapi``)."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012


class Guard:
    def __init__(self, package: Path):
        description = (package / "generated" / "api.github.com.json").read_text()
        self._api = json.loads(description, object_hook=_with_null)
        resource = DRAFT202012.create_resource(self._api)
        self._registry: Registry[Any] = Registry().with_resource("urn:github", resource)
        templates = sorted(self._api["paths"], key=_words)
        self._paths = [(_pattern(template), template) for template in templates]
        self._validator = cache(self._make_validator)

    def violations(self, method: str, path: str, query: str, body: bytes) -> list[str]:
        """What is wrong with a request: nothing, when GitHub's description allows it."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path}: no such operation"]
        place, found = operation
        wrong = [
            f"{method} {path}: no parameter {name!r}"
            for name, _ in parse_qsl(query)
            if name not in self._parameters(found)
        ]
        schema = found.get("requestBody", {}).get("content", {}).get("application/json")
        if body and schema is not None:
            pointer = f"{place}/requestBody/content/application~1json/schema"
            errors = self._validator(pointer).iter_errors(json.loads(body))
            wrong += [f"{method} {path}: {error.json_path}: {error.message[:200]}" for error in errors]
        elif body and body != b"{}":
            wrong.append(f"{method} {path}: takes no body")
        return wrong

    def _operation(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        for pattern, template in self._paths:
            if pattern.fullmatch(path) and method.lower() in self._api["paths"][template]:
                place = f"/paths/{template.replace('~', '~0').replace('/', '~1')}/{method.lower()}"
                return place, self._api["paths"][template][method.lower()]
        return None

    def _parameters(self, operation: dict[str, Any]) -> set[str]:
        return {self._resolved(one)["name"] for one in operation.get("parameters", [])}

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in node:
            return node
        found = self._api
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return dict(found)

    def _make_validator(self, pointer: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"urn:github#{pointer}"}, registry=self._registry)


def _with_null(node: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0 says ``nullable`` where JSON Schema says that the type may be ``null``, too."""
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        return {**node, "type": [node["type"], "null"]}
    return node


def _words(template: str) -> tuple[int, str]:
    """The more of a path is written out, the surer it is meant."""
    return -sum(not part.startswith("{") for part in template.split("/")), template


def _pattern(template: str) -> re.Pattern[str]:
    """Names of branches and paths may hold slashes; nothing else may."""
    parts = re.split(r"(\{[^}]+\})", template)
    wide = ("{ref}", "{path}", "{branch}", "{basehead}")
    return re.compile(
        "".join(".+" if one in wide else "[^/]+" if one.startswith("{") else re.escape(one) for one in parts)
    )
