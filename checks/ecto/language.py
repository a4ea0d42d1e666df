"""The functions that ``use Ecto.Migration`` imports: they make objects, and hand commands to the runner.

Source: ecto_sql's ``lib/ecto/migration.ex``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from checks.ecto.arguments import (
    Place,
    check_type,
    end_line,
    is_executable,
    is_options,
    no_clause,
    target_of,
    text_line,
)
from checks.ecto.language_objects import Objects
from checks.ecto.objects import (
    Add,
    Constraint,
    Create,
    CreateTable,
    Drop,
    Execute,
    Index,
    Modify,
    Remove,
    RenameColumn,
    RenameIndex,
    RenameTable,
    Table,
)
from checks.elixir.collections import keyword_merge
from checks.elixir.syntax import Call
from checks.elixir.values import (
    Atom,
    Value,
    atom_name,
    is_atom,
    pair_of,
)


class Language(Objects):
    def function(self, name: str, arity: int) -> Callable[[list[Value], Place], Value] | None:
        method = _FUNCTIONS.get((name, arity))
        return None if method is None else lambda arguments, place: method(self, place, *arguments)

    # ── Commands ───────────────────────────────────────────────────────────────────────────────────

    def create(self, place: Place, object: Value) -> Value:
        if isinstance(object, Table):
            self._create_table(place, object, if_not_exists=False)
        elif isinstance(object, (Index, Constraint)):
            self._execute(Create(self.placed(object, place), if_not_exists=False), place)
        else:
            raise no_clause("create", 1, place)
        return object

    def create_if_not_exists(self, place: Place, object: Value) -> Value:
        if isinstance(object, Table):
            self._create_table(place, object, if_not_exists=True)
        elif isinstance(object, Index):
            self._execute(Create(self.placed(object, place), if_not_exists=True), place)
        else:
            raise no_clause("create_if_not_exists", 1, place)
        return Atom("ok")

    def _create_table(self, place: Place, table: Table, *, if_not_exists: bool) -> None:
        key = self.primary_key(table, place)
        self._execute(CreateTable(self.placed(table, place), (key,) if key else (), if_not_exists), place)

    def drop(self, place: Place, object: Value, options: Value = ()) -> Value:
        return self._drop("drop", place, object, options, if_exists=False)

    def drop_if_exists(self, place: Place, object: Value, options: Value = ()) -> Value:
        return self._drop("drop_if_exists", place, object, options, if_exists=True)

    def _drop(self, name: str, place: Place, object: Value, options: Value, *, if_exists: bool) -> Value:
        if not isinstance(object, (Table, Index, Constraint)) or not is_options(options):
            raise no_clause(name, 2, place)
        given, mode = pair_of(list(options), "mode")
        mode = mode if given else Atom("restrict")
        self._execute(Drop(self.placed(object, place), if_exists, mode), place)
        return object

    def rename(self, place: Place, object: Value, change: Value, to: Value = None) -> Value:
        is_column = to is not None
        target = target_of(to if is_column else change)
        if is_column and isinstance(object, Table) and is_atom(change) and is_atom(target):
            self._execute(RenameColumn(self.placed(object, place), change, target), place)
            return object
        if not is_column and isinstance(object, Table) and isinstance(target, Table):
            self._execute(RenameTable(self.placed(object, place), self.placed(target, place)), place)
            return target
        if not is_column and isinstance(object, Index) and target is not None:
            self._execute(RenameIndex(self.placed(object, place), target), place)
            return replace(object, name=target)
        raise no_clause("rename", 3 if is_column else 2, place)

    def execute(self, place: Place, up: Value, *down: Value) -> Value:
        if not all(map(is_executable, (up, *down))):
            raise no_clause("execute", 1 + len(down), place)
        lines = [text_line(node) for node in place.arguments] if isinstance(place, Call) else []
        up_line, down_line = [*lines, 0, 0][:2]
        way_back = down[0] if down else None
        self._execute(Execute(up, way_back, bool(down), up_line, down_line), place)
        return Atom("ok")

    def _execute(
        self,
        command: Create | CreateTable | Drop | RenameTable | RenameColumn | RenameIndex | Execute,
        place: Place,
    ) -> None:
        self._runner.execute(command, place.line, end_line(place))

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
            raise no_clause("remove", 1 if not typed else 3, place)
        if not typed:
            self._runner.subcommand(Remove(column), place.line)
            return Atom("ok")
        check_type(typed[0], place.line)
        options = typed[1] if len(typed) > 1 else []
        self._runner.subcommand(Remove(column, typed[0], list(options)), place.line)
        return Atom("ok")

    def remove_if_exists(self, place: Place, column: Value, type: Value = None) -> Value:
        if not is_atom(column):
            raise no_clause("remove_if_exists", 1, place)
        if type is not None:
            check_type(type, place.line)
        self._runner.subcommand(Remove(column, type, if_exists=True), place.line)
        return Atom("ok")

    def timestamps(self, place: Place, options: Value = ()) -> Value:
        if not is_options(options):
            raise no_clause("timestamps", 1, place)
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
