"""Unary and binary operators on constants."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable

from checks.elixir.show import inspect
from checks.elixir.stops import DynamicError, TooMuchError
from checks.elixir.values import (
    Map,
    Range,
    Value,
    is_equal,
    is_integer,
    is_number,
    is_truthy,
    term_order,
)

MAX_TEXT = 1_000_000
_MAX_BITS = 10_000


def apply(name: str, operands: list[Value], line: int) -> Value:
    """Raises DynamicError for operators and operands that are not known here, RaisedError as Elixir does."""
    function = _OPERATORS.get((name, len(operands)))
    if function is None:
        raise DynamicError(f"the operator `{name}` is not evaluated here", line)
    try:
        result = function(*operands)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError) as error:
        shown = ", ".join(inspect(operand)[:60] for operand in operands)
        raise DynamicError(f"`{name}` is not evaluated for {shown}", line) from error
    return bounded(result, line)


def bounded(value: Value, line: int) -> Value:
    """The value, when it is not larger than any migration needs."""
    if isinstance(value, (str, list)) and len(value) > MAX_TEXT:
        raise TooMuchError(f"a value grows to more than {MAX_TEXT:,} elements or characters", line)
    if is_integer(value) and value.bit_length() > _MAX_BITS:
        raise TooMuchError("a number grows beyond 3,000 digits", line)
    return value


def _numbers(function: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    def on_numbers(left: Value, right: Value) -> Value:
        if not (is_number(left) and is_number(right)):
            raise TypeError
        return function(left, right)

    return on_numbers


def _compared(function: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    return lambda left, right: function(term_order(left), term_order(right))


def _concatenated(left: Value, right: Value) -> Value:
    if not (isinstance(left, str) and isinstance(right, str)):
        raise TypeError
    return left + right


def _joined(left: Value, right: Value) -> Value:
    if not (isinstance(left, list) and isinstance(right, list)):
        raise TypeError
    return left + right


def _without(left: Value, right: Value) -> Value:
    if not (isinstance(left, list) and isinstance(right, list)):
        raise TypeError
    gone = Counter((type(item), term_order(item)) for item in right)
    rest: list[Value] = []
    for item in left:
        key = (type(item), term_order(item))
        if gone[key]:
            gone[key] -= 1
        else:
            rest.append(item)
    return rest


def _contains(left: Value, right: Value) -> Value:
    if isinstance(right, Range):
        return is_integer(left) and left in right.numbers()
    if isinstance(right, Map):
        raise TypeError
    return any(is_equal(left, item, strictly=True) for item in right)


def _range(first: Value, last: Value, step: Value = None) -> Value:
    if not (is_integer(first) and is_integer(last) and (step is None or (is_integer(step) and step))):
        raise TypeError
    return Range(first, last, step if step is not None else (1 if last >= first else -1))


def _negated(value: Value) -> Value:
    if not is_number(value):
        raise TypeError
    return -value


def _not(value: Value) -> Value:
    if not isinstance(value, bool):
        raise TypeError
    return not value


def _power(base: Value, exponent: Value) -> Value:
    if is_integer(base) and is_integer(exponent) and exponent * max(base.bit_length(), 1) > _MAX_BITS:
        raise TooMuchError("a number grows beyond 3,000 digits", 0)
    return base**exponent


_OPERATORS: dict[tuple[str, int], Callable[..., Value]] = {
    ("+", 2): _numbers(operator.add),
    ("-", 2): _numbers(operator.sub),
    ("*", 2): _numbers(operator.mul),
    ("/", 2): _numbers(operator.truediv),
    ("**", 2): _numbers(_power),
    ("<>", 2): _concatenated,
    ("++", 2): _joined,
    ("--", 2): _without,
    ("==", 2): is_equal,
    ("!=", 2): lambda left, right: not is_equal(left, right),
    ("===", 2): lambda left, right: is_equal(left, right, strictly=True),
    ("!==", 2): lambda left, right: not is_equal(left, right, strictly=True),
    ("<", 2): _compared(operator.lt),
    ("<=", 2): _compared(operator.le),
    (">", 2): _compared(operator.gt),
    (">=", 2): _compared(operator.ge),
    ("in", 2): _contains,
    ("not in", 2): lambda left, right: not _contains(left, right),
    ("..", 2): _range,
    ("..//", 3): _range,
    ("-", 1): _negated,
    ("+", 1): lambda value: value,
    ("!", 1): lambda value: not is_truthy(value),
    ("not", 1): _not,
}
