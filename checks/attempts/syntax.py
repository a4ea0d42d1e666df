"""Slips that leave no doubt what was meant: commas, semicolons, quotes, and MySQL's words.

Each statement of the file that PostgreSQL's grammar refuses is mended at the place of the error, until the grammar
takes it. A repair that would have to guess is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

import postgast

from checks.attempts.failure import Failure, Proposal
from checks.attempts.places import Place, code_only, replaced
from checks.model.migrations import Statement
from checks.sql.parse import find, is_too_deep, parse, unwrapped

NAME = "syntax"
MOST_REPAIRS = 20
"""Of one statement: each is one place."""
MOST_STATEMENTS = 50
"""Mended beside the one that fails."""
MOST_CHARACTERS = 100_000
"""Of a statement that is mended."""

_SYNTAX_ERROR = "42601"
_NAMES_NOTHING = frozenset({"0A000", "42703", "42704", "42P01"})
"""feature_not_supported (a column in DEFAULT), undefined column, object and table: what wrong quotes and MySQL's types
give (PostgreSQL docs, appendix A)."""
_SMART = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"'})
_COMMANDS = re.compile(
    r"(?:ALTER|ANALYZE|COMMENT\s+ON|COPY|CREATE|DELETE\s+FROM|DO|DROP|GRANT|INSERT\s+INTO|REINDEX|REVOKE|TRUNCATE|UPDATE|VACUUM)\b",
    re.IGNORECASE,
)
_AFTER_A_LIST = re.compile(r"\)|;|\Z|(?:FROM|WHERE|ORDER|GROUP|RETURNING)\b", re.IGNORECASE)
_AUTO_INCREMENT = re.compile(r"\bAUTO_INCREMENT\b", re.IGNORECASE)
_TABLE_OPTIONS = re.compile(
    r"(?:\s*,?\s*\b(?:ENGINE|(?:DEFAULT\s+)?(?:CHARSET|CHARACTER\s+SET)|COLLATE|ROW_FORMAT|AUTO_INCREMENT)\s*=?\s*\w+)+(?=\s*(?:;|\Z))",
    re.IGNORECASE,
)
_DATETIME = re.compile(r"\bDATETIME\b", re.IGNORECASE)
_BACKTICKED = re.compile(r"`([^`\n]+)`")
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_IS_NO_COLUMN = re.compile(r'column "(?P<name>.+)" does not exist')

Repair = Callable[[str, int], str | None]
"""A statement and the place of the error in it (from 0) → the statement mended at that place; None: not this slip."""


def proposals(failure: Failure) -> Iterator[Proposal]:
    if failure.error.sqlstate == _SYNTAX_ERROR:
        yield from _mended(failure)
    elif failure.error.sqlstate in _NAMES_NOTHING:
        yield from _with_quotes(failure)


def _mended(failure: Failure) -> Iterator[Proposal]:
    mended, said = mend(failure.statement.sql)
    if failure.place is None or mended is None or not said:
        return
    changes = {failure.path: [(failure.place, mended)]}
    for statement in islice(_other_slips(failure), MOST_STATEMENTS):
        mended, more = mend(statement.sql)
        place = failure.place_of(statement)
        if mended is not None and place is not None:
            changes.setdefault(statement.path, []).append((place, mended))
            said += more
    files = {path: replaced(failure.text_of(path), of_file) for path, of_file in changes.items()}
    yield Proposal(_sentence(said), files)


def _other_slips(failure: Failure) -> Iterator[Statement]:
    """What else of the migration the grammar refuses: it would only fail next."""
    for script in (failure.migration.up, failure.migration.down):
        for statement in script.statements if script else ():
            if statement != failure.statement and _error_in(statement.sql) is not None:
                yield statement


def mend(sql: str) -> tuple[str | None, list[str]]:
    """A statement that the grammar takes, and what was done; None when it cannot be mended without guessing."""
    said: list[str] = []
    if len(sql) > MOST_CHARACTERS:
        return None, said
    for _ in range(MOST_REPAIRS):
        place = _error_in(sql)
        if place is None:
            return sql, said
        found = next(
            ((title, new) for title, repair in _REPAIRS.items() if (new := repair(sql, place)) is not None),
            None,
        )
        if found is None:
            return None, said
        title, sql = found
        said.append(title)
    return None, said


def _error_in(sql: str) -> int | None:
    """Where PostgreSQL's grammar stops, in characters from 0; None when it takes the text."""
    if is_too_deep(sql):
        return None
    try:
        postgast.parse(sql)
    except postgast.PgQueryError as error:
        return max(int(error.cursorpos) - 1, 0)
    return None


def _sentence(said: list[str]) -> str:
    titles = list(dict.fromkeys(said))
    return "; ".join([titles[0], *(title[:1].lower() + title[1:] for title in titles[1:])])


# ── repairs at the place of the error


