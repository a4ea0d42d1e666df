"""Which roles a script names as owner, grantee or policy subject."""

from __future__ import annotations

import re
from collections.abc import Iterable

from postgast import pg_query_pb2 as pg
from postgast import walk

from checks.model.migrations import Statement
from checks.sql.parse import parse

_SPEAKS_OF_ROLES = re.compile(
    r"\b(owner|grant|revoke|policy|authorization|default\s+privileges)\b", re.IGNORECASE
)


def named_roles(statements: Iterable[Statement]) -> frozenset[str]:
    """Roles that must be there before these statements can run; not those inside function bodies."""
    found: set[str] = set()
    for statement in statements:
        if _SPEAKS_OF_ROLES.search(statement.sql) and (node := parse(statement.sql)) is not None:
            found |= {
                spec.rolename
                for _, spec in walk(node)
                if isinstance(spec, pg.RoleSpec) and spec.roletype == pg.ROLESPEC_CSTRING
            }
    return frozenset(found)
