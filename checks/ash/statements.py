"""Custom statements: what they do cannot be looked up in a catalog, so a migration must send them as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.ash.deviation import Aspect, Deviation
from checks.ash.expected import Wanted
from checks.ash.snapshot import CustomStatement
from checks.ash.vocabulary import Kind
from checks.ecto.settings import RepoSettings
from checks.ecto.translate import translate
from checks.model.migrations import Migration
from checks.sql.split import split

_AROUND = "defmodule Statement do\nuse Ecto.Migration\ndef up do\n{}\nend\nend\n"
_SHOWN = 80


def sent_by(migrations: Iterable[Migration]) -> frozenset[str]:
    """The statements of the up scripts, white space folded."""
    scripts = (migration.up for migration in migrations if migration.up)
    return frozenset(_folded(statement.sql) for script in scripts for statement in script.statements)


def statement_deviations(wanted: Wanted, sent: frozenset[str], repo: RepoSettings) -> Iterator[Deviation]:
    for statement in wanted.snapshot.custom_statements:
        if not _is_sent(statement.up, statement, sent, repo):
            yield _deviation(wanted, statement, Aspect.MISSING)


def left_behind(before: Wanted, now: Wanted, sent: frozenset[str], repo: RepoSettings) -> Iterator[Deviation]:
    """Statements that the snapshot has no more, or otherwise, and that no migration takes back."""
    kept = {(statement.name, statement.up) for statement in now.snapshot.custom_statements}
    for statement in before.snapshot.custom_statements:
        if (statement.name, statement.up) not in kept and not _is_sent(statement.down, statement, sent, repo):
            yield _deviation(now, statement, Aspect.EXTRA)


def _is_sent(text: str, statement: CustomStatement, sent: frozenset[str], repo: RepoSettings) -> bool:
    """Also when it is code of which the file alone does not say what it sends."""
    if not statement.is_code:
        return all(_folded(one.sql) in sent for one in split(text, "", 1))
    up = translate(_AROUND.format(text), repo).up
    return bool(up.dynamic) or all(
        _folded(one.sql) in sent for part in up.sent for one in split(part.sql, "", 1)
    )


def _folded(sql: str) -> str:
    return " ".join(sql.split()).rstrip("; ")


def _deviation(wanted: Wanted, statement: CustomStatement, aspect: Aspect) -> Deviation:
    text = _folded(statement.up)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"
    said, there = (shown, None) if aspect is Aspect.MISSING else (None, shown)
    return Deviation(wanted.table, Kind.STATEMENT, statement.name, aspect, said, there)
