"""Is there an index that another one makes superfluous?

Of two equal indexes, or of one whose columns another begins with, every write pays for both and queries need one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_schema, sql_name
from checks.catalog import Index
from checks.model.findings import Severity
from checks.rules.wording import short

_KEY = re.compile(
    r" USING \w+ \((?P<key>.*?)\)(?P<rest>(?: INCLUDE \(.*\))?(?: NULLS NOT DISTINCT)?(?: WITH \(.*?\))?"
    r"(?: TABLESPACE \S+)?(?: WHERE .*)?)$"
)


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for table in sorted(subject.own_tables):
        gone: set[str] = set()
        indexes = subject.catalog.indexes(table)
        for index in sorted(indexes, key=lambda one: (len(one.columns), one.name)):
            better = next((one for one in indexes if one.name not in gone and _covers(one, index)), None)
            if better is not None:
                gone.add(index.name)
                yield _finding(table, index, better)


def _finding(table: str, index: Index, better: Index) -> AuditFinding:
    same = _key(index) == _key(better)
    how = "has the same key as" if same else "begins the key of"
    return about_schema(
        __name__,
        Severity.WARNING if same else Severity.INFO,
        index.name,
        f"`{short(index.name)}` {how} `{short(better.name)}` of `{short(table)}`: every write pays for both.",
        f"DROP INDEX CONCURRENTLY {sql_name(index.name)}",
    )


def _covers(better: Index, index: Index) -> bool:
    """Whether ``better`` serves all that ``index`` serves. One that a constraint needs is never superfluous."""
    if better is index or index.constraint or not better.valid or better.method != index.method:
        return False
    if index.unique and not (better.unique and _key(better) == _key(index)):
        return False
    key, others = _key(index), _key(better)
    if (
        key is None
        or others is None
        or better.predicate != index.predicate
        or not set(index.includes) <= {*better.includes, *better.columns}
    ):
        return False
    if index.method != "btree":
        return key == others
    return others[: len(key)] == key


def _key(index: Index) -> tuple[str, ...] | None:
    """The key as PostgreSQL prints it, with operator classes and directions; None when it cannot be told apart."""
    match = _KEY.search(index.definition)
    parts = tuple(match["key"].split(", ")) if match else ()
    return parts if len(parts) == len(index.columns) else None
