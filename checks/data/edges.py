"""The edge pass: for each type the values that hurt, if the table allows them.

Numbers stay a little inside their type's range: ``x + 1`` is no hazard worth a report, ``bigint`` to ``int`` is.
"""

from __future__ import annotations

from checks.data.values import BASES, Slot, Values, numeric_digits, text_limit

LONG_TEXT = 1_100
"""Characters in the longest value of an unlimited text column."""
LONGEST = 100_000
_NON_ASCII = "'Zoë Müller 東京 🐘'"
_OLD, _NEW = "0001-01-01", "9999-12-31"


def edges(values: Values, slot: Slot, *, numbered: bool) -> list[str]:
    """Expressions of the slot's type. ``numbered``: a sequence gives the column its values."""
    slot = values.resolve(slot)
    if slot.type.element:
        return [f"'{{}}'::{slot.sql}", f"ARRAY[NULL]::{slot.sql}"]
    if slot.type.kind in ("r", "m"):
        return [
            f"'{text}'::{slot.sql}"
            for text in (("empty", "(,)") if slot.type.kind == "r" else ("{}", "{(,)}"))
        ]
    if slot.type.kind != "b":
        return []
    if slot.type.name in ("text", "varchar", "bpchar", "char", "name", "citext"):
        return _of_text(values, slot)
    return [f"({text})::{slot.sql}" for text in _of_base(slot, numbered)]


def _of_text(values: Values, slot: Slot) -> list[str]:
    limit = text_limit(slot)
    longest = min(LONG_TEXT if limit is None else limit, LONGEST)
    first = f"{values.value(slot, '1')}::text"
    made = [
        "''",
        "' '",
        f"' ' || {first}",
        f"upper({first})",
        _NON_ASCII,
        "E'O''Brien \\\\ 100%\\t'",
        f"repeat('w', {longest})",
    ]
    return [f"({text if limit is None else f'left({text}, {limit})'})::{slot.sql}" for text in made]


def _of_base(slot: Slot, numbered: bool) -> list[str]:
    name = slot.type.name
    if name in ("int2", "int4", "int8"):
        return _of_integer(name, numbered)
    if name == "numeric":
        digits = numeric_digits(slot)
        large = "9" * max(digits[0], 0) or "0" if digits else "9" * 30 + ".123456789"
        return ["0", f"-{large}", large]
    return list(_FIXED.get(name, ()))


def _of_integer(name: str, numbered: bool) -> list[str]:
    if numbered:
        return ["5000000000"] if name == "int8" else []
    large = {"int2": 32_000, "int4": 2_147_000_000, "int8": 9_223_372_036_000_000_000}[name]
    return ["0", "-1", str(large), str(-large)]


_FIXED = {
    "float4": ("0", "-1.5", "1e30"),
    "float8": ("0", "-1.5", "1e100"),
    "money": ("0::numeric", "'-12345678.90'"),
    "bytea": ("''", "'\\x00'", "decode(repeat('ff', 600), 'hex')"),
    "date": (f"'{_OLD}'", f"'{_NEW}'"),
    "timestamp": (f"'{_OLD} 00:00:00'", f"'{_NEW} 23:59:59.999999'"),
    "timestamptz": (f"'{_OLD} 12:00:00+00'", f"'{_NEW} 12:00:00+00'"),
    "time": ("'00:00'", "'24:00'"),
    "interval": ("'0'", "'-1 day'", "'100 years 3 months 2 days 00:00:01'"),
    "uuid": ("'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"),
    "json": ("'{}'", "'[]'", "'null'", """'{"a": {"ключ": [1, null, "x"]}}'"""),
    "jsonb": ("'{}'", "'[]'", "'null'", """'{"a": {"ключ": [1, null, "x"]}}'"""),
    "inet": ("'2001:db8::1/64'", "'0.0.0.0/0'"),
    "cidr": ("'2001:db8::/32'", "'0.0.0.0/0'"),
    "tsvector": ("''",),
    "hstore": ("''", "'a=>NULL'"),
    "ltree": ("''",),
}
assert _FIXED.keys() <= BASES.keys()
