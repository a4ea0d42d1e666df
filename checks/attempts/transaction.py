"""A statement that refuses a transaction block, in a tool that opens one: the tool's own way to open none.

What each tool reads is from its documentation; whether it does is seen by reading the file back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from checks.attempts.constraint import taking_away
from checks.attempts.failure import Failure, Proposal
from checks.attempts.numbers import number_of, renumbered
from checks.attempts.places import removed
from checks.frameworks.view import join, parent
from checks.model.migrations import Script, Statement
from checks.sql.parse import parse

NAME = "transaction"
TITLE = "Run outside of a transaction: {directive}"
MEANS = "What ran before a statement that fails then stays, so the tool's record and the schema can differ after a failure."

ALONE = frozenset({"golang-migrate", "prisma"})
"""Tools that send a file as one query, which is a transaction unless it holds one statement only."""
OF_ITS_OWN = (
    "Line {line} in a migration of its own, for {tool} puts what stands in one file into one transaction"
)

REFUSED = frozenset({"25001", "55P04"})
"""active_sql_transaction; unsafe_new_enum_value_usage, for a label of an enum can be used once it is committed."""
_REFUSES = re.compile(
    r"\bCONCURRENTLY\b|^\s*(?:VACUUM|CREATE\s+DATABASE|DROP\s+DATABASE|ALTER\s+SYSTEM)\b", re.IGNORECASE
)
_GOOSE_UP = re.compile(r"^--\s*\+goose\s+Up\b.*$", re.MULTILINE | re.IGNORECASE)
_DBMATE = re.compile(r"^--\s*migrate:(up|down)\b[^\n]*$", re.MULTILINE)
_SQL_MIGRATE = re.compile(r"^--\s*\+migrate\s+(Up|Down)\b[^\n]*$", re.MULTILINE)
_ECTO = re.compile(r"^(?P<indent>[ \t]*)use\s+Ecto\.Migration\b[^\n]*$", re.MULTILINE)
_CHANGESET = re.compile(r"^--\s*changeset\s+\S+[^\n]*$", re.MULTILINE | re.IGNORECASE)

Rewrite = Callable[[Failure], Mapping[str, str]]


def proposals(failure: Failure) -> Iterator[Proposal]:
    if failure.error.sqlstate not in REFUSED:
        return
    if failure.tool in ALONE:
        yield from _in_a_migration_of_its_own(failure)
    if failure.tool not in _WAYS:
        return
    directive, rewrite = _WAYS[failure.tool]
    files = rewrite(failure)
    if files:
        yield Proposal(TITLE.format(directive=directive), files, means=MEANS)


def _in_a_migration_of_its_own(failure: Failure) -> Iterator[Proposal]:
    """With the next number, where that is free; what takes the statement back goes with it."""
    number, up = number_of(failure.path), failure.migration.up
    following = str(int(number) + 1).zfill(len(number)) if number.isdecimal() else ""
    taken = {number_of(one.path) for one in failure.history.migrations}
    if failure.place is None or not following or following in taken or up is None or len(up.statements) < 2:
        return
    files = dict(_moved(failure, failure.statement, failure.path, number, following))
    tree = parse(failure.statement.sql)
    for statement in taking_away(failure.migration.down, getattr(tree, "idxname", "")):
        files |= _moved(failure, statement, statement.path, number, following)
    title = OF_ITS_OWN.format(line=failure.statement.line, tool=failure.tool)
    yield Proposal(title, files, means=MEANS)


def _moved(failure: Failure, statement: Statement, path: str, number: str, following: str) -> dict[str, str]:
    """The file without the statement, and the one of the next number with it."""
    place = failure.place_of(statement)
    if place is None:
        return {}
    text = removed(failure.text_of(path), place)
    return {path: text, renumbered(path, number, following): f"{statement.sql};\n"}


def _refuses(script: Script | None) -> bool:
    return any(_REFUSES.search(statement.sql) for statement in (script.statements if script else ()))


def _in_front(line: str) -> Rewrite:
    return lambda failure: failure.with_text(f"{line}\n{failure.text}")


def _goose(failure: Failure) -> Mapping[str, str]:
    found = _GOOSE_UP.search(failure.text)
    if not found:
        return {}
    at = found.start()
    return failure.with_text(f"{failure.text[:at]}-- +goose NO TRANSACTION\n{failure.text[at:]}")


def _marked(marker: re.Pattern[str], option: str) -> Rewrite:
    """The option behind the marker of the up, and behind that of a down that needs it too."""

    def rewrite(failure: Failure) -> Mapping[str, str]:
        with_down = _refuses(failure.migration.down)
        text = marker.sub(
            lambda found: (
                f"{found[0].rstrip()} {option}" if found[1].lower() == "up" or with_down else found[0]
            ),
            failure.text,
        )
        return failure.with_text(text) if text != failure.text else {}

    return rewrite


def _diesel(failure: Failure) -> Mapping[str, str]:
    path = join(parent(failure.migration.path), "metadata.toml")
    return {path: "run_in_transaction = false\n"}


def _flyway(failure: Failure) -> Mapping[str, str]:
    return {f"{failure.path}.conf": "executeInTransaction=false\n"}


def _liquibase(failure: Failure) -> Mapping[str, str]:
    place = failure.place
    before = [found for found in _CHANGESET.finditer(failure.text) if place and found.end() < place.start]
    if not before or "runintransaction" in before[-1][0].lower():
        return {}
    end = before[-1].end()
    return failure.with_text(f"{failure.text[:end].rstrip()} runInTransaction:false{failure.text[end:]}")


def _ecto(failure: Failure) -> Mapping[str, str]:
    found = _ECTO.search(failure.text)
    if not found:
        return {}
    indent = found["indent"]
    attributes = f"\n{indent}@disable_ddl_transaction true\n{indent}@disable_migration_lock true"
    return failure.with_text(failure.text[: found.end()] + attributes + failure.text[found.end() :])


_WAYS: dict[str, tuple[str, Rewrite]] = {
    "atlas": ("`-- atlas:txmode none`", _in_front("-- atlas:txmode none\n")),
    "dbmate": ("`transaction:false`", _marked(_DBMATE, "transaction:false")),
    "diesel": ("`run_in_transaction = false` in metadata.toml", _diesel),
    "ecto": ("`@disable_ddl_transaction true` and `@disable_migration_lock true`", _ecto),
    "flyway": ("`executeInTransaction=false` in the .conf file", _flyway),
    "goose": ("`-- +goose NO TRANSACTION`", _goose),
    "liquibase": ("`runInTransaction:false`", _liquibase),
    "sql-migrate": ("`notransaction`", _marked(_SQL_MIGRATE, "notransaction")),
    "sqlx": ("`-- no-transaction`", _in_front("-- no-transaction")),
}
