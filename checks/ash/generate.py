"""A snapshot → the commands of a migration that makes its table from nothing, as ash_postgres would write them.

One command per attribute, index and constraint, so that one that cannot be had does not take the others with it.
Source: ``lib/migration_generator/operation.ex`` of ash_postgres 2.12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from checks.ash.snapshot import (
    NOT_MULTITENANT,
    ArrayOf,
    Attribute,
    CheckConstraint,
    CustomIndex,
    Fields,
    Identity,
    IndexField,
    Reference,
    Snapshot,
)
from checks.elixir.parse import SyntaxProblem, parse
from checks.elixir.show import inspect
from checks.elixir.stops import TooMuchError

SERIAL = {"bigint": ":bigserial", "integer": ":serial"}
_ON_DELETE = {"delete": "CASCADE", "nilify": "SET NULL", "restrict": "RESTRICT", "nothing": ""}
_MATCHES = ("simple", "partial", "full")
_ON_UPDATE = {"update": "CASCADE", "nilify": "SET NULL", "restrict": "RESTRICT", "nothing": ""}


class Kind(StrEnum):
    """What of a resource a command makes."""

    TABLE = "table"
    ATTRIBUTE = "attribute"
    PRIMARY_KEY = "primary key"
    REFERENCE = "reference"
    IDENTITY = "identity"
    INDEX = "index"
    CHECK = "check constraint"
    STATEMENT = "custom statement"
    EXTENSION = "extension"


@dataclass(frozen=True)
class Command:
    kind: Kind
    name: str
    """Of the attribute, or of the index or constraint in the database."""
    elixir: str
    default: bool = True
    """Whether the snapshot's default is in it: one that is no constant cannot be."""


@dataclass(frozen=True)
class Site:
    """Where a table is made, and where it really is."""

    made_in: str
    schema: str
    primary_keys: Callable[[str, str], bool]
    """Whether a column of a table is (in) its primary key, by the snapshots: old ones do not say it of references."""


def commands(snapshot: Snapshot, site: Site) -> Iterator[Command]:
    table = f"table({_atom(snapshot.table)}, prefix: {_string(site.made_in)}"
    yield Command(Kind.TABLE, snapshot.table, f"create {table}, primary_key: false) do\nend")
    for attribute in snapshot.attributes:
        yield _attribute(attribute, snapshot, f"alter {table}) do\n%s\nend")
    if snapshot.primary_key:
        keys = _names(snapshot.primary_key)
        yield Command(
            Kind.PRIMARY_KEY,
            ", ".join(snapshot.primary_key),
            _execute(f"ALTER TABLE {_table(snapshot, site)} ADD PRIMARY KEY ({keys})"),
        )
    yield from (_identity(identity, snapshot, site) for identity in snapshot.identities)
    yield from (_custom_index(index, snapshot, site) for index in snapshot.custom_indexes)
    for attribute in snapshot.attributes:
        yield from _references(attribute, snapshot, site)
    yield from (_check(check, snapshot, site) for check in snapshot.check_constraints)


def _attribute(attribute: Attribute, snapshot: Snapshot, around: str) -> Command:
    column = _atom(attribute.source)
    if serial := _serial(attribute, snapshot):
        null = "" if attribute.allow_nil else ", null: false"
        return Command(
            Kind.ATTRIBUTE, attribute.source, around.replace("%s", f"add {column}, {serial}{null}")
        )
    has_default = attribute.default != "nil" and not _is_type(attribute, "identity")
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
        return SERIAL.get(str(attribute.type))
    return None


def _is_type(attribute: Attribute, name: str) -> bool:
    return attribute.type == name


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
    return f"{{:array, {_elixir_type(type.item)}}}" if isinstance(type, ArrayOf) else _atom(type)


def _is_expression(code: str) -> bool:
    """One expression, and nothing that would end the command around it."""
    try:
        return len(parse(code).statements) == 1
    except (SyntaxProblem, TooMuchError, RecursionError):
        return False


