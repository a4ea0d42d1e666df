"""The way back of migrations that are code, heard while the tool itself goes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from checks.model.migrations import History, Migration, Script, TransactionMode
from checks.trees import Tree
from checks.wire.bookkeeping import Entry, reverted_by
from checks.wire.history import closed, gaps_of, own_statements, statements_of, text_of
from checks.wire.recorded import Recorded
from checks.wire.tools import Tool

Run = Callable[[Sequence[str]], Sequence[Recorded]]
"""Runs a program with its arguments and gives what it said."""


def with_downs(
    history: History,
    stay: History,
    applied: Sequence[Entry],
    tree: Tree,
    rollback: Sequence[str],
    tool: Tool,
    run: Run,
) -> History:
    """The history with the downs of those migrations that ``stay`` has not: heard, newest first.

    ``applied`` is what the tool wrote into its book, in that order: with migrations that did nothing.
    """
    new = [one for one in history.migrations if one not in stay.migrations]
    said: list[Recorded] = []
    for command in _commands(new, applied, rollback, tool):
        said += sorted(run(command), key=lambda one: one.started)
    downs = dict(_by_version(said))
    migrations = tuple(
        _with(one, downs.get(one.version), tree) if one in new else one for one in history.migrations
    )
    return history.model_copy(update={"migrations": migrations, "has_downs": True})


def _commands(
    new: Sequence[Migration], applied: Sequence[Entry], rollback: Sequence[str], tool: Tool
) -> Iterator[Sequence[str]]:
    """One for each app that migrations are kept apart by; one for each migration where it takes back one at a time."""
    by_app = any("{app}" in part for part in rollback)
    at_once = any("{to}" in part or "{steps}" in part for part in rollback)
    for app in dict.fromkeys(_app(one) for one in reversed(new)) if by_app else [""]:
        book = [entry.version for entry in applied if not by_app or entry.version[0] == app]
        places = {".".join(version): place for place, version in enumerate(book)}
        own = [one for one in new if one.version in places]
        if not own:
            continue
        first = min(places[one.version] for one in own)
        to = book[first - 1][-1] if first else tool.nothing
        for one in own[-1:] if at_once else reversed(own):
            yield [_filled_in(part, to, len(book) - first, app, one.name) for part in rollback]


def _filled_in(part: str, to: str, steps: int, app: str, version: str) -> str:
    """Into one argument: a migration's name stays one, whatever is in it."""
    filled = part.replace("{to}", to).replace("{steps}", str(steps)).replace("{app}", app)
    return filled.replace("{version}", version)


def _app(migration: Migration) -> str:
    """``shop`` of Django's ``shop.0001_initial``; empty for tools with one row of migrations."""
    return migration.version.removesuffix(migration.name).rstrip(".")


def _by_version(recorded: Sequence[Recorded]) -> Iterator[tuple[str, list[Recorded]]]:
    """Cut behind each line that is taken out of the book, or behind the COMMIT that follows it."""
    version, kept = "", list[Recorded]()
    for one in recorded:
        entry = reverted_by(one.sql) if one.error is None else None
        if version and one.sql.upper().startswith(("COMMIT", "ROLLBACK")):
            kept.append(one)
            continue
        if version:
            yield version, kept
            version, kept = "", []
        kept.append(one)
        version = ".".join(entry.version) if entry else ""
    if version:
        yield version, kept


def _with(migration: Migration, said: Sequence[Recorded] | None, tree: Tree) -> Migration:
    if said is None:
        return migration
    texts = closed(own_statements(said))
    statements = statements_of([*texts], migration.path, text_of(tree, migration.path), "down")
    down = Script(statements=statements, transaction=TransactionMode.AUTOCOMMIT)
    gaps = (*migration.gaps, *gaps_of(said, migration.path, "down"))
    return migration.model_copy(update={"down": down, "gaps": gaps})
