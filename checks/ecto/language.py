"""The functions that ``use Ecto.Migration`` imports: they make objects, and hand commands to the runner.

Source: ecto_sql's ``lib/ecto/migration.ex``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from checks.ecto.index_names import default_index_name
from checks.ecto.objects import (
    Add,
    Constraint,
    Create,
    CreateTable,
    Drop,
    Execute,
    Index,
    Modify,
    Named,
    Options,
    Reference,
    Remove,
    RenameColumn,
    RenameIndex,
    RenameTable,
    Table,
    with_options,
)
from checks.ecto.runner import Runner
from checks.ecto.settings import RepoSettings
from checks.ecto.sql.defaults import FRAGMENT
from checks.elixir.collections import keyword_merge
from checks.elixir.library import Applies
from checks.elixir.scope import Closure
from checks.elixir.show import inspect
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.syntax import Call, Interpolated, Literal, Name, Node
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

Place = Call | Name
N = TypeVar("N", bound=Named)
_DELETE = frozenset({"nothing", "delete_all", "nilify_all", "default_all", "restrict"})
_UPDATE = frozenset({"nothing", "update_all", "nilify_all", "restrict"})


class Language:
    """One run of one direction."""

    def __init__(
        self, runner: Runner, settings: RepoSettings, prefix: str | None, direction: str, evaluator: Applies
    ) -> None:
        self._runner = runner
        self._settings = settings
        self._prefix = prefix
        self._direction = direction
        self._evaluator = evaluator

    def function(self, name: str, arity: int) -> Callable[[list[Value], Place], Value] | None:
        method = _FUNCTIONS.get((name, arity))
        return None if method is None else lambda arguments, place: method(self, place, *arguments)

    # ── Objects ────────────────────────────────────────────────────────────────────────────────────

    def table(self, place: Place, name: Value, options: Value = ()) -> Table:
        if not _is_name(name) or not _is_options(options):
            raise _no_clause("table", 2, place)
        return with_options(Table(name=_text(name)), list(options), place.line)

    def index(self, place: Place, table: Value, columns: Value, options: Value = ()) -> Index:
        if is_atom(columns):
            columns = [columns]
        if not _is_name(table) or not isinstance(columns, list) or not _is_options(options):
            raise _no_clause("index", 3, place)
        _check_index_options(list(options), place.line)
        made = with_options(Index(table=_text(table), columns=columns), list(options), place.line)
        return made if is_truthy(made.name) else replace(made, name=default_index_name(made, place.line))

    def unique_index(self, place: Place, table: Value, columns: Value, options: Value = ()) -> Index:
        if not _is_options(options):
            raise _no_clause("unique_index", 3, place)
        return self.index(place, table, columns, [(Atom("unique"), True), *options])

    def constraint(self, place: Place, table: Value, name: Value, options: Value = ()) -> Constraint:
        if not _is_name(table) or not _is_options(options):
            raise _no_clause("constraint", 3, place)
        return with_options(Constraint(table=_text(table), name=name), list(options), place.line)

    def references(self, place: Place, table: Value, options: Value = ()) -> Reference:
        if not _is_name(table) or not _is_options(options):
            raise _no_clause("references", 2, place)
        own = [pair for pair in options if pair[0] == Atom("prefix")]
        all_options = [*keyword_merge(self._evaluator, self._key_options(place), list(options))]
        reference = with_options(Reference(table=_text(table)), all_options, place.line)
        _check_action("on_delete", reference.on_delete, _DELETE, place.line)
        _check_action("on_update", reference.on_update, _UPDATE, place.line)
        return replace(reference, options=own)

    def _key_options(self, place: Place) -> Options:
        key = self._configured("migration_primary_key", place)
        foreign = self._configured("migration_foreign_key", place)
        own: Options = [] if key is False else [pair for pair in key if pair[0] == Atom("type")]
        return keyword_merge(self._evaluator, own, foreign)

    def fragment(self, place: Place, sql: Value) -> Value:
        if not isinstance(sql, str):
            raise _no_clause("fragment", 1, place)
        return FRAGMENT, sql

    # ── Commands ───────────────────────────────────────────────────────────────────────────────────

    def create(self, place: Place, object: Value) -> Value:
        if isinstance(object, Table):
            self._create_table(place, object, if_not_exists=False)
        elif isinstance(object, (Index, Constraint)):
            self._execute(Create(self.placed(object, place), if_not_exists=False), place)
        else:
            raise _no_clause("create", 1, place)
        return object

    def create_if_not_exists(self, place: Place, object: Value) -> Value:
        if isinstance(object, Table):
            self._create_table(place, object, if_not_exists=True)
        elif isinstance(object, Index):
            self._execute(Create(self.placed(object, place), if_not_exists=True), place)
        else:
            raise _no_clause("create_if_not_exists", 1, place)
        return Atom("ok")

    def _create_table(self, place: Place, table: Table, *, if_not_exists: bool) -> None:
        key = self.primary_key(table, place)
        self._execute(CreateTable(self.placed(table, place), (key,) if key else (), if_not_exists), place)

    def drop(self, place: Place, object: Value, options: Value = ()) -> Value:
        return self._drop("drop", place, object, options, if_exists=False)

    def drop_if_exists(self, place: Place, object: Value, options: Value = ()) -> Value:
        return self._drop("drop_if_exists", place, object, options, if_exists=True)

    def _drop(self, name: str, place: Place, object: Value, options: Value, *, if_exists: bool) -> Value:
        if not isinstance(object, (Table, Index, Constraint)) or not _is_options(options):
            raise _no_clause(name, 2, place)
        given, mode = pair_of(list(options), "mode")
        mode = mode if given else Atom("restrict")
        self._execute(Drop(self.placed(object, place), if_exists, mode), place)
        return object

    def rename(self, place: Place, object: Value, change: Value, to: Value = None) -> Value:
        is_column = to is not None
        target = _target(to if is_column else change)
        if is_column and isinstance(object, Table) and is_atom(change) and is_atom(target):
            self._execute(RenameColumn(self.placed(object, place), change, target), place)
            return object
        if not is_column and isinstance(object, Table) and isinstance(target, Table):
            self._execute(RenameTable(self.placed(object, place), self.placed(target, place)), place)
            return target
        if not is_column and isinstance(object, Index) and target is not None:
            self._execute(RenameIndex(self.placed(object, place), target), place)
            return replace(object, name=target)
        raise _no_clause("rename", 3 if is_column else 2, place)

    def execute(self, place: Place, up: Value, *down: Value) -> Value:
        if not all(map(_is_executable, (up, *down))):
            raise _no_clause("execute", 1 + len(down), place)
        lines = [_text_line(node) for node in place.arguments] if isinstance(place, Call) else []
        up_line, down_line = [*lines, 0, 0][:2]
        way_back = down[0] if down else None
        self._execute(Execute(up, way_back, bool(down), up_line, down_line), place)
        return Atom("ok")

    def _execute(
        self,
        command: Create | CreateTable | Drop | RenameTable | RenameColumn | RenameIndex | Execute,
        place: Place,
    ) -> None:
        self._runner.execute(command, place.line, _end(place))

    # ── Inside of a block ──────────────────────────────────────────────────────────────────────────

    def add(self, place: Place, column: Value, type: Value, options: Value = ()) -> Value:
        self._check_column("add", place, column, type, options)
        self._runner.subcommand(Add(column, type, list(options)), place.line)
        return Atom("ok")

    def add_if_not_exists(self, place: Place, column: Value, type: Value, options: Value = ()) -> Value:
        self._check_column("add_if_not_exists", place, column, type, options)
        self._runner.subcommand(Add(column, type, list(options), if_not_exists=True), place.line)
        return Atom("ok")

    def modify(self, place: Place, column: Value, type: Value, options: Value = ()) -> Value:
        self._check_column("modify", place, column, type, options)
        self._runner.subcommand(Modify(column, type, list(options)), place.line)
        return Atom("ok")

    def remove(self, place: Place, column: Value, *typed: Value) -> Value:
        if not is_atom(column):
            raise _no_clause("remove", 1 if not typed else 3, place)
        if not typed:
            self._runner.subcommand(Remove(column), place.line)
            return Atom("ok")
        _check_type(typed[0], place.line)
        options = typed[1] if len(typed) > 1 else []
        self._runner.subcommand(Remove(column, typed[0], list(options)), place.line)
        return Atom("ok")

    def remove_if_exists(self, place: Place, column: Value, type: Value = None) -> Value:
        if not is_atom(column):
            raise _no_clause("remove_if_exists", 1, place)
        if type is not None:
            _check_type(type, place.line)
        self._runner.subcommand(Remove(column, type, if_exists=True), place.line)
        return Atom("ok")

    def timestamps(self, place: Place, options: Value = ()) -> Value:
        if not _is_options(options):
            raise _no_clause("timestamps", 1, place)
        configured = self._configured("migration_timestamps", place)
        merged = keyword_merge(self._evaluator, configured, list(options))
        if not pair_of(merged, "null")[0]:
            merged = [(Atom("null"), False), *merged]
        taken: dict[str, Value] = {
            "type": Atom("naive_datetime"),
            "inserted_at": Atom("inserted_at"),
            "updated_at": Atom("updated_at"),
        }
        for name in taken:
            given, value = pair_of(merged, name)
            taken[name] = value if given else taken[name]
        rest = [pair for pair in merged if atom_name(pair[0]) not in taken]
        for column in (taken["inserted_at"], taken["updated_at"]):
            if column is not False:
                self.add(place, column, taken["type"], rest)
        return Atom("ok")

    def _check_column(self, name: str, place: Place, column: Value, type: Value, options: Value) -> None:
        if not is_atom(column) or not isinstance(options, (list, tuple)):
            raise _no_clause(name, 3, place)
        if not is_keyword(list(options)):
            raise DynamicError(f"options of `{name}` that are no keyword list", place.line)
        scale, precision = pair_of(list(options), "scale")[1], pair_of(list(options), "precision")[1]
        if is_truthy(scale) and not is_truthy(precision):
            message = f"column {atom_name(column)} is missing precision option"
            raise RaisedError("ArgumentError", message, place.line)
        _check_type(type, place.line)

    # ── What surrounds the migration ───────────────────────────────────────────────────────────────

    def direction(self, place: Place) -> Value:
        return Atom(self._direction)

    def prefix(self, place: Place) -> Value:
        return self._prefix

    def placed(self, object: N, place: Place) -> N:
        """In the schema it belongs to: its own prefix, the migrator's, or the configured one."""
        if object.prefix is None:
            prefix = self._prefix or self._configured("migration_default_prefix", place)
            return replace(object, prefix=prefix)
        own = _text(object.prefix)
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


