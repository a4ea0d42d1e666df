"""From observed statements to actions, also where the SQL is hidden in a DO block or behind a function."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import zip_longest

from postgast import PgQueryError, pg_query_pb2, scan

from checks.model import Observation
from checks.rules.actions import Action
from checks.rules.syntax import actions_of
from checks.sql.parse import parse

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


def actions_in(observation: Observation) -> tuple[Action, ...]:
    """What the text of the statement asks for, the commands inside a DO block included."""
    node = parse(observation.sql)
    if type(node).__name__ != "DoStmt":
        return actions_of(node)
    return tuple(action for command in _commands(_body(node)) for action in actions_of(parse(command)))


def _body(do: object) -> str:
    arguments = [argument.def_elem for argument in do.args]  # type: ignore[attr-defined]
    bodies = [argument.arg.string.sval for argument in arguments if argument.defname == "as"]
    return bodies[0] if bodies else ""


def _commands(body: str) -> Iterator[str]:
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
