"""CONCURRENTLY, wherever a statement has it: with one exception (REFRESH) it is refused inside of a transaction."""

from __future__ import annotations

from typing import Any

from checks.sql.parse import find, parse

_WITH_A_FLAG = ("IndexStmt", "DropStmt", "RefreshMatViewStmt", "PartitionCmd")


def is_concurrent(sql: str) -> bool:
    node: Any = parse(sql)
    if node is None:
        return False
    if type(node).__name__ == "ReindexStmt":
        return any(one.def_elem.defname == "concurrently" for one in node.params)
    flagged: Any = find(node, *_WITH_A_FLAG)
    return any(one.concurrent for one in flagged)
