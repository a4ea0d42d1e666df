"""Tables, indexes, constraints and references, as a migration makes them, and where they belong."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from checks.ecto.arguments import (
    Place,
    check_action,
    check_index_options,
    check_type,
    is_name,
    is_options,
    name_text,
    no_clause,
)
from checks.ecto.index_names import default_index_name
from checks.ecto.objects import (
    Add,
    Constraint,
    Index,
    Named,
    Options,
    Reference,
    Table,
    with_options,
)
from checks.ecto.runner import Runner
from checks.ecto.settings import RepoSettings
from checks.ecto.sql.defaults import FRAGMENT
from checks.elixir.collections import keyword_merge
from checks.elixir.library import Applies
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.values import (
    Atom,
    Unknown,
    Value,
    atom,
    atom_name,
    is_atom,
    is_keyword,
    is_truthy,
    pair_of,
)

N = TypeVar("N", bound=Named)
_DELETE = frozenset({"nothing", "delete_all", "nilify_all", "default_all", "restrict"})
_UPDATE = frozenset({"nothing", "update_all", "nilify_all", "restrict"})


class Objects:
    """One run of one direction."""

    def __init__(
        self, runner: Runner, settings: RepoSettings, prefix: str | None, direction: str, evaluator: Applies
    ) -> None:
        self._runner = runner
        self._settings = settings
        self._prefix = prefix
        self._direction = direction
        self._evaluator = evaluator

    def table(self, place: Place, name: Value, options: Value = ()) -> Table:
        if not is_name(name) or not is_options(options):
            raise no_clause("table", 2, place)
        return with_options(Table(name=name_text(name)), list(options), place.line)

    def index(self, place: Place, table: Value, columns: Value, options: Value = ()) -> Index:
        if is_atom(columns):
            columns = [columns]
        if not is_name(table) or not isinstance(columns, list) or not is_options(options):
            raise no_clause("index", 3, place)
        check_index_options(list(options), place.line)
        made = with_options(Index(table=name_text(table), columns=columns), list(options), place.line)
        return made if is_truthy(made.name) else replace(made, name=default_index_name(made, place.line))

    def unique_index(self, place: Place, table: Value, columns: Value, options: Value = ()) -> Index:
        if not is_options(options):
            raise no_clause("unique_index", 3, place)
        return self.index(place, table, columns, [(Atom("unique"), True), *options])

    def constraint(self, place: Place, table: Value, name: Value, options: Value = ()) -> Constraint:
        if not is_name(table) or not is_options(options):
            raise no_clause("constraint", 3, place)
        return with_options(Constraint(table=name_text(table), name=name), list(options), place.line)

    def references(self, place: Place, table: Value, options: Value = ()) -> Reference:
        if not is_name(table) or not is_options(options):
            raise no_clause("references", 2, place)
        own = [pair for pair in options if pair[0] == Atom("prefix")]
        all_options = [*keyword_merge(self._evaluator, self._key_options(place), list(options))]
        reference = with_options(Reference(table=name_text(table)), all_options, place.line)
        check_action("on_delete", reference.on_delete, _DELETE, place.line)
        check_action("on_update", reference.on_update, _UPDATE, place.line)
        return replace(reference, options=own)

    def _key_options(self, place: Place) -> Options:
        key = self._configured("migration_primary_key", place)
        foreign = self._configured("migration_foreign_key", place)
        own: Options = [] if key is False else [pair for pair in key if pair[0] == Atom("type")]
        return keyword_merge(self._evaluator, own, foreign)

    def fragment(self, place: Place, sql: Value) -> Value:
        if not isinstance(sql, str):
            raise no_clause("fragment", 1, place)
        return FRAGMENT, sql

    def direction(self, place: Place) -> Value:
        return Atom(self._direction)

    def prefix(self, place: Place) -> Value:
        return self._prefix

    def placed(self, object: N, place: Place) -> N:
        """In the schema it belongs to: its own prefix, the migrator's, or the configured one."""
        if object.prefix is None:
            prefix = self._prefix or self._configured("migration_default_prefix", place)
            return replace(object, prefix=prefix)
        own = name_text(object.prefix)
        if self._prefix is None or self._prefix == own:
            return object
        message = f"the :prefix option `{own}` does not match the migrator prefix `{self._prefix}`"
        raise RaisedError("Ecto.MigrationError", message, place.line)

    def primary_key(self, table: Table, place: Place) -> Add | None:
        """The column that ``create table`` adds by itself."""
        options = table.primary_key
        if options is True:
            options = self._configured("migration_primary_key", place)
        if options is False:
            return None
        if not is_keyword(options):
            message = ":primary_key option must be either a boolean or a keyword list of options"
            raise RaisedError("ArgumentError", message, place.line)
        named, name = pair_of(options, "name")
        typed, type = pair_of(options, "type")
        rest = [pair for pair in options if atom_name(pair[0]) not in ("name", "type", "primary_key")]
        column, kind = name if named else atom("id"), type if typed else atom("bigserial")
        self._check_column("add", place, column, kind, rest)
        return Add(column, kind, [(Atom("primary_key"), True), *rest])

    def _configured(self, name: str, place: Place) -> Value:
        value = getattr(self._settings, name)
        if isinstance(value, Unknown):
            reason = f"{name} of the repo is not constant: {value.reason}"
            raise DynamicError(reason, place.line)
        return value

    def _check_column(self, name: str, place: Place, column: Value, type: Value, options: Value) -> None:
        if not is_atom(column) or not isinstance(options, (list, tuple)):
            raise no_clause(name, 3, place)
        if not is_keyword(list(options)):
            raise DynamicError(f"options of `{name}` that are no keyword list", place.line)
        scale, precision = pair_of(list(options), "scale")[1], pair_of(list(options), "precision")[1]
        if is_truthy(scale) and not is_truthy(precision):
            message = f"column {atom_name(column)} is missing precision option"
            raise RaisedError("ArgumentError", message, place.line)
        check_type(type, place.line)
