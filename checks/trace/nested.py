"""The commands inside a DO block, and inside the functions that a statement calls.

Read out of the bodies with PostgreSQL's own grammar, so it names what may have run; the locks, rewrites and
scans of the whole statement are observed. What a body puts together while it runs (``EXECUTE`` of an
expression) is listed as ``EXECUTE``, without an object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import postgast
from postgast import pg_query_pb2 as pg

from checks.model.observations import NestedCommand
from checks.sql.parse import find, name_parts, parse, unwrapped
from checks.sql.split import split
from checks.sql.tags import tag_of

Bodies = Callable[[Sequence[str]], Iterable[tuple[str, str]]]
"""Names of functions → the source and the language of each."""

_MAX_CALLS = 3
"""How deep calls of functions by functions are followed."""
_QUIET = frozenset(
    [
        "SelectStmt",
        "VariableSetStmt",
        "VariableShowStmt",
        "TransactionStmt",
        "DoStmt",
        "CallStmt",
        "ExecuteStmt",
        "FetchStmt",
    ]
)
"""What changes nothing by itself."""
_OPENERS = frozenset({pg.BEGIN_P, pg.THEN, pg.ELSE})
_DYNAMIC = NestedCommand(tag="EXECUTE")


def nested_commands(sql: str, bodies: Bodies) -> tuple[NestedCommand, ...]:
    """What a DO, CALL or SELECT holds, each command once, in the order of the text. Empty for other statements."""
    node = parse(sql)
    if node is None or type(node).__name__ not in ("DoStmt", "CallStmt", "SelectStmt"):
        return ()
    return tuple(dict.fromkeys(_commands_of(node, bodies, _MAX_CALLS)))


def _commands_of(node: Any, bodies: Bodies, calls: int) -> Iterator[NestedCommand]:
    if type(node).__name__ == "DoStmt":
        arguments: list[Any] = unwrapped(node.args)
        options = {option.defname: option.arg.string.sval for option in arguments}
        yield from _in_body(options.get("as", ""), options.get("language", "plpgsql"), bodies, calls)
        return
    if type(node).__name__ not in _QUIET:
        yield NestedCommand(tag=tag_of(node), object=_object(node))
    called: Iterator[Any] = find(node, "FuncCall")
    names = [name_parts(call.funcname)[-1] for call in called]
    for body, language in bodies(names) if names and calls else ():
        yield from _in_body(body, language, bodies, calls - 1)


def _in_body(body: str, language: str, bodies: Bodies, calls: int) -> Iterator[NestedCommand]:
    if language == "sql":
        statements = [statement.sql for statement in split(body, "function")]
    elif language == "plpgsql":
        statements = list(_plpgsql_statements(body))
    else:
        return
    for statement in statements:
        node = parse(statement)
        if node is not None:
            yield from _commands_of(node, bodies, calls)
        elif statement == _DYNAMIC.tag:
            yield _DYNAMIC


def _plpgsql_statements(body: str) -> Iterator[str]:
    """The SQL between the control structures; ``EXECUTE`` of a literal as its text, of anything else as ``EXECUTE``."""
    source = body.encode()
    try:
        tokens = postgast.scan(body).tokens
    except postgast.PgQueryError:
        return
    part: list[pg.ScanToken] = []
    for token in tokens:
        if token.token != pg.ASCII_59:
            part.append(token)
            continue
        yield from _first_that_parses(source, part)
        part = []


def _first_that_parses(source: bytes, part: Sequence[pg.ScanToken]) -> Iterator[str]:
    """A part up to a semicolon begins with any number of ``BEGIN``, ``IF … THEN``, ``LOOP``, labels, comments."""
    for index in range(len(part)):
        if index and not _opens(source, part[index - 1]):
            continue
        text = source[part[index].start : part[-1].end].decode()
        if part[index].token == pg.EXECUTE:
            yield _literal(text) or _DYNAMIC.tag
            return
        if text[:7].lower() == "perform":
            text = f"SELECT{text[7:]}"
        if parse(text) is not None:
            yield text
            return


def _opens(source: bytes, token: pg.ScanToken) -> bool:
    """Whether a statement may begin behind this token."""
    if token.token in _OPENERS or token.token in (pg.SQL_COMMENT, pg.C_COMMENT):
        return True
    return source[token.start : token.end].lower() in (b"loop", b">>")


def _literal(execute: str) -> str | None:
    """The text of ``EXECUTE 'text'``."""
    value: Any = parse(f"SELECT {execute[len('execute') :]}")
    targets = unwrapped(value.target_list) if value is not None else []
    constant: Any = unwrapped([targets[0].val])[0] if len(targets) == 1 else None  # type: ignore[attr-defined]
    return constant.sval.sval if type(constant).__name__ == "A_Const" else None


def _object(node: Any) -> str | None:
    """The first relation that a command names, as it is written."""
    if type(node).__name__ == "DropStmt":
        names = [name for name in unwrapped(node.objects) if type(name).__name__ == "List"]
        return ".".join(name_parts(names[0].items)) if names else None  # type: ignore[attr-defined]
    relation: Any = next(find(node, "RangeVar"), None)
    if relation is None:
        return None
    return ".".join(part for part in (relation.schemaname, relation.relname) if part)
