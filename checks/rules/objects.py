"""What a statement asks for that is not about the columns and rows of a table: one typed action each."""

from __future__ import annotations

from dataclasses import dataclass

from checks.model.observations import LockMode
from checks.rules.actions import Action


@dataclass(frozen=True)
class LockTable(Action):
    mode: LockMode


@dataclass(frozen=True)
class Compact(Action):
    """VACUUM FULL or CLUSTER; ``relation`` is empty when it names no table."""

    command: str


@dataclass(frozen=True)
class CreateTrigger(Action):
    name: str
    replace: bool


@dataclass(frozen=True)
class DropObject(Action):
    """Any DROP but of tables, indexes and schemas. ``relation`` is the object's name, a trigger's ``table.trigger``."""

    kinds: tuple[str, ...]
    """The object types of the catalog that it may be: ``view``, ``function`` …"""


@dataclass(frozen=True)
class RenameObject(Action):
    """RENAME TO or SET SCHEMA of anything but a table or a column."""

    kinds: tuple[str, ...]
    new: str
    """The name it has from then on, without its schema."""


@dataclass(frozen=True)
class AddValue(Action):
    """ALTER TYPE … ADD VALUE."""

    value: str


@dataclass(frozen=True)
class RenameValue(Action):
    """ALTER TYPE … RENAME VALUE."""

    value: str
    new: str


@dataclass(frozen=True)
class CreateEnum(Action):
    pass


@dataclass(frozen=True)
class AlterDomain(Action):
    """ADD CONSTRAINT, VALIDATE CONSTRAINT or SET NOT NULL of a domain."""


@dataclass(frozen=True)
class AlterSequence(Action):
    restart: bool


@dataclass(frozen=True)
class ChangePrivileges(Action):
    """GRANT or REVOKE on objects; ``relation`` is the first of them, if it is one with a plain name."""

    grant: bool
    kind: str
    """``table`` (views too), ``sequence``, ``schema``, ``function``, ``database`` or ``other``."""
    roles: tuple[str, ...]
    """``public`` is everybody."""
    privileges: tuple[str, ...]
    """In small letters; empty means ALL."""


@dataclass(frozen=True)
class ChangeOwner(Action):
    role: str


@dataclass(frozen=True)
class CreateFunction(Action):
    security_definer: bool


@dataclass(frozen=True)
class ChangeServer(Action):
    """ALTER SYSTEM, ALTER DATABASE … SET, ALTER ROLE … SET, ALTER EXTENSION … UPDATE; ``relation`` is what it is about."""

    command: str


@dataclass(frozen=True)
class SetParameter(Action):
    """SET of a session parameter; ``relation`` is its name."""

    value: str
    """As it is written, without quotes; ``""`` for DEFAULT."""
    local: bool
