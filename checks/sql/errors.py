"""What a server's error says, without what stood in a row."""

from __future__ import annotations

import re

from checks.model.observations import SqlError

RAISED = "the script raised an exception"
_QUOTED_VALUE = re.compile(r"""\s*:\s*".*\Z|\s*"[^"]*"(?= is out of range)""", re.DOTALL)
"""Of class 22: ``invalid input syntax for type integer: "a name"``, ``value "7e9" is out of range for type integer``."""


def without_values(error: SqlError) -> str:
    """The message of an error without values: data exceptions quote one, and a script raises what it likes.

    ``detail`` and ``context`` are left out altogether, for they show whole rows and statements. Violated constraints
    (class 23) have messages that name objects only (PostgreSQL docs, appendix A).
    """
    if error.sqlstate.startswith("P0"):
        return RAISED
    if error.sqlstate.startswith("22"):
        return _QUOTED_VALUE.sub("", error.message)
    return error.message
