"""What lies between two states of a folder of migrations."""

from __future__ import annotations

import hashlib

from checks.change import compare, compare_histories
from checks.model.migrations import Change, ChangeKind, History, Migration


def migration(version: str, sql: str = "", *, path: str | None = None, repeatable: bool = False) -> Migration:
    digest = hashlib.sha256((sql or version).encode()).hexdigest()
    path = path or f"m/{version}.sql"
    return Migration(
        version=version,
        name=path,
        path=path,
        files=(path,),
        digest=digest,
        up=None,
        down=None,
        repeatable=repeatable,
    )


def history(*migrations: Migration) -> History:
    return History(tool="goose", folder="m", migrations=migrations)


def kinds(change: Change) -> list[tuple[str, ChangeKind]]:
    return [(changed.migration.version, changed.kind) for changed in change.migrations]


ONE, TWO, THREE = migration("1"), migration("2"), migration("3")


def test_nothing_changed() -> None:
    assert compare(history(ONE, TWO), history(ONE, TWO)).migrations == ()


def test_added_at_the_end() -> None:
    change = compare(history(ONE), history(ONE, TWO))
    assert kinds(change) == [("2", ChangeKind.ADDED)]
    assert not change.migrations[0].out_of_order
    assert [changed.migration for changed in change.pending] == [TWO]


def test_added_before_one_that_is_applied() -> None:
    change = compare(history(ONE, THREE), history(ONE, TWO, THREE))
    assert change.migrations[0].out_of_order


def test_edited_is_not_run_again() -> None:
    change = compare(history(ONE, TWO), history(ONE, migration("2", "other")))
    assert kinds(change) == [("2", ChangeKind.EDITED)]
    assert change.pending == ()
    assert [changed.before for changed in change.edited] == [TWO]


def test_an_edited_repeatable_one_is_run_again() -> None:
    change = compare(
        history(migration("R", "a", repeatable=True)), history(migration("R", "b", repeatable=True))
    )
    assert len(change.pending) == 1
    assert change.edited == ()


def test_deleted() -> None:
    assert kinds(compare(history(ONE, TWO), history(ONE))) == [("2", ChangeKind.DELETED)]


def test_renamed_under_the_same_version_is_not_run_again() -> None:
    change = compare(history(ONE), history(migration("1", path="m/1_new_name.sql")))
    assert kinds(change) == [("1", ChangeKind.RENAMED)]
    assert change.pending == ()


def test_the_same_content_under_another_version_is_run_again() -> None:
    change = compare(history(migration("1", "x")), history(migration("9", "x")))
    assert kinds(change) == [("9", ChangeKind.RENAMED)]
    assert len(change.pending) == 1


def test_two_files_with_one_version() -> None:
    twin = migration("2", "twin", path="m/2_twin.sql")
    change = compare(history(ONE, TWO), history(ONE, TWO, twin))
    assert change.duplicates == (("2", ("m/2.sql", "m/2_twin.sql")),)
    assert kinds(change) == [("2", ChangeKind.ADDED)]


def test_a_folder_that_only_one_side_has() -> None:
    added = compare_histories([], [history(ONE)])
    deleted = compare_histories([history(ONE)], [])
    assert kinds(added[0]) == [("1", ChangeKind.ADDED)]
    assert kinds(deleted[0]) == [("1", ChangeKind.DELETED)]
