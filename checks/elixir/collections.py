"""List, Keyword, Map, Tuple and Access."""

from __future__ import annotations

from checks.elixir.kernel import to_string
from checks.elixir.library import Applies, native
from checks.elixir.show import inspect
from checks.elixir.stops import DynamicError
from checks.elixir.values import Map, Value, is_equal, is_keyword, term_order


@native("List", "flatten")
def _flatten(ev: Applies, items: list[Value]) -> Value:
    return [inner for item in items for inner in (_flatten(ev, item) if isinstance(item, list) else [item])]


@native("List", "first")
def _first(ev: Applies, items: list[Value], default: Value = None) -> Value:
    return items[0] if items else default


@native("List", "last")
def _last(ev: Applies, items: list[Value], default: Value = None) -> Value:
    return items[-1] if items else default


@native("List", "wrap")
def _wrap(ev: Applies, value: Value) -> Value:
    return value if isinstance(value, list) else [] if value is None else [value]


@native("List", "to_tuple")
def _to_tuple(ev: Applies, items: list[Value]) -> Value:
    return tuple(items)


@native("List", "to_string")
def _list_to_string(ev: Applies, items: list[Value]) -> Value:
    return to_string(ev, items)


@native("List", "delete")
def _list_delete(ev: Applies, items: list[Value], gone: Value) -> Value:
    place = next((place for place, item in enumerate(items) if is_equal(item, gone, strictly=True)), None)
    return items if place is None else items[:place] + items[place + 1 :]


@native("List", "duplicate")
def _duplicate(ev: Applies, item: Value, count: int) -> Value:
    return [item] * min(count, 1_000_001)


@native("Tuple", "to_list")
def _tuple_to_list(ev: Applies, items: tuple[Value, ...]) -> Value:
    return list(items)


def get(subject: Value, key: Value, default: Value = None) -> Value:
    """``subject[key]`` of a map, a keyword list or nil."""
    if subject is None:
        return default
    if isinstance(subject, Map):
        return subject.pairs.get(key, default)
    if not is_keyword(subject):
        raise TypeError
    return next((value for name, value in subject if is_equal(name, key)), default)


def _has(subject: Value, key: Value) -> bool:
    missing = object()
    return get(subject, key, missing) is not missing


@native("Keyword", "get")
@native("Map", "get")
@native("Access", "get")
def _get(ev: Applies, subject: Value, key: Value, default: Value = None) -> Value:
    return get(subject, key, default)


@native("Keyword", "fetch!")
@native("Map", "fetch!")
def fetch_strictly(ev: Applies, subject: Value, key: Value) -> Value:
    if not _has(subject, key):
        raise DynamicError(f"there is no key {inspect(key)} in {inspect(subject)[:60]}", ev.line)
    return get(subject, key)


@native("Keyword", "has_key?")
@native("Map", "has_key?")
def _has_key(ev: Applies, subject: Value, key: Value) -> Value:
    return _has(subject, key)


@native("Keyword", "put")
def _keyword_put(ev: Applies, subject: list[Value], key: Value, value: Value) -> Value:
    return [(key, value), *_keyword_delete(ev, subject, key)]


@native("Keyword", "put_new")
def _keyword_put_new(ev: Applies, subject: list[Value], key: Value, value: Value) -> Value:
    return subject if _has(subject, key) else [(key, value), *subject]


@native("Keyword", "delete")
def _keyword_delete(ev: Applies, subject: list[Value], key: Value) -> list[Value]:
    return [pair for pair in subject if not is_equal(pair[0], key)]


@native("Keyword", "merge")
def keyword_merge(ev: Applies, subject: list[Value], other: list[Value]) -> list[Value]:
    return [pair for pair in subject if not _has(other, pair[0])] + other


@native("Keyword", "take")
def _keyword_take(ev: Applies, subject: list[Value], keys: list[Value]) -> Value:
    return [pair for pair in subject if any(is_equal(pair[0], key) for key in keys)]


@native("Keyword", "drop")
def _keyword_drop(ev: Applies, subject: list[Value], keys: list[Value]) -> Value:
    return [pair for pair in subject if not any(is_equal(pair[0], key) for key in keys)]


@native("Keyword", "pop")
def _keyword_pop(ev: Applies, subject: list[Value], key: Value, default: Value = None) -> Value:
    return get(subject, key, default), _keyword_delete(ev, subject, key)


@native("Keyword", "keys")
def _keyword_keys(ev: Applies, subject: list[Value]) -> Value:
    return [key for key, _ in subject]


@native("Keyword", "values")
def _keyword_values(ev: Applies, subject: list[Value]) -> Value:
    return [value for _, value in subject]


@native("Map", "keys")
def _map_keys(ev: Applies, subject: Map) -> Value:
    return sorted(subject.pairs, key=term_order)


@native("Map", "values")
def _map_values(ev: Applies, subject: Map) -> Value:
    return [subject.pairs[key] for key in _map_keys(ev, subject)]


@native("Map", "to_list")
def _map_to_list(ev: Applies, subject: Map) -> Value:
    return [(key, subject.pairs[key]) for key in _map_keys(ev, subject)]


@native("Map", "put")
def _map_put(ev: Applies, subject: Map, key: Value, value: Value) -> Value:
    return Map({**subject.pairs, key: value})


@native("Map", "delete")
def _map_delete(ev: Applies, subject: Map, gone: Value) -> Value:
    return Map({key: value for key, value in subject.pairs.items() if key != gone})


@native("Map", "merge")
def _map_merge(ev: Applies, subject: Map, other: Map) -> Value:
    return Map({**subject.pairs, **other.pairs})


@native("Map", "new")
def _map_new(ev: Applies, items: Value = None, function: Value = None) -> Value:
    pairs = list(items.pairs.items()) if isinstance(items, Map) else list(items or [])
    return Map(dict(ev.apply(function, [pair]) for pair in pairs) if function else dict(pairs))
