"""Value number *i* of every type, as a SQL expression over an integer expression.

Different numbers give different values as far as the type allows, and the same number gives the same value in
every table, so that keys can be foretold. Identifiers of extension types are recognised by the type's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from checks.data.facts import Type, literal, quoted

EPOCH = "timestamp '2025-01-01 09:00'"
INTEGER_KEYS_FROM, SMALLINT_KEYS_FROM, SMALLINT_KEYS_TO = 100_000, 10_000, 32_000
"""Keys begin where a script that inserts rows by hand does not: ``INSERT INTO roles (id, …) VALUES (1, …)``."""
_LATER = re.compile(
    r"(^|_)(end|ends|ended|until|expir\w*|finish\w*|stop\w*|closed?|updated?|deleted?|to|upper)(_|$)"
)

_SHAPES = (
    (r"e?mail", "'person' || {i} || '@example.com'"),
    (r"ur[il]|link|href|webhook|website", "'https://example.com/' || {i}"),
    (r"phone|mobile|fax", "'+1555' || lpad({i}::text, 7, '0')"),
    (r"sha\d*|hash|digest|checksum|token|secret|fingerprint|md5", "md5({i}::text)"),
    (r"u?uid|guid", "md5({i}::text)::uuid::text"),
    (r"colou?r", "'#' || left(md5({i}::text), 6)"),
    (r"slug|handle|username|login", "'slug-' || {i}"),
    (r"(^|_)ip(_|$|address)", "'192.0.2.' || ({i} % 250)"),
    (r"country|locale|language|lang|currency", "chr(65 + {i} % 26) || chr(65 + {i} / 26 % 26)"),
    (r"path|file", "'/files/' || {i} || '.txt'"),
    (r"version", "'1.' || {i} || '.0'"),
)
"""What a text column of that name holds: a regular expression over the name, an expression."""


@dataclass(frozen=True)
class Slot:
    """Where a value is wanted: its type, and what the column's name says about it."""

    type: Type
    modifier: int
    sql: str
    name: str
    key: bool = False
    """It identifies rows, so it keeps away from the small numbers that scripts insert by hand."""


class Values:
    """Knows the types of one schema."""

    def __init__(self, types: dict[int, Type], probed: Mapping[int, str]):
        self.types = types
        self.probed = probed
        """A text that the server takes, for base types that nobody here knows."""

    def resolve(self, slot: Slot) -> Slot:
        """A domain's slot as one of the type that it is over: a cast to the domain would raise, not refuse."""
        while slot.type.kind == "d":
            base = self.types[slot.type.base]
            slot = Slot(base, slot.type.base_modifier, slot.type.base_sql, slot.name, slot.key)
        return slot

    def domain_checks(self, type_: Type) -> list[str]:
        checks: list[str] = []
        while type_.kind == "d":
            checks += type_.checks
            type_ = self.types[type_.base]
        return checks

    def never_null(self, type_: Type) -> bool:
        while type_.kind == "d":
            if type_.not_null:
                return True
            type_ = self.types[type_.base]
        return False

    def value(self, slot: Slot, i: str) -> str:
        """An expression of the slot's type."""
        slot = self.resolve(slot)
        return f"({self._bare(slot, i)})::{slot.sql}"

    def _bare(self, slot: Slot, i: str) -> str:
        kind = slot.type.kind
        if slot.type.element:
            element = self.element(slot)
            return f"ARRAY[{self.value(element, i)}, {self.value(element, f'({i} + 1)')}]"
        if kind == "e":
            return chosen(slot.type.labels, i)
        if kind == "c":
            return f"ROW({', '.join(self.value(self._field(slot, *field), i) for field in slot.type.fields)})"
        if kind == "r":
            return self._range(slot, i)
        if kind == "m":
            part = self.types[slot.type.part]
            return f"{_function(slot.type)}({self._range(Slot(part, -1, part.sql, slot.name), i)})"
        make = BASES.get(slot.type.name)
        return make(slot, i) if make else literal(self.probed.get(slot.type.oid, ""))

    def element(self, slot: Slot) -> Slot:
        element = self.types[slot.type.element]
        return Slot(element, slot.modifier, slot.sql.removesuffix("[]"), slot.name)

    def _field(self, slot: Slot, name: str, type_: int, modifier: int, sql: str) -> Slot:
        return Slot(self.types[type_], modifier, sql, name)

    def _range(self, slot: Slot, i: str) -> str:
        """Ranges of different numbers do not overlap, which exclusion constraints ask for."""
        span = self.types[slot.type.part]
        make = _function(slot.type)
        if span.name in ("int4", "int8", "numeric", "float8"):
            return f"{make}(({i} * 10)::{span.sql}, ({i} * 10 + 5)::{span.sql})"
        if span.name == "date":
            return f"{make}(({EPOCH} + {i} * interval '3 days')::date, ({EPOCH} + {i} * interval '3 days')::date + 2)"
        if span.name in ("timestamp", "timestamptz"):
            start = f"{EPOCH} + {i} * interval '1 hour'"
            return f"{make}(({start})::{span.sql}, ({start} + interval '30 minutes')::{span.sql})"
        alone = self.value(Slot(span, -1, span.sql, slot.name), i)
        return f"{make}({alone}, {alone}, '[]')"


