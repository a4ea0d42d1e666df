"""Enum and Range, on lists, maps and ranges."""

from __future__ import annotations

from functools import cmp_to_key

from checks.elixir.kernel import to_string
from checks.elixir.library import Applies, native
from checks.elixir.stops import TooMuchError
from checks.elixir.values import Atom, Map, Range, Value, is_equal, is_truthy, term_order

MAX_ITEMS = 100_000


def items_of(ev: Applies, value: Value) -> list[Value]:
    """What Enum sees. Raises TypeError for what is no enumerable."""
    if isinstance(value, list):
        return value
    if isinstance(value, Map):
        return [
            (key, inner) for key, inner in sorted(value.pairs.items(), key=lambda pair: term_order(pair[0]))
        ]
    if isinstance(value, Range):
        numbers = value.numbers()
        if len(numbers) > MAX_ITEMS:
            raise TooMuchError(f"a range of more than {MAX_ITEMS:,} numbers", ev.line)
        return list(numbers)
    raise TypeError


@native("Enum", "each")
def _each(ev: Applies, subject: Value, function: Value) -> Value:
    ev.each(function, items_of(ev, subject))
    return Atom("ok")


@native("Enum", "map")
def _map(ev: Applies, subject: Value, function: Value) -> Value:
    return ev.each(function, items_of(ev, subject))


@native("Enum", "flat_map")
def _flat_map(ev: Applies, subject: Value, function: Value) -> Value:
    return [inner for item in items_of(ev, subject) for inner in items_of(ev, ev.apply(function, [item]))]


@native("Enum", "filter")
def _filter(ev: Applies, subject: Value, function: Value) -> Value:
    return [item for item in items_of(ev, subject) if is_truthy(ev.apply(function, [item]))]


@native("Enum", "reject")
def _reject(ev: Applies, subject: Value, function: Value) -> Value:
    return [item for item in items_of(ev, subject) if not is_truthy(ev.apply(function, [item]))]


@native("Enum", "find")
def _find(ev: Applies, subject: Value, function: Value) -> Value:
    return next((item for item in items_of(ev, subject) if is_truthy(ev.apply(function, [item]))), None)


@native("Enum", "any?")
def _any(ev: Applies, subject: Value, function: Value = None) -> Value:
    return any(is_truthy(ev.apply(function, [item]) if function else item) for item in items_of(ev, subject))


@native("Enum", "all?")
def _all(ev: Applies, subject: Value, function: Value = None) -> Value:
    return all(is_truthy(ev.apply(function, [item]) if function else item) for item in items_of(ev, subject))


@native("Enum", "with_index")
def _with_index(ev: Applies, subject: Value, offset: Value = 0) -> Value:
    items = items_of(ev, subject)
    if isinstance(offset, int):
        return [(item, place) for place, item in enumerate(items, start=offset)]
    return [ev.apply(offset, [item, place]) for place, item in enumerate(items)]


@native("Enum", "join")
def _join(ev: Applies, subject: Value, joiner: str = "") -> Value:
    return joiner.join(to_string(ev, item) for item in items_of(ev, subject))


@native("Enum", "map_join")
def _map_join(ev: Applies, subject: Value, joiner: Value, function: Value = None) -> Value:
    if function is None:
        joiner, function = "", joiner
    return str(joiner).join(to_string(ev, ev.apply(function, [item])) for item in items_of(ev, subject))


@native("Enum", "reduce")
def _reduce(ev: Applies, subject: Value, first: Value, function: Value = None) -> Value:
    items = items_of(ev, subject)
    if function is None:
        first, function, items = items[0], first, items[1:]
    for item in items:
        first = ev.apply(function, [item, first])
    return first


@native("Enum", "count")
def _count(ev: Applies, subject: Value) -> Value:
    return len(items_of(ev, subject))


@native("Enum", "empty?")
def _empty(ev: Applies, subject: Value) -> Value:
    return not items_of(ev, subject)


@native("Enum", "member?")
def _member(ev: Applies, subject: Value, wanted: Value) -> Value:
    return any(is_equal(item, wanted, strictly=True) for item in items_of(ev, subject))


@native("Enum", "concat")
def _concat(ev: Applies, subject: Value, other: Value = None) -> Value:
    if other is not None:
        return items_of(ev, subject) + items_of(ev, other)
    return [inner for item in items_of(ev, subject) for inner in items_of(ev, item)]


@native("Enum", "zip")
def _zip(ev: Applies, subject: Value, other: Value) -> Value:
    return list(zip(items_of(ev, subject), items_of(ev, other), strict=False))


@native("Enum", "reverse")
def _reverse(ev: Applies, subject: Value) -> Value:
    return items_of(ev, subject)[::-1]


@native("Enum", "sort")
def _sort(ev: Applies, subject: Value, order: Value = None) -> Value:
    if order is None or isinstance(order, Atom):
        return sorted(items_of(ev, subject), key=term_order, reverse=order == Atom("desc"))

    def compare(one: Value, other: Value) -> int:
        return -1 if is_truthy(ev.apply(order, [one, other])) else 1

    return sorted(items_of(ev, subject), key=cmp_to_key(compare))


@native("Enum", "sort_by")
def _sort_by(ev: Applies, subject: Value, function: Value) -> Value:
    return sorted(items_of(ev, subject), key=lambda item: term_order(ev.apply(function, [item])))


@native("Enum", "uniq")
def _uniq(ev: Applies, subject: Value) -> Value:
    return list({(type(item), term_order(item)): item for item in reversed(items_of(ev, subject))}.values())[
        ::-1
    ]


@native("Enum", "take")
def _take(ev: Applies, subject: Value, count: int) -> Value:
    items = items_of(ev, subject)
    return items[:count] if count >= 0 else items[count:]


@native("Enum", "drop")
def _drop(ev: Applies, subject: Value, count: int) -> Value:
    items = items_of(ev, subject)
    return items[count:] if count >= 0 else items[:count]


@native("Enum", "at")
def _at(ev: Applies, subject: Value, place: int, default: Value = None) -> Value:
    items = items_of(ev, subject)
    return items[place] if -len(items) <= place < len(items) else default


@native("Enum", "intersperse")
def _intersperse(ev: Applies, subject: Value, separator: Value) -> Value:
    return [part for item in items_of(ev, subject) for part in (separator, item)][1:]


@native("Enum", "chunk_every")
def _chunk_every(ev: Applies, subject: Value, count: int) -> Value:
    items = items_of(ev, subject)
    return [items[start : start + count] for start in range(0, len(items), count)]


@native("Enum", "sum")
def _sum(ev: Applies, subject: Value) -> Value:
    return sum(items_of(ev, subject))


@native("Enum", "max")
def _max(ev: Applies, subject: Value) -> Value:
    return max(items_of(ev, subject), key=term_order)


@native("Enum", "min")
def _min(ev: Applies, subject: Value) -> Value:
    return min(items_of(ev, subject), key=term_order)


@native("Enum", "to_list")
def _to_list(ev: Applies, subject: Value) -> Value:
    return items_of(ev, subject)


@native("Enum", "into")
def _into(ev: Applies, subject: Value, target: Value, function: Value = None) -> Value:
    items = items_of(ev, subject)
    return collect([ev.apply(function, [item]) for item in items] if function else items, target)


def collect(items: list[Value], target: Value) -> Value:
    """``into: target``; raises TypeError for what is no list, map or string."""
    if isinstance(target, list):
        return target + items
    if isinstance(target, Map):
        return Map({**target.pairs, **dict(items)})
    if isinstance(target, str) and all(isinstance(item, str) for item in items):
        return target + "".join(items)
    raise TypeError