def reference_of(attribute: Attribute, snapshot: Snapshot) -> Reference | None:
    """``has_reference?``: a table that all tenants share has no key into the schemas of tenants."""
    reference = attribute.references
    if reference is None or reference.ignored:
        return None
    theirs = (reference.multitenancy or NOT_MULTITENANT).strategy
    return None if theirs == "context" and snapshot.multitenancy.strategy != "context" else reference


def reference_name(attribute: Attribute, reference: Reference, table: str) -> str:
    name = reference.name or f"{table}_{attribute.source}_fkey"
    return f"{table}{name}" if name.startswith("_") else name


def _references(attribute: Attribute, snapshot: Snapshot, site: Site) -> Iterator[Command]:
    reference = reference_of(attribute, snapshot)
    if reference is None:
        return
    name = reference_name(attribute, reference, snapshot.table)
    yield Command(Kind.REFERENCE, name, _execute(_foreign_key(name, attribute, reference, snapshot, site)))
    if reference.has_index:
        fields = _with_tenant([IndexField(value=attribute.source)], False, snapshot)
        name = _default_name(snapshot.table, fields)
        yield _index(Kind.INDEX, name, fields, snapshot, site, ("where", _text(reference.index_where)))


def _foreign_key(
    name: str, attribute: Attribute, reference: Reference, snapshot: Snapshot, site: Site
) -> str:
    columns = {attribute.source: reference.destination_attribute, **(reference.match_with or {})}
    match = f" MATCH {reference.match_type.upper()}" if reference.match_type in _MATCHES else ""
    tenant = _tenant_columns(reference, snapshot, site)
    if tenant:
        columns, match = {**columns, **tenant}, " MATCH FULL"
    words = [
        f"ALTER TABLE {_table(snapshot, site)} ADD CONSTRAINT {_name(name)} FOREIGN KEY ({_names(columns)})",
        f"REFERENCES {_name(_target(reference, snapshot, site))}.{_name(reference.table)} ({_names(columns.values())})",
    ]
    return " ".join(words) + match + _actions(reference)


def _tenant_columns(reference: Reference, snapshot: Snapshot, site: Site) -> dict[str, str]:
    """``with_match``: the tenant's column is part of the key, unless it refers to a primary key."""
    ours, theirs = snapshot.multitenancy, reference.multitenancy or NOT_MULTITENANT
    if (
        ours.strategy != "attribute"
        or theirs.strategy != "attribute"
        or not ours.attribute
        or not theirs.attribute
    ):
        return {}
    if theirs.attribute == reference.destination_attribute:
        return {}
    to_key = reference.is_to_primary_key
    if to_key is None:
        to_key = site.primary_keys(reference.table, reference.destination_attribute)
    return {ours.attribute: theirs.attribute} if not to_key or reference.match_tenant else {}


def _target(reference: Reference, snapshot: Snapshot, site: Site) -> str:
    theirs = (reference.multitenancy or NOT_MULTITENANT).strategy
    between_tenants = snapshot.multitenancy.strategy == "context" == theirs
    given = None if between_tenants or reference.db_schema == snapshot.db_schema else reference.db_schema
    return given or site.schema


def _actions(reference: Reference) -> str:
    words = ""
    if isinstance(reference.on_delete, tuple):
        words += f" ON DELETE SET NULL ({_names(reference.on_delete[1])})"
    elif action := _ON_DELETE.get(reference.on_delete or ""):
        words += f" ON DELETE {action}"
    if action := _ON_UPDATE.get(reference.on_update or ""):
        words += f" ON UPDATE {action}"
    if reference.deferrable:
        words += f" DEFERRABLE INITIALLY {'DEFERRED' if reference.deferrable == 'initially' else 'IMMEDIATE'}"
    return words


