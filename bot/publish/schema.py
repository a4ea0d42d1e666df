"""The JSON Schemas of what is published as JSON, with what the models' source says of each field."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Mapping
from itertools import pairwise
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from checks.model import (
    differences,
    findings,
    migrations,
    observations,
    production,
    report,
    rollback,
    tables,
)

VOCABULARY = (differences, findings, migrations, observations, production, report, rollback, tables)


def report_schema() -> str:
    """The JSON Schema (2020-12) of a report, as ``docs/report.schema.json`` publishes it."""
    from bot.publish import published
    from bot.summary import model as summaries

    return schema_of(published.PublishedReport, published, summaries, *VOCABULARY)


def audit_schema() -> str:
    """That of an audit, as ``docs/audit.schema.json`` publishes it."""
    from checks.audit import model as audits

    return schema_of(audits.Audit, audits, *VOCABULARY)


def plan_schema() -> str:
    """That of a rollout plan, as ``docs/plan.schema.json`` publishes it."""
    from checks.plan import model as plans

    return schema_of(plans.Plan, plans, *VOCABULARY)


def schema_of(document: type[BaseModel], *modules: ModuleType) -> str:
    """The schema of a model whose parts are defined in ``modules``."""
    schema = document.model_json_schema(mode="serialization")
    known: dict[str, type] = {}
    described: dict[tuple[str, str], str] = {}
    for module in reversed(modules):
        known |= {name: value for name, value in vars(module).items() if isinstance(value, type)}
        described |= field_descriptions(module)
    for name, definition in [(document.__name__, schema), *schema.get("$defs", {}).items()]:
        _describe(definition, known[name], described)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema, indent=2) + "\n"


def _describe(definition: Any, part: type, described: Mapping[tuple[str, str], str]) -> None:
    classes = [base.__name__ for base in part.__mro__]
    for field, row in definition.get("properties", {}).items():
        texts = [described[base, field] for base in classes if (base, field) in described]
        if texts:
            definition["properties"][field] = dict(sorted({**row, "description": texts[0]}.items()))


def field_descriptions(module: ModuleType) -> dict[tuple[str, str], str]:
    """Class and field → the text below it. (Pydantic would collect them too, but at the start of every command.)"""
    classes = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)]
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
