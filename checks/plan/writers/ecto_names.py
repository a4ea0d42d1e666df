"""Numbers, file names and module names of Ecto's migrations, none of which may come twice in a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.ecto.write import Change
from checks.plan.writers import Author
from checks.sql.batches import batch_of
from checks.sql.parse import name_parts, parse, unwrap

_TIMESTAMP = "%Y%m%d%H%M%S"
_DIGITS = 14
_MODULE = re.compile(r"^\s*defmodule\s+([\w.]+)\s+do\b", re.MULTILINE)
_LONGEST = 60


def versions_after(author: Author) -> Iterator[str]:
    """The numbers that follow the author's and are free, one second apart where they are times."""
    taken = {migration.version for migration in author.history.migrations}
    version = author.migration.version
    while True:
        version = _next(version)
        if version not in taken:
            yield version


def _next(version: str) -> str:
    try:
        time = datetime.strptime(version, _TIMESTAMP) if len(version) == _DIGITS else None
        return (time + timedelta(seconds=1)).strftime(_TIMESTAMP) if time else str(int(version) + 1)
    except (ValueError, OverflowError):
        return str(int(version) + 1)


def free_name(wanted: str, taken: set[str]) -> str:
    """``wanted``, with a number behind it when that is taken; it is taken from then on."""
    numbered = (f"{wanted}_{number}" for number in range(2, len(taken) + 3))
    name = next(name for name in (wanted, *numbered) if name not in taken)
    taken.add(name)
    return name


def module_of(text: str) -> str:
    """The name of the first module in a file; ``""`` when there is none."""
    found = _MODULE.search(text)
    return found[1] if found else ""


def camelized(name: str) -> str:
    """``add_index`` → ``AddIndex``, as ``mix ecto.gen.migration`` does."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_") if part)


def name_for(changes: Sequence[Change], otherwise: str) -> str:
    """What the file does, for its name: ``validate_orders_price_positive``."""
    statements = [sql for change in changes for sql in change.up]
    batches = [sql for sql in statements if batch_of(sql)]
    name = _said((batches or statements)[0]) if batches or len(statements) == 1 else ""
    return _snake_case(name) or _snake_case(f"change_{otherwise}" if otherwise[:1].isdigit() else otherwise)


def _snake_case(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:_LONGEST].strip("_")


def _said(sql: str) -> str:
    batch = batch_of(sql)
    node: Any = _changing_rows(parse(batch or sql))
    match type(node).__name__:
        case "InsertStmt":
            return f"backfill_{node.relation.relname}"
        case "UpdateStmt":
            return f"backfill_{node.relation.relname}_{'_'.join(one.res_target.name for one in node.target_list)}"
        case "DeleteStmt":
            return f"delete_from_{node.relation.relname}"
        case "IndexStmt":
            return f"create_{node.idxname}"
        case "DropStmt":
            dropped: Any = unwrap(node.objects[0])
            return f"drop_{name_parts(dropped.items)[-1]}" if type(dropped).__name__ == "List" else ""
        case "AlterTableStmt" if len(node.cmds) == 1:
            return _altered(node.relation.relname, node.cmds[0].alter_table_cmd)
        case _:
            return ""


def _changing_rows(node: Any) -> Any:
    """Of a batch that keeps its progress the part that changes the rows."""
    ctes = node.with_clause.ctes if type(node).__name__ == "UpdateStmt" else ()
    parts: list[Any] = [unwrap(one.common_table_expr.ctequery) for one in ctes]
    return next((part for part in parts if type(part).__name__ != "SelectStmt"), node)


def _altered(table: str, command: Any) -> str:
    match pg.AlterTableType.Name(command.subtype):
        case "AT_ValidateConstraint":
            return f"validate_{_of(table, command.name)}"
        case "AT_DropConstraint":
            return f"drop_{_of(table, command.name)}"
        case "AT_AddConstraint":
            return f"add_{_of(table, getattr(command, 'def').constraint.conname)}"
        case "AT_SetNotNull":
            return f"require_{table}_{command.name}"
        case "AT_DropColumn":
            return f"remove_{command.name}_from_{table}"
        case "AT_AddColumn":
            return f"add_{getattr(command, 'def').column_def.colname}_to_{table}"
        case _:
            return ""


def _of(table: str, name: str) -> str:
    """A constraint's name, with that of its table where it does not say it already."""
    return name if name.startswith(table) else f"{table}_{name}"
