"""From observed statements to actions, also where the SQL is hidden in a DO block or in a function that is called."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from google.protobuf.message import Message
from postgast import PgQueryError, pg_query_pb2, scan

from checks.catalog import Catalog
from checks.model.observations import Observation
from checks.rules.actions import Action
from checks.rules.syntax import actions_of
from checks.sql.parse import find, name_parts, parse

_SEMICOLON = pg_query_pb2.ASCII_59
_BEFORE_A_STATEMENT = {
    _SEMICOLON,
    pg_query_pb2.BEGIN_P,
    pg_query_pb2.THEN,
    pg_query_pb2.ELSE,
    pg_query_pb2.EXECUTE,
}
"""Tokens of PL/pgSQL after which an SQL command can begin; LOOP is an ordinary word to PostgreSQL's scanner."""


_AFTER_A_COMMAND = {_SEMICOLON, pg_query_pb2.USING, pg_query_pb2.INTO}
"""Tokens behind a literal that is the whole command: not one that is put together with others."""


def actions_of_each(observations: Sequence[Observation], before: Catalog) -> list[tuple[Action, ...]]:
    """The actions of each statement, with those inside the PL/pgSQL functions that it calls."""
    bodies = {
        str(before.fact(key, "name")): str(row["body"])
        for key, row in before.objects.items()
        if key[0] in ("function", "procedure") and row.get("language") == "plpgsql"
    }
    actions = []
    for observation in observations:
        actions.append((*actions_in(observation), *_called(parse(observation.sql), bodies)))
        bodies |= _function(parse(observation.sql))
    return actions


def actions_in(observation: Observation) -> tuple[Action, ...]:
    """What the text of the statement asks for, the commands inside a DO block included."""
    node = parse(observation.sql)
    if type(node).__name__ != "DoStmt":
        return actions_of(node)
    return _in_body(body_of(node, "args"))


def _called(node: Message | None, bodies: Mapping[str, str]) -> Iterator[Action]:
    """The actions of the functions that a SELECT or CALL calls."""
    if not bodies or type(node).__name__ not in ("SelectStmt", "CallStmt"):
        return
    calls: Iterator[Any] = find(node, "FuncCall") if node is not None else iter(())
    for name in dict.fromkeys(name_parts(call.funcname)[-1] for call in calls):
        yield from _in_body(bodies.get(name, ""))


def _function(node: Message | None) -> dict[str, str]:
    """Name → body, for CREATE FUNCTION and CREATE PROCEDURE."""
    statement: Any = node
    if type(node).__name__ != "CreateFunctionStmt":
        return {}
    return {name_parts(statement.funcname)[-1]: body_of(statement, "options")}


def _in_body(body: str) -> tuple[Action, ...]:
    return tuple(action for command in commands_in(body) for action in actions_of(parse(command)))


def body_of(statement: Any, options: str) -> str:
    """The text behind AS, which CREATE FUNCTION keeps as a list (``options``) and DO as a string (``args``)."""
    found = [option.def_elem for option in getattr(statement, options)]
    texts = [option.arg for option in found if option.defname == "as"]
    if not texts:
        return ""
    return str(texts[0].string.sval or next(iter(name_parts(texts[0].list.items)), ""))


def commands_in(body: str) -> Iterator[str]:
    """The SQL commands of a PL/pgSQL body: those written out, and those in a literal behind EXECUTE.

    Found with PostgreSQL's scanner between the words that can stand before a command and the next semicolon;
    what is no command does not parse and is left out by the caller.
    """
    source = body.encode()
    try:
        tokens = scan(body).tokens
    except PgQueryError:
        return
    ends = [token.start for token in tokens if token.token == _SEMICOLON] + [len(source)]
    previous = _SEMICOLON
    for token, follower in zip_longest(tokens, tokens[1:]):
        text = source[token.start : token.end].decode()
        if previous == pg_query_pb2.EXECUTE and token.token == pg_query_pb2.SCONST:
            if follower is None or follower.token in _AFTER_A_COMMAND:
                yield _unquoted(text)
        elif previous in _BEFORE_A_STATEMENT:
            yield source[token.start : ends[bisect_left(ends, token.start)]].decode()
        previous = _SEMICOLON if text.lower() == "loop" else token.token


def _unquoted(literal: str) -> str:
    node = parse(f"SELECT {literal}")
    return "" if node is None else str(node.target_list[0].res_target.val.a_const.sval.sval)  # type: ignore[attr-defined]
