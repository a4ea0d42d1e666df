"""A psql script as SQL: harmless meta-commands left out, all others named with their line. Nothing runs psql.

psql expands variables, runs shell commands and sends rows from the file; the engine does none of it. So a script that
leans on one is opaque from that line on, and one that only prints or stops on errors is plain SQL.
Source: PostgreSQL 18, psql's reference page, and ``src/bin/psql/psqlscan.l``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

_HARMLESS = re.compile(
    r"a|C|conninfo|copyright|echo|errverbose|f|h|H|l\+?|pset|qecho|s|t|T|timing|unset|warn|x|z|\?|d\w*[S+]*"
)
"""They print, or change how psql prints; ``\\d`` and its kin only read the catalogs."""
_QUIET_VARIABLES = re.compile(r"ECHO\w*|ON_ERROR_STOP|QUIET|VERBOSITY|SHOW_CONTEXT|PROMPT\d|HIST\w+")
_MEANING = {
    "AUTOCOMMIT": "which changes where transactions begin",
    "ON_ERROR_ROLLBACK": "which puts a savepoint before each statement",
}
_PLAIN = re.compile(
    # Atomic, not possessive: Python 3.11.2 gives characters back that ``(?:…)++`` has taken.
    r"""(?>(?:
        [^\w\\:$/'"-]+
      | [eE]'(?:[^'\\]|\\.|'')*+(?:'|\Z)
      | \w[\w$]*
      | '(?:[^']|'')*+(?:'|\Z)
      | "(?:[^"]|"")*+(?:"|\Z)
      | --[^\n]*
      | -(?!-)
      | /(?!\*)
      | :[:=]
      | :(?![\w'"{])
      | \$(?!(?:[^\W\d]\w*)?\$)
    )+)""",
    re.VERBOSE | re.DOTALL,
)
"""What psql sends as it is: everything up to the next command, variable, dollar quote or ``/*``."""
_SPECIAL = re.compile(
    r"""
    (?P<comment>/\*)
  | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
  | (?P<command>\\(?P<name>[^\s\\]*)(?P<arguments>(?:[^\n\\]|\\(?!\\))*)(?:\\\\)?)
  | (?P<variable>:(?:'(?P<literal>\w+)'|"(?P<identifier>\w+)"|\{\?(?P<test>\w+)\}|(?P<plain>\w+)))
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_FROM_STDIN = re.compile(r"\bFROM\s+P?STDIN\b", re.IGNORECASE)
_COPY = re.compile(r"\s*(?:--[^\n]*\n\s*)*COPY\b", re.IGNORECASE)
_LONGEST_COPY = 2000
"""Characters between COPY and FROM."""


class PsqlScript(NamedTuple):
    sql: str
    """The text with its lines kept and the meta-commands blanked."""
    reason: str | None = None
    """Why it cannot be run without psql; None when it can."""
    line: int = 1
    """Where that is."""


def read_psql(text: str, variables: Collection[str] = ()) -> PsqlScript:
    """``variables`` are the names that have a value when the script starts."""
    known = set(variables)
    pieces: list[str] = []
    position = 0
    for match, end in _specials(text):
        reason = _reason(match, known)
        if reason:
            return PsqlScript(text, reason, text.count("\n", 0, match.start()) + 1)
        if match["command"]:
            pieces += [text[position : match.start()], " " * (end - match.start())]
            position = end
    sql = "".join(pieces) + text[position:]
    line = copy_from_stdin(sql)
    if line:
        return PsqlScript(text, "COPY … FROM STDIN carries its rows in the file; only psql sends them", line)
    return PsqlScript(sql)


def dollar_quoted(text: str) -> list[tuple[int, int]]:
    """Where dollar-quoted strings begin and end, in characters."""
    return [(match.start(), end) for match, end in _specials(text) if match["dollar"]]


def _specials(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Commands, variables, comments in ``/* */`` and dollar-quoted strings, each with its end."""
    position = 0
    while position < len(text):
        plain = _PLAIN.match(text, position)
        position = plain.end() if plain else position
        special = _SPECIAL.match(text, position)
        if special:
            position = _end(text, special)
            yield special, position
        elif not plain:
            position += 1


def copy_from_stdin(text: str) -> int | None:
    """The line of the first COPY whose rows stand in the file behind it."""
    for match in _FROM_STDIN.finditer(text):
        before = text[max(0, match.start() - _LONGEST_COPY) : match.start()].rpartition(";")[2]
        if _COPY.match(before):
            return text.count("\n", 0, match.start()) + 1
    return None


def _end(text: str, match: re.Match[str]) -> int:
    """Where the token ends; what is never closed reaches to the end of the text."""
    if match["comment"]:
        return _end_of_comment(text, match.start())
    if match["dollar"]:
        closing = text.find(match["dollar"], match.end())
        return closing + len(match["dollar"]) if closing >= 0 else len(text)
    return match.end()


def _end_of_comment(text: str, start: int) -> int:
    """Comments nest in PostgreSQL."""
    depth, position = 0, start
    while edge := _COMMENT_EDGE.search(text, position):
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
        if depth == 0:
            return position
    return len(text)


def _reason(match: re.Match[str], known: set[str]) -> str | None:
    if match["command"] and "`" in match["arguments"]:
        return f"psql's \\{match['name']} runs a shell command here"
    if match["command"]:
        return _reason_for_command(match["name"], match["arguments"].split(), known)
    if match["variable"] and (match["plain"] is None or match["plain"] in known):
        return f"the psql variable {match['variable']} is put in by psql"
    return None


def _reason_for_command(name: str, arguments: list[str], known: set[str]) -> str | None:
    if name == "set" and arguments:
        return _reason_for_set(arguments[0], arguments[1:], known)
    if name == "set" or _HARMLESS.fullmatch(name):
        return None
    if name == ".":
        return "rows for COPY … FROM STDIN stand in the file; only psql sends them"
    return f"psql's \\{name} is never executed here"


def _reason_for_set(variable: str, value: list[str], known: set[str]) -> str | None:
    if variable in _MEANING:
        return f"\\set {variable} {' '.join(value)}".rstrip() + f", {_MEANING[variable]}, works only in psql"
    if variable == "ON_ERROR_STOP" and value[:1] in (["0"], ["off"], ["false"]):
        return "\\set ON_ERROR_STOP off makes psql go on after an error"
    if not _QUIET_VARIABLES.fullmatch(variable):
        known.add(variable)
    return None
