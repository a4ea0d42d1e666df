"""Ask Django for the SQL of its new migrations (``sqlmigrate``, which runs nothing), for the lines that this tells for certain.

Other tools have nothing to ask for. ``alembic upgrade --sql`` prints revision after revision without a word of which call a
statement is of: the same statements in the same order as were heard (docs/evidence.md, 'Lines').
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from checks.model.migrations import History, Migration
from checks.trees import Tree
from checks.wire.history import statements_of, text_of

MOST_ASKED = 20
"""Migrations, the newest. Each is a start of the whole application, a second or more."""
_PROGRAMS = frozenset({"manage.py", "django-admin", "django"})
"""Whose commands are Django's: ``python manage.py``, ``django-admin``, ``python -m django``."""

Print = Callable[[Sequence[str]], str]
"""Runs a program with its arguments and gives what it printed; nothing when it failed."""


def with_lines(
    history: History, stay: History, tree: Tree, migrate: Sequence[str], printed: Print
) -> History:
    """The history with lines that the tool itself tells, for those migrations that ``stay`` has not."""
    program = _program(migrate)
    if history.tool != "django" or not program:
        return history
    doubtful = [one for one in history.migrations if one not in stay.migrations and _leaves_a_doubt(one)]
    asked = doubtful[-MOST_ASKED:]
    migrations = (
        _told(one, tree, printed([*program, "sqlmigrate", *_app_and_name(one)])) if one in asked else one
        for one in history.migrations
    )
    return history.model_copy(update={"migrations": tuple(migrations)})


def _program(migrate: Sequence[str]) -> Sequence[str]:
    """What stands before ``migrate``; nothing where that is not Django's own program."""
    before = migrate[: migrate.index("migrate")] if "migrate" in migrate else []
    return before if before and PurePath(before[-1]).name in _PROGRAMS else []


def _leaves_a_doubt(migration: Migration) -> bool:
    return migration.up is not None and any(one.line_is_guess for one in migration.up.statements)


def _app_and_name(migration: Migration) -> tuple[str, str]:
    return migration.version.removesuffix(migration.name).rstrip("."), migration.name


def _told(migration: Migration, tree: Tree, printed: str) -> Migration:
    assert migration.up
    texts = [one.sql for one in migration.up.statements]
    statements = statements_of(texts, migration.path, text_of(tree, migration.path), "up", printed)
    return migration.model_copy(update={"up": migration.up.model_copy(update={"statements": statements})})
