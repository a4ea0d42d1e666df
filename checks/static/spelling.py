"""Expressions as text: the common ones at once, all others as PostgreSQL's own printer has them."""

from __future__ import annotations

from typing import Any

from checks.rules.spelling import expression_text
from checks.sql.parse import name_parts


def default_text(expression: Any) -> str:
    kind = expression.WhichOneof("node")
    if kind == "a_const":
        return _constant(expression.a_const)
    if kind == "func_call" and not expression.func_call.args and not expression.func_call.agg_star:
        return f"{'.'.join(name_parts(expression.func_call.funcname))}()"
    return expression_text(expression)


def _constant(value: Any) -> str:
    if value.isnull:
        return "NULL"
    match value.WhichOneof("val"):
        case "sval":
            text = str(value.sval.sval).replace("'", "''")
            return f"'{text}'"
        case "ival":
            return str(value.ival.ival)
        case "boolval":
            return "true" if value.boolval.boolval else "false"
    return str(value.fval.fval or value.bsval.bsval)