def _end(place: Place) -> int:
    return place.end_line if isinstance(place, Call) else place.line


def _text_line(node: Node) -> int:
    return node.line if isinstance(node, (Literal, Interpolated)) else 0


def _no_clause(name: str, arity: int, place: Place) -> RaisedError:
    message = f"no function clause matching in Ecto.Migration.{name}/{arity}"
    return RaisedError("FunctionClauseError", message, place.line)


def _is_name(value: Value) -> bool:
    return is_atom(value) or isinstance(value, str)


def _is_options(value: Value) -> bool:
    return value == () or isinstance(value, list)


def _is_executable(value: Value) -> bool:
    return isinstance(value, (str, list)) or (isinstance(value, Closure) and value.arity == 0)


def _text(name: Value) -> str:
    return name if isinstance(name, str) else atom_name(name)


def _target(options: Value) -> Value:
    """What stands behind ``to:``."""
    return pair_of(options, "to")[1] if is_keyword(options) and len(options) == 1 else None


def _check_index_options(options: Options, line: int) -> None:
    if not is_keyword(options):
        raise DynamicError("options of an index that are no keyword list", line)
    if pair_of(options, "nulls_distinct")[1] is not None and pair_of(options, "unique")[1] is not True:
        message = "the `nulls_distinct` option can only be used with unique indexes"
        raise RaisedError("ArgumentError", message, line)
    if sum(key == Atom("where") for key, _ in options) > 1:
        message = (
            "only one `where` keyword is supported when declaring a partial index. "
            "To specify multiple conditions, write a single WHERE clause using AND between them"
        )
        raise RaisedError("ArgumentError", message, line)


