"""Calls as ``mix format`` lays them out: in one line of 98 characters, else broken as its rules say.

``locals_without_parens`` are those that ecto_sql's ``.formatter.exs`` exports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from checks.ecto.write.literals import heredoc_lines

WIDTH = 98


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Heredoc:
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Expression, ...] = ()
    options: tuple[tuple[str, Expression], ...] = ()
    """The keyword list behind them."""
    parens: bool = True
    block: tuple[Call, ...] = ()
    """The calls between ``do`` and ``end``."""
    source: tuple[str, ...] = ()
    """Lines that stand for all of it, as somebody else has written them."""


Expression: TypeAlias = str | ListOf | Heredoc | Call
"""A str is source text that is never broken."""


def lines(call: Call, column: int) -> list[str]:
    """The lines of a call that begins at ``column``; all but the first are indented."""
    if call.source:
        return [call.source[0], *_indented(call.source[1:], column)]
    if not call.block:
        return _broken_if_needed(call, column)
    head = _broken_if_needed(replace(call, block=()), column)
    head[-1] += " do"
    return [*head, *body(call.block, column + 2), f"{' ' * column}end"]


def body(calls: Sequence[Call], column: int) -> list[str]:
    """Calls below each other; one that does not fit on one line stands apart from its neighbours."""
    written: list[str] = []
    apart = False
    for call in calls:
        own = lines(call, column)
        is_long = len(own) > 1 or column + len(own[0]) > WIDTH
        if written and (apart or is_long):
            written.append("")
        apart = is_long
        written += [f"{' ' * column}{own[0]}", *own[1:]]
    return written


def flat(expression: Expression) -> str:
    """On one line, however long. No heredoc is in it."""
    return _flat(expression) or ""


def _flat(expression: Expression) -> str | None:
    """On one line; None when a heredoc is in it."""
    match expression:
        case str():
            return expression
        case Heredoc():
            return None
        case ListOf(items=items):
            return _joined(items, "[", "]")
        case Call(parens=parens):
            before, after = ("(", ")") if parens else (" ", "")
            items = (*expression.arguments, *(f"{key}: {_flat(one)}" for key, one in expression.options))
            joined = _joined(items, before, after)
            return None if joined is None else expression.name + joined


def _joined(items: Sequence[Expression], before: str, after: str) -> str | None:
    texts = [_flat(item) for item in items]
    known = [text for text in texts if text is not None]
    return f"{before}{', '.join(known)}{after}" if len(known) == len(texts) else None


def _broken_if_needed(expression: Expression, column: int, behind: int = 0) -> list[str]:
    """``behind``: how many characters follow on its last line."""
    line = _flat(expression)
    if line is not None and (
        column + _counted(expression, line, behind) <= WIDTH or isinstance(expression, str)
    ):
        return [line]
    match expression:
        case Heredoc(text=text):
            return ['"""', *_indented(heredoc_lines(text), column), f'{" " * column}"""']
        case ListOf(items=items):
            return ["[", *_each(items, column + 2), f"{' ' * column}]"]
        case Call(parens=True):
            return _in_parens(expression, column)
        case Call():
            return _bare(expression, column)
        case _:
            return [expression]


def _counted(expression: Expression, line: str, behind: int) -> int:
    """The width that decides: the bracket behind a last list or option, and what follows it, may stand out."""
    inner = expression
    while isinstance(inner, Call) and not inner.parens and len(inner.arguments) == 1 and not inner.options:
        inner = inner.arguments[0]
    if isinstance(inner, Call) and inner.parens and (inner.options or _ends_in_a_list(inner)):
        return len(line) - 1
    return len(line) + behind


def _ends_in_a_list(call: Call) -> bool:
    return any(isinstance(last, ListOf) for last in call.arguments[-1:])


def _in_parens(call: Call, column: int) -> list[str]:
    start, close = f"{call.name}(", f"{' ' * column})"
    first = _first_line(start, call.arguments, column)
    if call.options and call.arguments and first is not None:
        return [first, *_options(call.options, column + 2), close]
    *before, last = call.arguments or ("",)
    opened = _joined([*before, "["], start, "")
    if not call.options and isinstance(last, ListOf) and opened and column + len(opened) <= WIDTH:
        return [opened, *_each(last.items, column + 2), f"{' ' * column}])"]
    own = _each(call.arguments, column + 2, more=bool(call.options))
    return [start, *own, *_options(call.options, column + 2), close]


def _bare(call: Call, column: int) -> list[str]:
    """Without parentheses: options below the name, or all arguments below the first."""
    first = _first_line(f"{call.name} ", call.arguments, column)
    if call.options and first is not None:
        return [first, *_options(call.options, column + 2)]
    *before, last = call.arguments
    opened = _joined([*before, '"""'], f"{call.name} ", "")
    if not call.options and isinstance(last, Heredoc) and opened and column + len(opened) <= WIDTH:
        return [opened, *_broken_if_needed(last, column)[1:]]
    inner = column + len(call.name) + 1
    own = _each(call.arguments, inner, more=bool(call.options))
    own[0] = f"{call.name} {own[0].lstrip()}"
    return [*own, *_options(call.options, inner)]


def _first_line(start: str, arguments: Sequence[Expression], column: int) -> str | None:
    """The arguments with the comma behind them, when they fit."""
    text = _joined(arguments, start, ",")
    return text if text is not None and column + len(text) <= WIDTH else None


def _each(items: Sequence[Expression], column: int, *, more: bool = False) -> list[str]:
    """One below the other, each with a comma but the last."""
    written: list[str] = []
    for place, item in enumerate(items):
        comma = "," if more or place < len(items) - 1 else ""
        own = _broken_if_needed(item, column, len(comma))
        own[-1] += comma
        written += [f"{' ' * column}{own[0]}", *own[1:]]
    return written


def _options(options: Sequence[tuple[str, Expression]], column: int) -> list[str]:
    written: list[str] = []
    for place, (key, value) in enumerate(options):
        comma = "," if place < len(options) - 1 else ""
        own = _option(key, value, column, len(comma))
        own[-1] += comma
        written += own
    return written


def _option(key: str, value: Expression, column: int, behind: int) -> list[str]:
    """A list is opened beside its key; what else is too long goes below it."""
    margin, line = " " * column, _flat(value)
    follows = 0 if isinstance(value, ListOf) else behind
    if line is not None and column + len(key) + 2 + _counted(value, line, follows) <= WIDTH:
        return [f"{margin}{key}: {line}"]
    if isinstance(value, ListOf):
        return [f"{margin}{key}: [", *_each(value.items, column + 2), f"{margin}]"]
    own = _broken_if_needed(value, column + 2, behind)
    return [f"{margin}{key}:", f"{margin}  {own[0]}", *own[1:]]


def _indented(texts: Sequence[str], column: int) -> list[str]:
    return [f"{' ' * column}{text}" if text else "" for text in texts]
