"""The steps that lead to a base state, and the hash of each over all that came before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.frameworks.psql import read_psql
from checks.model.migrations import Gap, History, Migration, Script, TransactionMode
from checks.settings import Settings
from checks.sql.split import split
from checks.trees.tree import Tree, read_text

RECIPE = "4"
"""Part of every hash: another one whenever a base state is built in another way."""


@dataclass(frozen=True)
class Link:
    """One step of the chain."""

    content: str
    """What its hash is made of."""
    path: str
    script: Script | None
    is_migration: bool = False
    opaque: str | None = None
    line: int = 1
    gaps: tuple[Gap, ...] = ()
    """What of it is code and not run."""
    forgiving: bool = False
    """Statement by statement, past the ones that fail (a dump names owners and comments that are not ours)."""


def links(histories: Sequence[History], tree: Tree, settings: Settings) -> Iterator[Link]:
    yield _given(settings)
    if settings.prelude:
        yield _file(tree, settings.prelude)
    made: set[tuple[str, ...]] = set()
    for history in histories:
        if history.bookkeeping not in made:  # two folders of one tool in one database share it
            made.add(history.bookkeeping)
            yield _own_table(history)
        if settings.schema_file:
            continue
        for migration in history.migrations:
            yield _migration(history.tool, migration)
    if settings.schema_file:
        yield _file(tree, settings.schema_file)


def _given(settings: Settings) -> Link:
    """Schemas and extensions that the configuration says are there."""
    commands = [f"CREATE SCHEMA IF NOT EXISTS {_quoted(name)}" for name in settings.schemas]
    commands += [f"CREATE EXTENSION IF NOT EXISTS {_quoted(name)}" for name in settings.extensions]
    return _commands("configuration", commands)


def _own_table(history: History) -> Link:
    return _commands(f"{history.tool}'s own tables", history.bookkeeping)


def _commands(path: str, commands: Sequence[str]) -> Link:
    text = ";\n".join(commands)
    return Link(text, path, Script(statements=split(text, path), transaction=TransactionMode.AUTOCOMMIT))


def _file(tree: Tree, path: str) -> Link:
    text = read_text(tree, path)
    script = Script(statements=split(read_psql(text).sql, path), transaction=TransactionMode.AUTOCOMMIT)
    return Link(text, path, script, forgiving=True)


def _migration(tool: str, migration: Migration) -> Link:
    mode = migration.up.transaction if migration.up else ""
    content = (
        f"{tool}\0{migration.path}\0{migration.version}\0{mode}\0{migration.digest}{migration.translation}"
    )
    return Link(
        content, migration.path, migration.up, True, migration.opaque, migration.opaque_line, migration.gaps
    )


def hash_chain(server_identity: str, settings: Settings, links: Sequence[Link]) -> list[str]:
    first = (
        RECIPE,
        server_identity,
        settings.search_path,
        sorted(settings.parameters.items()),
        settings.roles,
    )
    key = repr(first)
    keys = []
    for link in links:
        key = hashlib.sha256(f"{key}\0{link.content}".encode()).hexdigest()
        keys.append(key)
    return keys


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
