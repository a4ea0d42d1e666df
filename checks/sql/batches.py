"""A command that is run until it finds no row, committed each time, as one block of PL/pgSQL."""

from __future__ import annotations

import re
from typing import Any

from checks.sql.parse import parse

TAG = "$batches$"
PAUSE = 0.1
"""Seconds behind each batch, in which others may go on."""
_BLOCK = re.compile(
    r"DO \$batches\$\nBEGIN\n(?:  (?P<first>[^;]*);\n  COMMIT;\n)?  LOOP\n    (?P<command>.*);\n    EXIT WHEN NOT FOUND;\n"
    r"    COMMIT;\n(?:    RAISE NOTICE [^\n]*\n    PERFORM [^\n]*\n)?  END LOOP;\nEND \$batches\$",
    re.DOTALL,
)


def until_no_row(command: str, first: str = "", pause: float = PAUSE) -> str:
    """``command`` changes rows, a bounded number of them, and must make them unwanted. ``first`` is run once before."""
    return f"DO {TAG}\n{loop(command, first, pause)} {TAG}"


def loop(command: str, first: str = "", pause: float = PAUSE) -> str:
    """The body of a block or procedure. A command that keeps its progress in a table is told of and paused behind."""
    progress = progress_of(command)
    before = f"  {first};\n  COMMIT;\n" if first else ""
    behind = (
        f"    RAISE NOTICE '%', (SELECT format('{_literal(progress)}: %s rows, about %s in the table', rows_done, rows_about) FROM {progress});\n"
        f"    PERFORM pg_catalog.pg_sleep({pause});\n"
        if progress
        else ""
    )
    return f"""BEGIN
{before}  LOOP
    {command};
    EXIT WHEN NOT FOUND;
    COMMIT;
{behind}  END LOOP;
END"""


def progress_of(command: str) -> str:
    """The table in which a batch that changes rows inside its WITH keeps how far it is; ``""`` when it is no such command."""
    node: Any = parse(command)
    if type(node).__name__ != "UpdateStmt" or not node.HasField("with_clause"):
        return ""
    if all(one.common_table_expr.ctequery.HasField("select_stmt") for one in node.with_clause.ctes):
        return ""
    found: list[str] = re.findall(r"^ *UPDATE (\S+)$", command, re.MULTILINE)
    return found[-1] if found else ""


def can_be_repeated(command: object) -> bool:
    """Whether it changes rows, answers none, and can stand in the block."""
    if not isinstance(command, str) or TAG in command:
        return False
    node = parse(command)
    return type(node).__name__ in ("UpdateStmt", "DeleteStmt") and not node.HasField("returning_clause")  # type: ignore[union-attr]


def batch_of(block: str) -> str | None:
    """The command of such a block; None for any other SQL."""
    found = _BLOCK.fullmatch(block)
    return found["command"] if found else None


def _literal(text: str) -> str:
    return text.replace("'", "''").replace("%", "%%")
