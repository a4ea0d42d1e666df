"""``&name/1``, ``&Module.name/1`` and ``&(&1 + 1)``."""

from __future__ import annotations

from checks.elixir.scope import Closure, Scope, full_name
from checks.elixir.syntax import (
    Access,
    Alias,
    Apply,
    Call,
    Capture,
    Interpolated,
    ListOf,
    Literal,
    MapOf,
    Name,
    Node,
    Operation,
    TupleOf,
    Words,
)


def capture_of(node: Capture, scope: Scope) -> Closure:
    """The function that it stands for."""
    body = node.body
    if isinstance(body, Operation) and body.operator == "/" and isinstance(body.operands[1], Literal):
        named, arity = body.operands[0], body.operands[1].value
        if isinstance(named, Name):
            return Closure(arity, [], scope, named=(None, named.name), line=node.line)
        if isinstance(named, Call) and isinstance(named.receiver, Alias) and not named.arguments:
            module = full_name(named.receiver.name, scope)
            return Closure(arity, [], scope, named=(module, named.name), line=node.line)
    return Closure(_places(body), [], scope.inner(), capture=body, line=node.line)


def _places(node: Node) -> int:
    """The highest ``&1`` in the body of a capture."""
    match node:
        case Name():
            return int(node.name[1:]) if node.name[:1] == "&" and node.name[1:].isdigit() else 0
        case Interpolated():
            inner: list[Node] = [part for part in node.parts if not isinstance(part, str)]
        case ListOf() | TupleOf():
            inner = list(node.items)
        case Call():
            inner = [*node.arguments, *([node.receiver] if node.receiver else []), *node.blocks.values()]
        case Operation():
            inner = node.operands
        case Apply():
            inner = [node.function, *node.arguments]
        case Access():
            inner = [node.subject, node.key]
        case MapOf():
            inner = [part for pair in node.pairs for part in pair]
        case Words():
            inner = [node.text]
        case _:
            inner = []
    return max(map(_places, inner), default=0)