def _check_action(option: str, action: Value, known: frozenset[str], line: int) -> None:
    if isinstance(action, Atom) and action.name in known:
        return
    is_pair = isinstance(action, tuple) and len(action) == 2 and isinstance(action[1], list)
    if option == "on_delete" and is_pair and action[0] in (Atom("nilify"), Atom("default")):
        if all(map(is_atom, action[1])):
            return
        shown = f"`{{{inspect(action[0])}, columns}}` to be a list of atoms, got: {inspect(action[1])}"
        raise RaisedError("ArgumentError", f"expected `columns` in {shown}", line)
    raise RaisedError("ArgumentError", f"unknown :{option} value: {inspect(action)}", line)


def _check_type(type: Value, line: int) -> None:
    """Raises RaisedError for what Ecto refuses as a column's type."""
    if type == Atom("datetime"):
        message = "the :datetime type in migrations is not supported, please use :utc_datetime or :naive_datetime instead"
        raise RaisedError("ArgumentError", message, line)
    if isinstance(type, Reference) or (is_atom(type) and not atom_name(type).startswith("Elixir.")):
        return None
    if isinstance(type, tuple) and len(type) == 2 and is_atom(type[0]) and is_atom(type[1]):
        return _check_type(type[1], line)
    if isinstance(type, tuple) and len(type) == 2 and is_atom(type[0]) and isinstance(type[1], tuple):
        for inner in type[1]:
            _check_type(inner, line)
        return None
    raise RaisedError("ArgumentError", f"invalid migration type: {inspect(type)}. Expected one of:", line)


