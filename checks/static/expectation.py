"""A script, statement by statement, on what is known: what is expected of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from google.protobuf.message import Message
from postgast import PgQueryError, pg_query_pb2, scan
from postgast import parse as parse_text

from checks.frameworks.files import LazyScript
from checks.model.migrations import Script, Statement
from checks.model.observations import SqlError
from checks.rules.objects import AddValue
from checks.rules.syntax_objects import range_name
from checks.settings import Settings
from checks.sql.parse import command_tag, is_too_deep, parse
from checks.sql.tags import tag_of
from checks.static.effects import apply
from checks.static.facts import Expected, Facts
from checks.static.known import Known
from checks.static.moment import Moment
from checks.static.refusals import refuse, refuse_new_value
from checks.static.transactions import transactions_of

_LONGEST_NAME = 63
"""Bytes that PostgreSQL keeps of an identifier (NAMEDATALEN - 1)."""
_LONG_WORD = re.compile(rf"[^\W\d]\w{{{_LONGEST_NAME},}}")
_ENDS = ("COMMIT", "ROLLBACK", "PREPARE TRANSACTION")
_OF_ROWS = ("22", "23")
"""Classes of errors that are about rows: without them the statement does what it says."""


def expect(script: Script, known: Known, settings: Settings, postgres: int) -> list[Expected]:
    """What each statement of ``script`` will do; ``known`` is afterwards what it leaves behind."""
    parsed = script.parsed() if isinstance(script, LazyScript) else _parsed(script)
    nodes = [node for _, node in parsed]
    kinds = [command_tag(one.sql) if node is None else tag_of(node) for one, node in parsed]
    ends = [kind in _ENDS and not _is_to_savepoint(node) for kind, node in zip(kinds, nodes, strict=True)]
    transactions = transactions_of(kinds, ends, script.transaction)
    to_come = frozenset(_made(nodes, known)) if "DROP TABLE" in kinds else frozenset()
    new_values: dict[str, str] = {}
    expected: list[Expected] = []
    for index, (statement, node) in enumerate(parsed):
        transaction = transactions[index]
        if transaction is None or (index and transaction != transactions[index - 1]):
            new_values = {}
        now = Moment(known, settings, postgres, transaction is not None, to_come=to_come)
        _look(now, statement, node, new_values)
        expected.append(Expected(statement, kinds[index], now.facts, transaction, tuple(now.asked)))
    return expected


def _parsed(script: Script) -> list[tuple[Statement, Message | None]]:
    return [(statement, parse(statement.sql)) for statement in script.statements]


def _look(now: Moment, statement: Statement, node: Message | None, new_values: dict[str, str]) -> None:
    facts = now.facts
    if node is None:
        facts.error = _error(statement)
        return
    refuse(now, node)
    if new_values:
        refuse_new_value(now, node, new_values)
    apply(now, node)
    facts.notices += _truncated(statement.sql)
    if facts.error is not None and facts.error.sqlstate[:2] not in _OF_ROWS:
        now.facts = Facts(error=facts.error, notices=facts.notices)
    for action in now.asked:
        if (
            isinstance(action, AddValue)
            and f"type {now.known.resolve(action.relation)}" not in now.known.made()
        ):
            new_values[action.value] = action.relation


def _made(nodes: Sequence[Any], known: Known) -> Iterator[str]:
    """The tables that the script makes for sure."""
    for node in nodes:
        if type(node).__name__ == "CreateStmt" and not node.if_not_exists:
            yield known.resolve(range_name(node.relation))


def _error(statement: Statement) -> SqlError:
    """What PostgreSQL's parser says of a text that it refuses."""
    sql = statement.sql
    if is_too_deep(sql):
        return SqlError(sqlstate="54001", message="stack depth limit exceeded", line=statement.line)
    try:
        parse_text(sql)
    except PgQueryError as error:
        at = max(error.cursorpos - 1, 0)
        line = (statement.sql_line or statement.line) + sql[:at].count("\n")
        return SqlError(sqlstate="42601", message=error.message, line=min(line, statement.end_line))
    return SqlError(sqlstate="42601", message="more than one statement", line=statement.line)


def _is_to_savepoint(node: Any) -> bool:
    return bool(node is not None and node.kind == pg_query_pb2.TRANS_STMT_ROLLBACK_TO)


def _truncated(sql: str) -> list[str]:
    if not _LONG_WORD.search(sql):
        return []
    source = sql.encode()
    words = [
        source[token.start : token.end].decode().strip('"')
        for token in scan(sql).tokens
        if token.token == pg_query_pb2.IDENT
    ]
    long = [word for word in dict.fromkeys(words) if len(word.encode()) > _LONGEST_NAME]
    return [f'NOTICE: identifier "{word}" will be truncated to "{_cut(word)}"' for word in long]


def _cut(word: str) -> str:
    return word.encode()[:_LONGEST_NAME].decode(errors="ignore")
