"""Whether an expression gives each row a value of its own: then ADD COLUMN … DEFAULT writes the table anew.

PostgreSQL evaluates a default that is not volatile once and stores the value in the catalogs (docs, ALTER TABLE, Notes).
``steady.txt`` has the functions of PostgreSQL 18 that are in no form volatile (``pg_proc.provolatile``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from checks.sql.parse import find, name_parts

_VOLATILE = frozenset(
    {"random", "random_normal", "gen_random_uuid", "uuidv4", "uuidv7", "clock_timestamp", "timeofday"}
    | {"nextval", "setval", "currval", "lastval", "array_sample", "array_shuffle", "set_config"}
    | {"uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "gen_random_bytes", "gen_salt"}
)
"""Those that somebody may want as a default; the last line is of uuid-ossp and pgcrypto."""
_STEADY_OF_EXTENSIONS = frozenset(
    {"uuid_nil", "uuid_ns_dns", "uuid_ns_url", "uuid_generate_v3", "uuid_generate_v5"}
    | {"digest", "hmac", "crypt", "unaccent"}
)
_AGGREGATES = frozenset(
    {"count", "sum", "avg", "min", "max", "bool_and", "bool_or", "every", "string_agg", "array_agg"}
    | {"json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg", "row_number", "rank", "dense_rank"}
    | {"lag", "lead", "first_value", "last_value", "ntile", "percentile_cont", "mode"}
)


def varies(expression: Any) -> bool | None:
    """None when it calls a function that is not PostgreSQL's own, which may be anything."""
    calls: Any = find(expression, "FuncCall")
    names = [name_parts(call.funcname)[-1] for call in calls]
    if not names:
        return False
    if any(name in _VOLATILE for name in names):
        return True
    return None if set(names) - _steady() - _STEADY_OF_EXTENSIONS else False


@cache
def _steady() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("steady.txt").read_text().split())


def is_of_postgres(name: str) -> bool:
    """Whether it is a function of PostgreSQL's own that changes no table, by its name alone."""
    return name in _steady() or name in _VOLATILE or name in _AGGREGATES or name.startswith("pg_")