def chosen(texts: tuple[str, ...], i: str) -> str:
    """One of the texts, by number."""
    return f"(ARRAY[{', '.join(map(literal, texts))}]::text[])[1 + {i} % {len(texts)}]" if texts else "NULL"


def _function(type_: Type) -> str:
    return f"{quoted(type_.schema)}.{quoted(type_.name)}"


def text_limit(slot: Slot) -> int | None:
    """How many characters fit, or None."""
    if slot.type.name in ("varchar", "bpchar") and slot.modifier >= 4:
        return slot.modifier - 4
    return {"char": 1, "name": 63}.get(slot.type.name)


def numeric_digits(slot: Slot) -> tuple[int, int] | None:
    """Digits before and after the point, or None (PostgreSQL's numeric typmod: precision << 16 | scale)."""
    if slot.modifier < 4:
        return None
    precision, scale = (slot.modifier - 4) >> 16 & 0xFFFF, (slot.modifier - 4) & 0x7FF
    scale = scale - 0x800 if scale >= 0x400 else scale
    return precision - scale, scale


def _text(slot: Slot, i: str) -> str:
    limit = text_limit(slot)
    if limit is not None and limit <= 3:
        return " || ".join(f"chr(97 + {i} / {26**place} % 26)" for place in range(limit))
    shape = next((shape for pattern, shape in _SHAPES if re.search(pattern, slot.name.lower())), None)
    word = re.sub(r"[^a-z0-9]+", " ", slot.name.lower()).strip()[:20] or "text"
    made = shape.format(i=i) if shape else f"{literal(word)} || ' ' || {i}"
    return made if limit is None or limit >= 45 else f"right({made}, {limit})"


def _moment(slot: Slot, i: str, step: str) -> str:
    later = " + interval '30 minutes'" if _LATER.search(slot.name.lower()) else ""
    return f"{EPOCH} + {i} % 100000 * interval '{step}'{later}"


def _int2(slot: Slot, i: str) -> str:
    return (
        f"{SMALLINT_KEYS_FROM} + {i} % {SMALLINT_KEYS_TO - SMALLINT_KEYS_FROM}"
        if slot.key
        else f"{i} % 32000"
    )


def _int(slot: Slot, i: str) -> str:
    return f"{INTEGER_KEYS_FROM} + {i}" if slot.key else i


def _numeric(slot: Slot, i: str) -> str:
    digits = numeric_digits(slot)
    if digits is None:
        return f"{_int(slot, i)} + 0.25"
    before, after = digits
    most = 10 ** min(max(before, 0), 9)
    fraction = f" + ({i} % 10) / 10.0" if after > 0 else ""
    return f"{i} % {most}{fraction}" if before > 0 else "0"


def _bits(slot: Slot, i: str) -> str:
    length = slot.modifier if slot.modifier > 0 else (1 if slot.type.name == "bit" else 8)
    return f"right(repeat('0', {length}) || ({i})::bit(32)::text, {length})"


def _vector(slot: Slot, i: str) -> str:
    size = slot.modifier if slot.modifier > 0 else 3
    if slot.type.name == "sparsevec":
        return f"'{{1:' || (1 + {i}) || '}}/{size}'"
    return f"'[' || (1 + {i}) || repeat(',0.5', {size - 1}) || ']'"


def _geometry(slot: Slot, i: str) -> str:
    """Well-known text of the kind and system that the column asks for: ``geometry(Polygon,4326)``."""
    asked = re.search(r"\((\w+)(?:,(\d+))?\)", slot.sql)
    kind, system = (asked[1].upper(), asked[2] or "4326") if asked else ("POINT", "4326")
    third = kind.endswith("Z")
    shape = _WELL_KNOWN.get(kind.removesuffix("Z"), _WELL_KNOWN["POINT"])
    text = shape.format(x=f"' || {i} % 170 || '", z=" 0" if third else "")
    return f"'SRID={system};{kind.removesuffix('Z')}{' Z' if third else ''}{text}'"


_WELL_KNOWN = {
    "POINT": "({x} 1{z})",
    "MULTIPOINT": "(({x} 1{z}))",
    "LINESTRING": "(-1 0{z}, {x} 1{z})",
    "MULTILINESTRING": "((-1 0{z}, {x} 1{z}))",
    "POLYGON": "((-1 0{z}, {x} 1{z}, {x} 2{z}, -1 0{z}))",
    "MULTIPOLYGON": "(((-1 0{z}, {x} 1{z}, {x} 2{z}, -1 0{z})))",
}


