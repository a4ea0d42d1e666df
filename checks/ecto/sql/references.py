"""Foreign keys."""

from __future__ import annotations

from checks.ecto.objects import Reference, Table
from checks.ecto.sql.names import qualified, quoted, quoted_list, text_of
from checks.elixir.stops import DynamicError, RaisedError
from checks.elixir.values import Atom, Value, atom_name, is_atom, is_keyword, pair_of

_ON_DELETE = {
    "nilify_all": " ON DELETE SET NULL",
    "default_all": " ON DELETE SET DEFAULT",
    "delete_all": " ON DELETE CASCADE",
    "restrict": " ON DELETE RESTRICT",
}
_ON_DELETE_OF = {"nilify": " ON DELETE SET NULL", "default": " ON DELETE SET DEFAULT"}
_ON_UPDATE = {
    "nilify_all": " ON UPDATE SET NULL",
    "update_all": " ON UPDATE CASCADE",
    "restrict": " ON UPDATE RESTRICT",
}
_MATCH = {"full": " MATCH FULL", "simple": " MATCH SIMPLE", "partial": " MATCH PARTIAL"}


def foreign_key(reference: Reference, table: Table, column: Value) -> str:
    """``CONSTRAINT … FOREIGN KEY …`` as it stands in CREATE and ALTER TABLE."""
    others = list(reference.with_)
    if others and not is_keyword(others):
        raise DynamicError("`with:` of a reference is no keyword list", 0)
    own = [column, *(here for here, _ in others)]
    theirs = [reference.column, *(there for _, there in others)]
    given, prefix = pair_of(list(reference.options), "prefix")
    target = qualified(prefix if given else table.prefix, reference.table)
    return (
        f"CONSTRAINT {constraint_name(reference, table, column)} FOREIGN KEY ({quoted_list(own)}) "
        f"REFERENCES {target}({quoted_list(theirs)})"
        f"{_match(reference.match)}{_on_delete(reference.on_delete)}{_on_update(reference.on_update)}"
        f"{not_valid(reference.validate)}"
    )


def constraint_name(reference: Reference, table: Table, column: Value) -> str:
    if reference.name is not None:
        return quoted(reference.name)
    return quoted(f"{text_of(table.name)}_{text_of(column)}_fkey")


def not_valid(validate: Value) -> str:
    return " NOT VALID" if validate is False else ""


def dropped_before(origin: Value, table: Table, column: Value) -> str:
    """``DROP CONSTRAINT`` of the reference that a column had (``from:``), with the comma behind it."""
    reference = origin[0] if isinstance(origin, tuple) and len(origin) == 2 else origin
    if not isinstance(reference, Reference):
        return ""
    return f"DROP CONSTRAINT {constraint_name(reference, table, column)}, "


def dropped_if_exists(reference: Value, table: Table, column: Value) -> str:
    if not isinstance(reference, Reference):
        return ""
    return f"DROP CONSTRAINT IF EXISTS {constraint_name(reference, table, column)}, "


def _match(match: Value) -> str:
    if match is None:
        return ""
    if not isinstance(match, Atom) or match.name not in _MATCH:
        where = "Ecto.Adapters.Postgres.Connection.reference_match/1"
        raise RaisedError("FunctionClauseError", f"no function clause matching in {where}")
    return _MATCH[match.name]


def _on_delete(action: Value) -> str:
    if isinstance(action, tuple):
        return f"{_ON_DELETE_OF[action[0].name]} ({quoted_list(action[1])})"
    return _ON_DELETE.get(atom_name(action) if is_atom(action) else "", "")


def _on_update(action: Value) -> str:
    return _ON_UPDATE.get(atom_name(action) if is_atom(action) else "", "")
