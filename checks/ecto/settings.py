"""What a repo's configuration says about its migrations.

Source: the options of ``Ecto.Migrator`` and of ``Ecto.Adapters.Postgres``, ecto_sql 3.14.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from checks.ecto.sql.types import MAP_TYPE
from checks.elixir.values import Atom, Unknown, Value

TABLE_LOCK = Atom("table_lock")


@dataclass(frozen=True)
class RepoSettings:
    """Values are Elixir's; Unknown where the configuration is not constant."""

    migration_primary_key: Value = field(default_factory=list)
    migration_foreign_key: Value = field(default_factory=list)
    migration_timestamps: Value = field(default_factory=list)
    migration_default_prefix: Value = None
    migration_lock: Value = TABLE_LOCK
    migration_source: Value = "schema_migrations"
    priv: Value = None
    map_type: str = MAP_TYPE
    module: str = ""
    """The repo's module."""

    def but(self, options: Mapping[str, Value]) -> RepoSettings:
        """With these options of the repo in place of its own; options about other things are left out."""
        known = {one.name for one in fields(self)} - {"map_type", "module"}
        return replace(self, **{name: value for name, value in options.items() if name in known})

    def unknown(self) -> dict[str, Unknown]:
        """Options that are set to something that is not constant."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in found.items() if isinstance(value, Unknown)}
