"""What a statement asks for, one typed action each: the SQL side of every rule.

Names are as the author wrote them (``users``, ``app.users``); ``Run.locate`` turns them into the relations
that PostgreSQL used. Column definitions are taken apart, so a constraint written on a column and the same
constraint written behind the columns are the same action.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from checks.rules.spelling import constraint_definition, expression_text, index_online

ConstraintKind = Literal["check", "foreign key", "unique", "primary key", "exclusion", "not null"]


@dataclass(frozen=True)
class Action:
    relation: str
    """The table (or index, view …) it is about."""


@dataclass(frozen=True)
class AddColumn(Action):
    column: str
    type: str
    not_null: bool
    expression: Any = field(repr=False, compare=False)
    """Of its default: a node of the syntax tree, or text; None when there is none or it is the word NULL."""
    serial: bool
    """``serial`` and its kin, or GENERATED … AS IDENTITY: every row gets a number of its own."""
    stored: bool
    """GENERATED ALWAYS AS (…) STORED."""
    virtual: bool = False
    constant: bool = False
    """The default is written out as a value."""
    new_table: bool = False
    node: Any = field(default=None, repr=False, compare=False)
    """Its definition in the syntax tree, where it is written."""

    @property
    def has_default(self) -> bool:
        return self.expression is not None

    @cached_property
    def default(self) -> str | None:
        """Its text."""
        is_text = self.expression is None or isinstance(self.expression, str)
        return self.expression if is_text else expression_text(self.expression)


@dataclass(frozen=True)
class DropColumn(Action):
    column: str


@dataclass(frozen=True)
class ChangeType(Action):
    column: str
    type: str
    using: bool
    node: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class SetNotNull(Action):
    column: str


@dataclass(frozen=True)
class AddConstraint(Action):
    kind: ConstraintKind
    name: str | None
    columns: tuple[str, ...]
    not_valid: bool
    index: str | None
    """USING INDEX this one."""
    references: str | None
    node: Any = field(default=None, repr=False, compare=False)
    new_table: bool = False
    new_column: bool = False

    @property
    def definition(self) -> str:
        """``FOREIGN KEY (a) REFERENCES r (b)``, without NOT VALID and without the name; ``""`` when unknown."""
        return "" if self.node is None else constraint_definition(self.kind, self.node, self.columns)


@dataclass(frozen=True)
class ValidateConstraint(Action):
    name: str


@dataclass(frozen=True)
class DropConstraint(Action):
    name: str


@dataclass(frozen=True)
class AttachPartition(Action):
    partition: str


@dataclass(frozen=True)
class DetachPartition(Action):
    partition: str
    concurrently: bool


@dataclass(frozen=True)
class AlterTable(Action):
    """Any other subcommand of ALTER TABLE."""

    command: str
    """As PostgreSQL's parser calls it, without ``AT_``: ``SetLogged``, ``DisableTrig``, ``DropNotNull`` …"""
    name: str
    """The column, trigger, constraint or role that it names; ``""`` when none."""
    node: Any = field(default=None, repr=False, compare=False)
    """Its definition in the syntax tree, where there is one."""


@dataclass(frozen=True)
class CreateIndex(Action):
    name: str | None
    unique: bool
    concurrently: bool
    if_not_exists: bool
    columns: tuple[str, ...] = ()
    """Its key; empty when an expression is among them, or when it is a partial index."""
    node: Any = field(default=None, repr=False, compare=False)

    @property
    def online(self) -> str:
        """The same statement with CONCURRENTLY; ``""`` when unknown."""
        if self.node is None:
            return ""
        return index_online(self.node)


@dataclass(frozen=True)
class DropIndex(Action):
    concurrently: bool


@dataclass(frozen=True)
class Reindex(Action):
    kind: Literal["index", "table", "schema", "system", "database"]
    concurrently: bool


@dataclass(frozen=True)
class Refresh(Action):
    concurrently: bool


@dataclass(frozen=True)
class CreateTable(Action):
    """Not CREATE TABLE AS."""

    if_not_exists: bool
    temporary: bool


@dataclass(frozen=True)
class DropTable(Action):
    pass


@dataclass(frozen=True)
class DropSchema(Action):
    pass


@dataclass(frozen=True)
class DropDatabase(Action):
    pass


@dataclass(frozen=True)
class RenameTable(Action):
    new: str
    """The name it has from then on, with its schema where that is known."""


@dataclass(frozen=True)
class RenameColumn(Action):
    column: str
    new: str


@dataclass(frozen=True)
class Truncate(Action):
    pass


@dataclass(frozen=True)
class ChangeRows(Action):
    verb: Literal["INSERT", "UPDATE", "DELETE", "MERGE"]
    where: bool
    chosen: bool = False
    """Whether WHERE holds a column against values that are written out: ``=``, IN, BETWEEN."""
    literal: bool = False
    """INSERT of rows that are written out in the statement."""
    columns: tuple[str, ...] = ()
    """The columns that UPDATE sets."""
    empty: tuple[str, ...] = ()
    """Those of them that WHERE says are NULL."""
    named: bool = False
    """Whether INSERT lists its columns."""


@dataclass(frozen=True)
class SetLockTimeout(Action):
    """``relation`` is empty. SET lock_timeout to something, or set_config('lock_timeout', …)."""
