"""Which file a migration is, and which of them a change brings."""

from __future__ import annotations

import pytest

from checks.model.migrations import History, Migration, Script, TransactionMode
from checks.trees import MemoryTree
from checks.wire.bookkeeping import Entry
from checks.wire.finder import Finder
from checks.wire.parts import as_files, parted

CHANGELOG = b'<changeSet id="1" author="ada"/>\n<changeSet author="ada" id="12"/>\n'
FILES = {
    "images/migrations/0001_initial.py": b"",
    "images/apps.py": b'class ImagesConfig(AppConfig):\n    label = "shopimages"\n',
    "orders/migrations/0001_initial.py": b"",
    "db/versions/first.py": b'revision: str = "ae1027a6"\ndown_revision = None\n',
    "db/versions/second.py": b"revision = '27c6a30d7c24'\n",
    "src/resources/changelog/tables.xml": CHANGELOG,
}


@pytest.mark.parametrize(
    ("tool", "version", "path"),
    [
        ("django", ("shopimages", "0001_initial"), "images/migrations/0001_initial.py"),
        ("django", ("orders", "0001_initial"), "orders/migrations/0001_initial.py"),
        ("django", ("auth", "0001_initial"), "django:auth.0001_initial"),
        ("alembic", ("ae1027a6",), "db/versions/first.py"),
        ("alembic", ("27c6a30d7c24",), "db/versions/second.py"),
        (
            "liquibase",
            ("classpath:changelog/tables.xml", "ada", "1"),
            "src/resources/changelog/tables.xml",
        ),
    ],
)
def test_the_file_is_found_by_what_the_files_say(tool: str, version: tuple[str, ...], path: str) -> None:
    assert Finder(MemoryTree(FILES, "head")).of(Entry(tool, version, "applied")) == path


def _history(tool: str, *migrations: tuple[str, str]) -> History:
    made = [
        Migration(
            version=f"{path}.{name}",
            name=name,
            path=path,
            files=(path,),
            digest="statements",
            up=Script(statements=(), transaction=TransactionMode.AUTOCOMMIT),
            down=None,
        )
        for path, name in migrations
    ]
    return History(tool=tool, folder="", migrations=tuple(made))


def test_a_changeset_is_new_in_a_file_that_is_not() -> None:
    path = "src/resources/changelog/tables.xml"
    head = MemoryTree(FILES | {path: CHANGELOG + b'<changeSet id="2" author="ada"/>'}, "head")
    heard = _history("liquibase", (path, "1"), (path, "2"), (path, "12"))
    before, after = parted(heard, MemoryTree(FILES, "base"), head)
    assert [one.name for one in before.migrations] == ["1", "12"]
    assert [one.name for one in after.migrations] == ["1", "12", "2"]


def test_a_new_migration_that_says_nothing_makes_no_other_new() -> None:
    head = MemoryTree(FILES | {"orders/migrations/0002_verbose_name.py": b""}, "head")
    heard = _history("django", ("orders/migrations/0001_initial.py", "0001_initial")).model_copy(
        update={"silent": ("django:auth.0004_words", "orders/migrations/0002_verbose_name.py")}
    )
    before, after = parted(heard, MemoryTree(FILES, "base"), head)
    assert (before.migrations, before.silent) == (after.migrations, ("django:auth.0004_words",))


def test_an_edited_file_is_seen() -> None:
    path = "orders/migrations/0001_initial.py"
    heard = _history("django", (path, "0001_initial"))
    one = as_files(heard, MemoryTree(FILES, "base")).migrations[0].digest
    other = as_files(heard, MemoryTree({path: b"# edited"}, "head")).migrations[0].digest
    assert len({one, other, "statements"}) == 3
