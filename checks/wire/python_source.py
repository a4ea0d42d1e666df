"""Where in a migration written in Python something runs: Django's operations, and what stands in functions."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """One of a Django migration's ``operations``. Lines from 1."""

    line: int
    end_line: int
    runs: tuple[range, ...] = ()
    """The lines of the file's functions that it names (RunPython)."""


def operations_of(text: str) -> tuple[Operation, ...]:
    """In their order; none where the file has no plain list of them, so that which is which cannot be told."""
    tree = _parsed(text)
    functions = {one.name: range(one.lineno, _end(one) + 1) for one in _functions(tree)}
    for one in _migration(tree):
        if isinstance(one, ast.Assign | ast.AnnAssign) and _is_named(one, "operations"):
            items = one.value.elts if isinstance(one.value, ast.List) else []
            is_plain = all(isinstance(item, ast.Call) for item in items)
            return tuple(_operation(item, functions) for item in items) if is_plain else ()
    return ()


def _is_named(assignment: ast.Assign | ast.AnnAssign, name: str) -> bool:
    targets = assignment.targets if isinstance(assignment, ast.Assign) else [assignment.target]
    return [target.id for target in targets if isinstance(target, ast.Name)] == [name]


def calls_of(text: str) -> frozenset[int]:
    """The lines, from 1, on which statements of functions begin. What a file says of models and of other modules sends
    nothing, nor does the head of a block (``with op.batch_alter_table(…)``)."""
    inner = (node for function in _functions(_parsed(text)) for node in ast.walk(function))
    return frozenset(
        node.lineno for node in inner if isinstance(node, ast.stmt) and not hasattr(node, "body")
    )


def lone_call(text: str, function: str) -> int | None:
    """The line of the one thing that a function does, where it does one thing and that is a call into ``op``."""
    for one in _functions(_parsed(text)):
        if one.name == function:
            said = [part for part in one.body if not _is_text(part)]
            lone = said[0] if len(said) == 1 else None
            return lone.lineno if lone and _is_into_op(lone) else None
    return None


def _is_into_op(part: ast.stmt) -> bool:
    called = part.value.func if isinstance(part, ast.Expr) and isinstance(part.value, ast.Call) else None
    return (
        isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "op"
    )


def _is_text(part: ast.stmt) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)


def _operation(call: ast.expr, functions: dict[str, range]) -> Operation:
    named = [node.id for node in ast.walk(call) if isinstance(node, ast.Name)]
    runs = tuple(functions[name] for name in named if name in functions)
    return Operation(call.lineno, _end(call), runs)


def _migration(tree: ast.Module) -> Iterator[ast.stmt]:
    for one in tree.body:
        if isinstance(one, ast.ClassDef) and one.name == "Migration":
            yield from one.body


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


def _end(node: ast.stmt | ast.expr) -> int:
    return node.end_lineno or node.lineno


def _parsed(text: str) -> ast.Module:
    """Empty for what this Python cannot read."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of what the author wrote
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])