def _plain(template: str) -> Callable[[Slot, str], str]:
    return lambda slot, i: template.format(i=i)


_POINT = "point({i} % 1000, {i} / 1000)"

BASES: dict[str, Callable[[Slot, str], str]] = {
    "bool": _plain("{i} % 2 = 0"),
    "int2": _int2, "int4": _int, "int8": _int, "oid": _int, "xid": _plain("({i})::text"), "cid": _plain("({i})::text"),
    "xid8": _plain("({i})::text"), "float4": _plain("{i} + 0.5"), "float8": _plain("{i} + 0.5"),
    "numeric": _numeric, "money": _plain("({i})::numeric"),
    "text": _text, "varchar": _text, "bpchar": _text, "char": _text, "name": _text, "citext": _text,
    "bytea": _plain("decode(md5({i}::text), 'hex')"),
    "date": lambda slot, i: _moment(slot, i, "1 day"),
    "timestamp": lambda slot, i: _moment(slot, i, "1 hour"), "timestamptz": lambda slot, i: _moment(slot, i, "1 hour"),
    "time": _plain("time '00:00' + {i} % 86400 * interval '1 second'"),
    "timetz": _plain("(time '00:00' + {i} % 86400 * interval '1 second')::text || '+00'"),
    "interval": _plain("{i} * interval '1 minute'"),
    "uuid": _plain("md5({i}::text)"),
    "json": _plain("'{{\"number\": ' || {i} || '}}'"), "jsonb": _plain("'{{\"number\": ' || {i} || '}}'"),
    "jsonpath": _plain("'$.a' || {i}"), "xml": _plain("'<a>' || {i} || '</a>'"),
    "inet": _plain("'10.' || {i} / 65536 % 256 || '.' || {i} / 256 % 256 || '.' || {i} % 256"),
    "cidr": _plain("'10.' || {i} / 65536 % 256 || '.' || {i} / 256 % 256 || '.' || {i} % 256 || '/32'"),
    "macaddr": _plain("left(md5({i}::text), 12)"), "macaddr8": _plain("left(md5({i}::text), 16)"),
    "bit": _bits, "varbit": _bits,
    "point": _plain(_POINT), "line": _plain("line(point(0, 0), point(1, {i}))"),
    "lseg": _plain(f"lseg({_POINT}, point(0, -1))"), "box": _plain(f"box({_POINT}, {_POINT})"),
    "path": _plain("'((0,0),(1,' || {i} || '))'"), "polygon": _plain("'((0,0),(1,1),(0,' || {i} || '))'"),
    "circle": _plain(f"circle({_POINT}, 1)"),
    "tsvector": _plain("'word' || {i}"), "tsquery": _plain("'word' || {i}"),
    "pg_lsn": _plain("'0/' || to_hex({i})"), "txid_snapshot": _plain("'1:' || (2 + {i}) || ':'"),
    "pg_snapshot": _plain("'1:' || (2 + {i}) || ':'"), "tid": _plain("'(' || {i} || ',1)'"),
    "regclass": _plain("'pg_class'"), "regtype": _plain("'int4'"), "regproc": _plain("'now'"),
    "regprocedure": _plain("'now()'"), "regrole": _plain("CURRENT_USER::text"),
    "regnamespace": _plain("'pg_catalog'"), "regoper": _plain("'||/'"), "regoperator": _plain("'+(int4,int4)'"),
    "regconfig": _plain("'simple'"), "regdictionary": _plain("'simple'"), "regcollation": _plain("'\"C\"'"),
    "int2vector": _plain("'1 ' || {i} % 32000"), "oidvector": _plain("'1 ' || {i}"),
    "hstore": _plain("'key=>' || {i}"), "ltree": _plain("'top.n' || {i}"), "lquery": _plain("'top.n' || {i}"),
    "ltxtquery": _plain("'n' || {i}"), "cube": _plain("'(' || {i} || ')'"), "seg": _plain("({i})::text"),
    "lo": _plain("({i})::text"), "query_int": _plain("({i})::text"),
    "vector": _vector, "halfvec": _vector, "sparsevec": _vector,
    "geometry": _geometry, "geography": _geometry,
    "isbn": _plain("'978' || lpad({i}::text, 9, '0') || '?'"), "isbn13": _plain("'978' || lpad({i}::text, 9, '0') || '?'"),
    "ean13": _plain("'22' || lpad({i}::text, 10, '0') || '?'"), "upc": _plain("lpad({i}::text, 11, '0') || '?'"),
    "issn": _plain("lpad({i}::text, 7, '0') || '?'"), "issn13": _plain("lpad({i}::text, 7, '0') || '?'"),
    "ismn": _plain("'M' || lpad({i}::text, 8, '0') || '?'"), "ismn13": _plain("'M' || lpad({i}::text, 8, '0') || '?'"),
}  # fmt: skip
"""Type name → expression. Results are cast to the column's type, so a text that the type reads will do."""
