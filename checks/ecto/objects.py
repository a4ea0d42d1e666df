"""What the migration language speaks of: tables, indexes, constraints, references, and the commands on them.

Field names and defaults are those of the structs in ecto_sql's ``lib/ecto/migration.ex``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeAlias, TypeVar

from checks.elixir.show import inspect
from checks.elixir.stops import RaisedError
from checks.elixir.values import Atom, Value, atom_name, is_atom, is_keyword

_NOTHING = Atom("nothing")
_ID = Atom("id")
_BIGSERIAL = Atom("bigserial")
Options: TypeAlias = list[tuple[Value, Value]]


@dataclass(frozen=True, slots=True)
class Table:
    name: Value = None
    prefix: Value = None
    comment: Value = None
    primary_key: Value = True
    engine: Value = None
    options: Value = None
    modifiers: Value = None


@dataclass(frozen=True, slots=True)
class Index:
    table: Value = None
    prefix: Value = None
    name: Value = None
    columns: Value = None
    unique: Value = False
    concurrently: Value = False
    using: Value = None
    include: Value = ()
    only: Value = False
    nulls_distinct: Value = None
    where: Value = None
    comment: Value = None
    options: Value = None


@dataclass(frozen=True, slots=True)
class Reference:
    name: Value = None
    prefix: Value = None
    table: Value = None
    column: Value = _ID
    type: Value = _BIGSERIAL
    on_delete: Value = _NOTHING
    on_update: Value = _NOTHING
    validate: Value = True
    with_: Value = ()
    match: Value = None
    options: Value = ()
    """The prefix, when one was given: nil is one too."""


@dataclass(frozen=True, slots=True)
class Constraint:
    name: Value = None
    table: Value = None
    check: Value = None
    exclude: Value = None
    prefix: Value = None
    comment: Value = None
    validate: Value = True


Named: TypeAlias = Table | Index | Constraint
S = TypeVar("S", Table, Index, Reference, Constraint)


def with_options(struct: S, options: Value, line: int) -> S:
    """``struct!(struct, options)``: the last of equal keys wins, an unknown key is refused."""
    if not is_keyword(options):
        raise RaisedError("ArgumentError", f"expected a keyword list, got: {inspect(options)}", line)
    known = {field.name.rstrip("_"): field.name for field in fields(struct)}
    changes: dict[str, Value] = {}
    for key, value in options:
        name = atom_name(key)
        if name not in known:
            message = f"key {inspect(key)} not found in: %Ecto.Migration.{type(struct).__name__}{{"
            raise RaisedError("KeyError", message, line)
        changes[known[name]] = value
    return replace(struct, **changes)


# ── Inside of a table's block ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Add:
    column: Value
    type: Value
    options: Options
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class Modify:
    column: Value
    type: Value
    options: Options


@dataclass(frozen=True, slots=True)
class Remove:
    column: Value
    type: Value = None
    options: Options | None = None
    """None for ``remove :column``, which says too little to be reversed."""
    if_exists: bool = False


Subcommand: TypeAlias = Add | Modify | Remove


# ── Commands ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CreateTable:
    table: Table
    columns: tuple[Subcommand, ...]
    if_not_exists: bool


@dataclass(frozen=True, slots=True)
class AlterTable:
    table: Table
    changes: tuple[Subcommand, ...]


@dataclass(frozen=True, slots=True)
class Create:
    """An index or a constraint."""

    object: Index | Constraint
    if_not_exists: bool


@dataclass(frozen=True, slots=True)
class Drop:
    object: Named
    if_exists: bool
    mode: Value


@dataclass(frozen=True, slots=True)
class RenameTable:
    table: Table
    to: Table


@dataclass(frozen=True, slots=True)
class RenameColumn:
    table: Table
    column: Value
    to: Value


@dataclass(frozen=True, slots=True)
class RenameIndex:
    index: Index
    to: Value


@dataclass(frozen=True, slots=True)
class Execute:
    """A string, a function or a keyword list; ``down`` is None where only one was given."""

    up: Value
    down: Value
    has_down: bool
    line: int = 0
    """Where the text of ``up`` begins, when it stands there as it is."""
    down_line: int = 0


Command: TypeAlias = (
    CreateTable | AlterTable | Create | Drop | RenameTable | RenameColumn | RenameIndex | Execute
)


def spelled(prefix: Value, name: Value) -> str:
    """As Ecto's messages name a table or index: without quotes."""
    parts = [atom_name(part) if is_atom(part) else str(part) for part in (prefix, name) if part is not None]
    return ".".join(parts)