def _all_arities(
    name: str, method: Callable[..., Value], *arities: int
) -> dict[tuple[str, int], Callable[..., Value]]:
    return {(name, arity): method for arity in arities}


_FUNCTIONS: dict[tuple[str, int], Callable[..., Value]] = {
    **_all_arities("table", Language.table, 1, 2),
    **_all_arities("index", Language.index, 2, 3),
    **_all_arities("unique_index", Language.unique_index, 2, 3),
    **_all_arities("constraint", Language.constraint, 2, 3),
    **_all_arities("references", Language.references, 1, 2),
    **_all_arities("fragment", Language.fragment, 1),
    **_all_arities("create", Language.create, 1),
    **_all_arities("create_if_not_exists", Language.create_if_not_exists, 1),
    **_all_arities("drop", Language.drop, 1, 2),
    **_all_arities("drop_if_exists", Language.drop_if_exists, 1, 2),
    **_all_arities("rename", Language.rename, 2, 3),
    **_all_arities("execute", Language.execute, 1, 2),
    **_all_arities("add", Language.add, 2, 3),
    **_all_arities("add_if_not_exists", Language.add_if_not_exists, 2, 3),
    **_all_arities("modify", Language.modify, 2, 3),
    **_all_arities("remove", Language.remove, 1, 2, 3),
    **_all_arities("remove_if_exists", Language.remove_if_exists, 1, 2),
    **_all_arities("timestamps", Language.timestamps, 0, 1),
    **_all_arities("direction", Language.direction, 0),
    **_all_arities("prefix", Language.prefix, 0),
}
