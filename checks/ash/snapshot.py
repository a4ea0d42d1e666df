"""A resource snapshot: what ash_postgres wrote down of a table when it last made a migration for it.

All generations are read into one form, as ``load_snapshot`` of ash_postgres' migration generator does it: older ones
say ``name`` for ``source``, ``destination_field`` for ``destination_attribute``, and lack what came later.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

MOST_COLUMNS = 1600
"""PostgreSQL has no table with more (docs, appendix K)."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


def _atom(value: object) -> object:
    """Elixir has no difference between the atoms ``nil``, ``true``, ``false`` and JSON's own."""
    return None if value == "nil" else value


def _type(value: object) -> object:
    """``["varchar", 255]`` of old generations is its first element; ``["array", type]`` stays."""
    if isinstance(value, list) and value and value[0] != "array":
        return value[0]
    return value


def _code(value: object) -> object:
    """A default is Elixir code; nothing at all means ``nil``."""
    return "nil" if value is None else value


def _names(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _deferrable(value: object) -> object:
    return "initially" if value == "initially" else bool(value)


def _list(value: object) -> object:
    return [] if value is None else value


class ArrayOf(Part):
    item: ColumnType


def _array(value: object) -> object:
    value = _type(value)
    if isinstance(value, list) and len(value) == 2:
        return {"item": value[1]}
    return value


ColumnType = Annotated[str | ArrayOf, BeforeValidator(_array)]


class Multitenancy(Part):
    strategy: Annotated[Literal["context", "attribute"] | None, BeforeValidator(_atom)] = None
    attribute: Annotated[str | None, BeforeValidator(_atom)] = None


NOT_MULTITENANT = Multitenancy()


class Reference(Part):
    """A foreign key."""

    table: str
    destination_attribute: str = Field(
        validation_alias=AliasChoices("destination_attribute", "destination_field")
    )
    destination_default: Annotated[str, BeforeValidator(_code)] = Field(
        "nil", validation_alias=AliasChoices("destination_attribute_default", "destination_field_default")
    )
    destination_generated: bool | None = Field(
        None, validation_alias=AliasChoices("destination_attribute_generated", "destination_field_generated")
    )
    db_schema: str | None = Field(None, alias="schema")
    name: str | None = None
    on_delete: str | tuple[str, tuple[str, ...]] | None = None
    on_update: str | None = None
    deferrable: Annotated[bool | Literal["initially"], BeforeValidator(_deferrable)] = False
    match_with: dict[str, str] | None = None
    match_type: str | None = None
    match_tenant: bool | None = Field(None, alias="match_tenant?")
    multitenancy: Multitenancy | None = None
    is_to_primary_key: bool | None = Field(None, alias="primary_key?")
    has_index: bool | None = Field(None, alias="index?")
    index_where: str | None = None
    ignored: bool | None = Field(None, validation_alias=AliasChoices("ignore?", "ignore"))


class Attribute(Part):
    """A column."""

    source: str = Field(validation_alias=AliasChoices("source", "name"))
    type: ColumnType
    size: int | None = None
    precision: int | None = None
    scale: int | None = None
    default: Annotated[str, BeforeValidator(_code)] = "nil"
    allow_nil: bool = Field(True, alias="allow_nil?")
    generated: bool | None = Field(None, alias="generated?")
    primary_key: bool = Field(False, alias="primary_key?")
    references: Reference | None = None


class IndexField(Part):
    """A column, or an expression; with a direction where the resource gives one."""

    type: Literal["atom", "string", "directed"] = "atom"
    value: str
    order: str | None = None


def _field(value: object) -> object:
    """Older generations have plain names, and expressions where there is a parenthesis."""
    if isinstance(value, str):
        return {"type": "string" if "(" in value else "atom", "value": value}
    return value


Fields = tuple[Annotated[IndexField, BeforeValidator(_field)], ...]


class Identity(Part):
    """A unique index."""

    name: str
    index_name: str | None = None
    keys: Fields
    where: str | None = None
    base_filter: str | None = None
    all_tenants: bool = Field(False, alias="all_tenants?")
    nils_distinct: bool = Field(True, alias="nils_distinct?")


class CustomIndex(Part):
    name: str | None = None
    fields: Fields = ()
    unique: bool | None = None
    using: str | None = None
    where: str | None = None
    include: Annotated[tuple[str, ...], BeforeValidator(_list)] = ()
    nulls_distinct: bool = True
    all_tenants: bool = Field(False, alias="all_tenants?")
    include_base_filter: bool = Field(True, alias="include_base_filter?")


class CustomStatement(Part):
    """SQL, or Elixir of a migration, by hand."""

    name: str
    up: str
    down: str = ""
    is_code: bool = Field(False, alias="code?")


class CheckConstraint(Part):
    name: str
    check: str
    base_filter: str | None = None
    attribute: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()


class Snapshot(Part):
    """One table."""

    table: str
    db_schema: str | None = Field(None, alias="schema")
    repo: str = ""
    base_filter: str | None = None
    multitenancy: Multitenancy = NOT_MULTITENANT
    attributes: tuple[Attribute, ...] = Field(max_length=MOST_COLUMNS)
    identities: Annotated[tuple[Identity, ...], BeforeValidator(_list)] = ()
    custom_indexes: Annotated[tuple[CustomIndex, ...], BeforeValidator(_list)] = ()
    custom_statements: Annotated[tuple[CustomStatement, ...], BeforeValidator(_list)] = ()
    check_constraints: Annotated[tuple[CheckConstraint, ...], BeforeValidator(_list)] = ()
    drop_table_opted_out: bool = False
    """The resource is gone, and somebody said that the table is to stay."""

    @property
    def primary_key(self) -> tuple[str, ...]:
        return tuple(attribute.source for attribute in self.attributes if attribute.primary_key)

    def has_statement_about(self, name: str) -> bool:
        """Whether a custom statement names it: a column, index or constraint that the resource knows by that alone."""
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        return any(word.search(statement.up) for statement in self.custom_statements)


class Extensions(Part):
    """``extensions.json``: what the repo's ``installed_extensions/0`` said when a migration was made for it."""

    installed: tuple[str, ...] = ()
    ash_functions_version: int | None = None


def extensions_of(value: Any) -> Any:
    """The first generation was the list alone."""
    return {"installed": value} if isinstance(value, list) else value
