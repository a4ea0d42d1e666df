"""Attributes of a snapshot → ``add`` of a generated migration.

Source: ``AddAttribute`` and ``reference_type`` in ``lib/migration_generator/operation.ex`` of ash_postgres 2.12.
"""

from __future__ import annotations

from checks.ash.foreign_keys import reference_of
from checks.ash.quoting import atom
from checks.ash.snapshot import ArrayOf, Attribute, Reference, Snapshot
from checks.ash.vocabulary import Command, Kind
from checks.elixir.parse import SyntaxProblem, parse
from checks.elixir.stops import TooMuchError

_SERIAL = {"bigint": ":bigserial", "integer": ":serial"}


def add_attribute(attribute: Attribute, snapshot: Snapshot, around: str) -> Command:
    column = atom(attribute.source)
    if serial := _serial(attribute, snapshot):
        null = "" if attribute.allow_nil else ", null: false"
        return Command(
            Kind.ATTRIBUTE, attribute.source, around.replace("%s", f"add {column}, {serial}{null}")
        )
    has_default = attribute.default != "nil" and attribute.type != "identity"
    readable = not has_default or _is_expression(attribute.default)
    options = [
        ("null", "false" if not attribute.allow_nil else None),
        ("size", attribute.size),
        ("precision", attribute.precision),
        ("scale", attribute.scale),
        ("default", attribute.default if has_default and readable else None),
    ]
    said = "".join(f", {name}: {value}" for name, value in options if value is not None)
    text = f"add {column}, {_type(attribute, snapshot)}{said}"
    return Command(Kind.ATTRIBUTE, attribute.source, around.replace("%s", text), default=readable)


def _serial(attribute: Attribute, snapshot: Snapshot) -> str | None:
    """What a database gives values to by a sequence; a key to another table has none of its own."""
    is_plain = isinstance(attribute.type, str) and reference_of(attribute, snapshot) is None
    if is_plain and attribute.generated and attribute.default == "nil":
        return _SERIAL.get(str(attribute.type))
    return None


def _type(attribute: Attribute, snapshot: Snapshot) -> str:
    reference = reference_of(attribute, snapshot)
    if reference is None or isinstance(attribute.type, ArrayOf):
        return _elixir_type(attribute.type)
    if attribute.type == "identity" or _was_integer(attribute, reference):
        return ":bigint"
    return _elixir_type(attribute.type)


def _was_integer(attribute: Attribute, reference: Reference) -> bool:
    """``reference_type`` of the first generations: a key to a column that a sequence gives values to."""
    to_generated = reference.destination_generated and reference.destination_default == "nil"
    return attribute.type == "integer" and bool(
        to_generated or (attribute.generated and attribute.default == "nil")
    )


def _elixir_type(type: str | ArrayOf) -> str:
    return f"{{:array, {_elixir_type(type.item)}}}" if isinstance(type, ArrayOf) else atom(type)


def _is_expression(code: str) -> bool:
    """One expression, and nothing that would end the command around it."""
    try:
        return len(parse(code).statements) == 1
    except (SyntaxProblem, TooMuchError, RecursionError):
        return False
