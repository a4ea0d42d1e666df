"""Which file a migration is, and which of them a change brings."""

from __future__ import annotations

import pytest

from checks.change import compare
from checks.model.migrations import History, Migration, Script, TransactionMode
from checks.rules import check
from checks.rules.review import Review
from checks.settings import Settings
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
            translation="of what was heard",
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


def test_when_no_file_is_new_nothing_is_unless_all_are_asked_for() -> None:
    tree = MemoryTree(FILES, "base")
    heard = _history("django", ("orders/migrations/0001_initial.py", "0001_initial"))
    alone = _history("django", ("django:auth.0001_initial", "0001_initial"))
    assert parted(heard, tree, tree, else_all=False)[0].migrations == heard.migrations
    assert parted(heard, tree, tree)[0].migrations == ()
    assert parted(alone, tree, tree, else_all=False)[0].migrations == (), "which are new cannot be told"


def test_an_edited_file_is_seen() -> None:
    path = "orders/migrations/0001_initial.py"
    heard = _history("django", (path, "0001_initial"))
    base, head = MemoryTree(FILES, "base"), MemoryTree({path: b"# edited"}, "head")
    before, after = as_files(*parted(heard, base, head), base, head)
    assert len({before.migrations[0].digest, after.migrations[0].digest, "statements"}) == 3
    (edited,) = check([Review(compare(before, after), Settings())])
    assert (edited.rule, edited.severity, edited.path) == ("edited-migration", "error", path)


LOG = """<databaseChangeLog>
<changeSet id="1" author="ada"><createTable tableName="t"><column name="id" type="int"/></createTable></changeSet>
<changeSet id="2" author="ada">{more}<addColumn tableName="t"><column name="{name}" type="int"/></addColumn></changeSet>
</databaseChangeLog>
"""


@pytest.mark.parametrize(
    ("more", "name", "found"),
    [
        ("", "b", [("edited-migration", 3)]),
        ("<validCheckSum>ANY</validCheckSum>", "b", []),
        ("<comment>why</comment><rollback/>", "a", []),
    ],
    ids=["another column", "with validCheckSum", "nothing that the checksum covers"],
)
def test_an_edited_changeset_beside_one_that_is_as_it_was(
    more: str, name: str, found: list[tuple[str, int]]
) -> None:
    path = "db/changelog/tables.xml"
    base = MemoryTree({path: LOG.format(more="", name="a").encode()}, "base")
    head = MemoryTree({path: LOG.format(more=more, name=name).encode()}, "head")
    made = _history("liquibase", (path, "1"), (path, "2"))
    heard = made.model_copy(
        update={
            "migrations": tuple(
                one.model_copy(update={"version": f"{path}.ada.{one.name}"}) for one in made.migrations
            )
        }
    )
    change = compare(*as_files(*parted(heard, base, head), base, head))
    assert [(one.rule, one.line) for one in check([Review(change, Settings())])] == found