def _smart_quotes(sql: str, place: int) -> str | None:
    straight = sql.translate(_SMART)
    return straight if straight != sql else None


def _backticks(sql: str, place: int) -> str | None:
    """All of a statement at once: names that need quotes get PostgreSQL's."""
    code = code_only(sql)
    names = [(Place(found.start(), found.end()), found[1]) for found in _BACKTICKED.finditer(code)]
    return replaced(sql, [(place, _quoted(name)) for place, name in names]) if names else None


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _auto_increment(sql: str, place: int) -> str | None:
    found = _AUTO_INCREMENT.match(sql, place)
    if not found:
        return None
    return replaced(sql, [(Place(*found.span()), "GENERATED BY DEFAULT AS IDENTITY")])


def _table_options(sql: str, place: int) -> str | None:
    """``ENGINE=InnoDB DEFAULT CHARSET=utf8`` behind the last bracket: PostgreSQL has no such choice to make."""
    found = _TABLE_OPTIONS.search(code_only(sql))
    if not found or not found.start() <= place <= found.end():
        return None
    return replaced(sql, [(Place(*found.span()), "")])


def _trailing_comma(sql: str, place: int) -> str | None:
    code = code_only(sql)
    before = code[:place].rstrip()
    if not before.endswith(",") or not _AFTER_A_LIST.match(code, place):
        return None
    return replaced(sql, [(Place(len(before) - 1, len(before)), "")])


def _missing_semicolon(sql: str, place: int) -> str | None:
    """Between two statements: the second one begins a line, and what stands before it is whole."""
    code = code_only(sql)
    begins_line = not code[code.rfind("\n", 0, place) + 1 : place].strip()
    before = code[:place].rstrip()
    if (
        not (before and begins_line and _COMMANDS.match(code, place))
        or _error_in(sql[: len(before)]) is not None
    ):
        return None
    return replaced(sql, [(Place(len(before), len(before)), ";")])


def _missing_bracket(sql: str, place: int) -> str | None:
    """One that is open where the statement ends."""
    code = code_only(sql)
    is_end = place >= len(code.rstrip()) or code[place] == ";"
    before = code[:place].rstrip()
    if not is_end or before.count("(") - before.count(")") != 1:
        return None
    line = sql[sql.rfind("\n", 0, len(before)) + 1 : len(before)]
    closing = "\n)" if line.startswith((" ", "\t")) and "(" not in line else ")"
    return replaced(sql, [(Place(len(before), max(len(before), min(place, len(sql)))), closing)])


_REPAIRS: dict[str, Repair] = {
    "Straight quotes in place of typographic ones": _smart_quotes,
    "No backticks around names": _backticks,
    "`GENERATED BY DEFAULT AS IDENTITY` in place of MySQL's `AUTO_INCREMENT`": _auto_increment,
    "Without MySQL's table options": _table_options,
    "Without the comma behind the last item": _trailing_comma,
    "A semicolon between two statements": _missing_semicolon,
    "The closing bracket that is missing at the end": _missing_bracket,
}


# ── what the grammar takes, and the server does not


def _with_quotes(failure: Failure) -> Iterator[Proposal]:
    if failure.place is None:
        return
    sql = failure.statement.sql
    for title, new in (
        ("Straight quotes in place of typographic ones", _smart_quotes(sql, 0)),
        ("Single quotes around a string: double quotes make it a name", _strings(failure)),
        ("`timestamp` in place of MySQL's `DATETIME`", _datetime(failure)),
    ):
        if new is not None and parse(new) is not None:
            yield Proposal(title, failure.with_text(replaced(failure.text, [(failure.place, new)])))
            return


def _strings(failure: Failure) -> str | None:
    """Strings in double quotes: the column that the error names, or what stands behind DEFAULT."""
    sql, error = failure.statement.sql, failure.error
    tree = parse(sql)
    named = _IS_NO_COLUMN.fullmatch(error.message)
    if tree is None or not (named or "DEFAULT" in error.message):
        return None
    source = sql.encode()
    changes = []
    for node in find(tree, "ColumnRef"):
        fields = unwrapped(node.fields)  # type: ignore[attr-defined]
        name = getattr(fields[0], "sval", "") if len(fields) == 1 else ""
        start = len(source[: node.location].decode())  # type: ignore[attr-defined]
        written = '"' + name.replace('"', '""') + '"'
        if sql.startswith(written, start) and (named is None or named["name"] == name):
            changes.append((Place(start, start + len(written)), "'" + name.replace("'", "''") + "'"))
    return replaced(sql, changes) if changes else None


def _datetime(failure: Failure) -> str | None:
    if 'type "datetime" does not exist' not in failure.error.message:
        return None
    found = _DATETIME.finditer(code_only(failure.statement.sql))
    return replaced(failure.statement.sql, [(Place(*one.span()), "timestamp") for one in found])
