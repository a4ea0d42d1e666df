"""The JSON Schema of a report, with what the model's source says of each field."""

from __future__ import annotations

import ast
import inspect
import json
from itertools import pairwise
from typing import Any

from checks import model


def report_schema() -> str:
    """The JSON Schema (2020-12) of a report, as ``docs/report.schema.json`` publishes it."""
    schema = model.Report.model_json_schema(mode="serialization")
    described = field_descriptions()
    for name, definition in [("Report", schema), *schema["$defs"].items()]:
        classes = [base.__name__ for base in getattr(model, name).__mro__]
        for field, row in definition.get("properties", {}).items():
            texts = [described[base, field] for base in classes if (base, field) in described]
            if texts:
                definition["properties"][field] = dict(sorted({**row, "description": texts[0]}.items()))
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema, indent=2) + "\n"


def field_descriptions() -> dict[tuple[str, str], str]:
    """Class and field → the text below it. (Pydantic would collect them too, but at the start of every command.)"""
    classes = [node for node in ast.parse(inspect.getsource(model)).body if isinstance(node, ast.ClassDef)]
    return {
        (node.name, field.target.id): inspect.cleandoc(text)
        for node in classes
        for field, below in pairwise(node.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if (text := text_of(below)) is not None
    }


def text_of(node: Any) -> str | None:
    value = getattr(node, "value", None) if isinstance(node, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
