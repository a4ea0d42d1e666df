"""Values near the literals of a column's own constraints: most candidates are drawn from here when there are any."""

from __future__ import annotations

import re

from checks.data.literals import Literals
from checks.data.values import Slot, Values, chosen, numeric_digits, text_limit

_DATE = re.compile(r"(\d{4,6}-\d\d-\d\d)([ T][\d:.+ -]*)?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BOUNDS = {
    "int2": (-(2**15), 2**15 - 1),
    "int4": (-(2**31), 2**31 - 1),
    "int8": (-(2**63), 2**63 - 1),
}
_JSON = ("{}", "[]", '{"type": "a"}', '["a"]', '"a"', "1")


def pooled(values: Values, slot: Slot, found: Literals, i: str, pick: str) -> list[str]:
    """Alternatives to the plain value number ``i``, each of the slot's type; ``pick`` is a random integer."""
    slot = values.resolve(slot)
    if slot.type.element:
        inner = pooled(values, values.element(slot), found, i, pick)
        return [f"ARRAY[{value}]::{slot.sql}" for value in inner]
    name = slot.type.name
    if name in ("text", "varchar", "bpchar", "char", "name", "citext"):
        made = _texts(slot, found, i, pick)
    elif name in ("int2", "int4", "int8", "numeric", "float4", "float8"):
        made = _numbers(slot, found, i, pick)
    elif name in ("date", "timestamp", "timestamptz"):
        made = _moments(found, i, pick)
    elif name == "uuid":
        made = _picked(tuple(text for text in found.strings if _UUID.fullmatch(text)), pick)
    elif name == "bytea":
        made = [
            f"decode(left(repeat(md5({i}::text), {size // 16 + 1}), {2 * size}), 'hex')"
            for size in _lengths(found)
        ]
    elif name in ("json", "jsonb"):
        made = [chosen(_JSON, pick)]
    else:
        made = []
    return [f"({expression})::{slot.sql}" for expression in made]


def _picked(texts: tuple[str, ...], pick: str) -> list[str]:
    return [chosen(texts, pick)] if texts else []


def _lengths(found: Literals) -> list[int]:
    return sorted({int(n) for n in found.numbers if n.isdigit() and 0 < int(n) <= 1_000})[:6]


def _texts(slot: Slot, found: Literals, i: str, pick: str) -> list[str]:
    limit = text_limit(slot)
    fitting = tuple(text for text in found.texts() if limit is None or len(text) <= limit)
    digest = f"md5({i}::text)"
    shapes = [
        *(f"left(repeat({digest}, {size // 32 + 1}), {size})" for size in _lengths(found)),
        *(f"lpad({i}::text, {size}, '1')" for size in _lengths(found)[:2]),
        digest, f"upper(left({digest}, 8))", f"'#' || left({digest}, 6)", f"{i}::text",
        f"translate(left({digest}, 8), '0123456789', 'ghijklmnop')",
        f"translate(upper(left({digest}, 3)), '0123456789', 'GHIJKLMNOP')",
        f"'person' || {i} || '@example.com'", f"'https://example.com/' || {i}",
        f"initcap(translate(left({digest}, 6), '0123456789', 'ghijklmnop'))",
    ]  # fmt: skip
    joined = [f"{chosen(fitting, pick)} || {i}"] if fitting else []
    made = [*_picked(fitting, pick) * 12, *joined, *shapes]
    return [text if limit is None else f"left({text}, {limit})" for text in made]


def _numbers(slot: Slot, found: Literals, i: str, pick: str) -> list[str]:
    """At, between, above and below the literals, kept inside the type."""
    whole = slot.type.name in _BOUNDS
    numbers = [n for n in found.numbers if not (whole and "." in n)]
    if not numbers:
        return []
    low, high = min(map(float, numbers)), max(map(float, numbers))
    first, last = f"{low:.6f}".rstrip("0").rstrip("."), f"{high:.6f}".rstrip("0").rstrip(".")
    exact = f"({chosen(tuple(numbers), pick)})::numeric"
    made = [
        exact,
        f"{exact} + 1",
        f"{exact} - 1",
        f"{last} + 1 + {i}",
        f"{first} - 1 - {i}",
        f"{first} + {i}",
    ]
    if high > low:
        made += [f"{first} + {pick} % greatest(1, ({last} - ({first}) + 1)::int8)"] * 3
        made += [] if whole else [f"{first} + ({last} - ({first})) * ({pick} % 1000) / 1000.0"] * 3
    bounds = _limits(slot)
    return [f"least(greatest({text}, {bounds[0]}), {bounds[1]})" for text in made] if bounds else made


def _limits(slot: Slot) -> tuple[int, int] | None:
    if slot.type.name in _BOUNDS:
        return _BOUNDS[slot.type.name]
    digits = numeric_digits(slot) if slot.type.name == "numeric" else None
    return (-(10 ** max(digits[0], 0)) + 1, 10 ** max(digits[0], 0) - 1) if digits else None


def _moments(found: Literals, i: str, pick: str) -> list[str]:
    dates = tuple(text for text in found.strings if _DATE.fullmatch(text))
    if not dates:
        return []
    exact = f"({chosen(dates, pick)})::timestamptz"
    return [
        f"({exact} + {i} % 86000 * interval '1 second')",
        f"({exact} + {i} % 600 * interval '1 hour')",
        f"({exact} + {i} % 28 * interval '1 day')",
        exact,
        f"({exact} - (1 + {i} % 300) * interval '1 day')",
    ]
