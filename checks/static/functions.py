"""Commands inside DO blocks and functions: as far as they are written out, and what stays open where they are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.message import Message
from postgast import PgQueryError, pg_query_pb2, scan

from checks.rules.statements import commands_in
from checks.sql.parse import find, name_parts, parse
from checks.static.moment import Moment
from checks.static.refusals import refuse
from checks.static.volatile import is_of_postgres

Apply = Callable[[Moment, Message], None]


def run_body(now: Moment, body: str, apply: Apply) -> None:
    """``body`` is the source of a PL/pgSQL block. Which branches are taken is not known: each is taken."""
    outer, now.inside = now.inside, True
    for command in commands_in(body):
        node = parse(command)
        if node is not None:
            refuse(now, node)
            apply(now, node)
    if _puts_sql_together(body):
        now.wait_open("what EXECUTE puts together locks or changes a table")
    now.inside = outer


def run_called(now: Moment, stmt: Any, apply: Apply) -> None:
    """The functions that a SELECT or CALL calls."""
    calls: Iterator[Any] = find(stmt, "FuncCall")
    for parts in dict.fromkeys(tuple(name_parts(call.funcname)) for call in calls):
        group = now.known.get(f"function {now.known.resolve('.'.join(parts))}")
        bodies = [row for row, _ in (group or {}).values()]
        if bodies and bodies[0].get("language") == "plpgsql" and not now.inside:
            run_body(now, str(bodies[0]["body"]), apply)
        elif not bodies and not is_of_postgres(parts[-1]):
            now.wait_open(f"`{parts[-1]}()` locks or changes a table")


def _puts_sql_together(body: str) -> bool:
    try:
        tokens = scan(body).tokens
    except PgQueryError:
        return True
    ends = (pg_query_pb2.ASCII_59, pg_query_pb2.USING, pg_query_pb2.INTO)
    for token, first, second in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.token == pg_query_pb2.EXECUTE and not (
            first.token == pg_query_pb2.SCONST and second.token in ends
        ):
            return True
    return False