def identity_name(identity: Identity, table: str) -> str:
    """``add_index_name`` for the first generations, which did not keep it."""
    if "index_name" not in identity.model_fields_set:
        return f"{table}_{identity.name}_unique_index"
    return identity.index_name or f"{table}_{identity.name}_index"


def _identity(identity: Identity, snapshot: Snapshot, site: Site) -> Command:
    conditions = [f"({one})" for one in (identity.where, identity.base_filter) if one]
    return _index(
        Kind.IDENTITY,
        identity_name(identity, snapshot.table),
        _with_tenant(identity.keys, identity.all_tenants, snapshot),
        snapshot,
        site,
        ("unique", "true"),
        ("where", _text(" AND ".join(conditions) or None)),
        ("nulls_distinct", None if identity.nils_distinct else "false"),
    )


def index_name(index: CustomIndex, snapshot: Snapshot) -> str:
    fields = _with_tenant(index.fields, index.all_tenants, snapshot)
    return index.name or _default_name(snapshot.table, fields)


def _custom_index(index: CustomIndex, snapshot: Snapshot, site: Site) -> Command:
    base = snapshot.base_filter if index.include_base_filter else None
    include = "[" + ", ".join(_atom(name) for name in index.include) + "]" if index.include else None
    return _index(
        Kind.INDEX,
        index_name(index, snapshot),
        _with_tenant(index.fields, index.all_tenants, snapshot),
        snapshot,
        site,
        ("unique", "true" if index.unique else None),
        ("using", _text(index.using)),
        ("where", _text(" AND ".join(one for one in (base, index.where) if one) or None)),
        ("include", include),
        ("nulls_distinct", "false" if index.unique and not index.nulls_distinct else None),
    )


def _with_tenant(fields: Iterable[IndexField], all_tenants: bool, snapshot: Snapshot) -> Fields:
    """``index_keys``: the tenant's column comes first, once."""
    tenant = snapshot.multitenancy.attribute
    if all_tenants or snapshot.multitenancy.strategy != "attribute" or tenant is None:
        return tuple(fields)
    return (IndexField(value=tenant), *(field for field in fields if field.value != tenant))


def _index(
    kind: Kind, name: str, fields: Fields, snapshot: Snapshot, site: Site, *options: tuple[str, str | None]
) -> Command:
    keys = ", ".join(map(_index_field, fields))
    said = "".join(f", {option}: {value}" for option, value in options if value is not None)
    place = f"name: {_string(name)}, prefix: {_string(site.made_in)}"
    return Command(kind, name, f"create index({_atom(snapshot.table)}, [{keys}], {place}{said})")


def _index_field(field: IndexField) -> str:
    if field.type == "directed":
        return f"{{{_atom(field.order or 'asc')}, {_atom(field.value)}}}"
    return _string(field.value) if field.type == "string" else _atom(field.value)


def _default_name(table: str, fields: Sequence[IndexField]) -> str:
    words = [table, *(field.value for field in fields), "index"]
    return "_".join(
        "".join(letter if letter.isalnum() else "_" for letter in word).rstrip("_") for word in words
    )


def _check(check: CheckConstraint, snapshot: Snapshot, site: Site) -> Command:
    filtered = f"({check.check}) OR NOT ({check.base_filter})" if check.base_filter else check.check
    place = f"{_atom(snapshot.table)}, {_atom(check.name)}"
    text = f"create constraint({place}, check: {_text(filtered)}, prefix: {_string(site.made_in)})"
    return Command(Kind.CHECK, check.name, text)


def _text(value: str | None) -> str | None:
    return None if value is None else _string(value)


def _atom(name: str) -> str:
    return f":{_string(name)}"


def _string(text: str) -> str:
    """In Elixir's quotes, with nothing that Elixir would fill in."""
    return inspect(text).replace("#{", "\\#{")


def _execute(sql: str) -> str:
    return f"execute({_text(sql)})"


def _table(snapshot: Snapshot, site: Site) -> str:
    return f"{_name(site.made_in)}.{_name(snapshot.table)}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(_name, names))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
