"""A command that is run until it finds no row, committed each time, as one block of PL/pgSQL."""

from __future__ import annotations

import re

from checks.sql.parse import parse

TAG = "$batches$"
_BLOCK = re.compile(
    r"DO \$batches\$\nBEGIN\n  LOOP\n    (?P<command>.*);\n    EXIT WHEN NOT FOUND;\n    COMMIT;\n  END LOOP;\nEND \$batches\$",
    re.DOTALL,
)


def until_no_row(command: str) -> str:
    """``command`` changes rows, a bounded number of them, and must make them unwanted."""
    return f"""DO {TAG}
BEGIN
  LOOP
    {command};
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END {TAG}"""


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
