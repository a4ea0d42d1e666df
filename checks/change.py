"""Base history → head history: what a change adds, edits, deletes, renames and reorders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from checks.model.migrations import Change, ChangedMigration, ChangeKind, History, Migration


def compare_histories(base: Sequence[History], head: Sequence[History]) -> tuple[Change, ...]:
    """One Change per folder of migrations that either side has; unchanged folders included."""
    before = {history.id: history for history in _where_they_are_now(base, head)}
    after = {history.id: history for history in head}
    ids = list(dict.fromkeys([*after, *before]))
    return tuple(
        compare(
            before.get(id) or _emptied(after[id]),
            after.get(id) or _emptied(before[id]),
        )
        for id in ids
    )


def _where_they_are_now(base: Sequence[History], head: Sequence[History]) -> Iterator[History]:
    """Base's histories. A folder that has moved is the same history: what is in it is not new to any database."""
    stayed = {history.id for history in base} & {history.id for history in head}
    new = [history for history in head if history.id not in stayed]
    for history in base:
        moved = next((other for other in new if history.id not in stayed and _is_same(history, other)), None)
        if moved is None:
            yield history
        else:
            new.remove(moved)
            yield _moved(history, moved.folder)


def _is_same(one: History, other: History) -> bool:
    contents = [{_content(migration) for migration in history.migrations} for history in (one, other)]
    return one.tool == other.tool and not contents[0].isdisjoint(contents[1])


def _moved(history: History, folder: str) -> History:
    def path(old: str) -> str:
        inside = old.removeprefix(f"{history.folder}/") if history.folder else old
        return f"{folder}/{inside}" if folder else inside

    migrations = (
        migration.model_copy(
            update={"path": path(migration.path), "files": tuple(map(path, migration.files))}
        )
        for migration in history.migrations
    )
    return history.model_copy(update={"folder": folder, "migrations": tuple(migrations)})


def compare(base: History, head: History) -> Change:
    """What lies between two states of one folder."""
    pairs = _pair(base.migrations, head.migrations)
    newest = _newest(base.migrations, head.migrations)
    changed: list[ChangedMigration] = []
    for position, migration in enumerate(head.migrations):
        kind = _kind(pairs.get(_key(migration)), migration)
        if kind is not None:
            changed.append(
                ChangedMigration(
                    kind=kind,
                    migration=migration,
                    before=pairs.get(_key(migration)),
                    out_of_order=position < newest
                    and not migration.repeatable
                    and kind is not ChangeKind.EDITED,
                )
            )
    kept = {_key(migration) for migration in pairs.values()}
    deleted = (migration for migration in base.migrations if _key(migration) not in kept)
    changed.extend(ChangedMigration(kind=ChangeKind.DELETED, migration=migration) for migration in deleted)
    return Change(
        base=base, head=head, migrations=tuple(changed), duplicates=_duplicate_versions(head.migrations)
    )


def _key(migration: Migration) -> tuple[str, str, str]:
    return migration.path, migration.version, migration.name


def _pair(base: Sequence[Migration], head: Sequence[Migration]) -> dict[tuple[str, str, str], Migration]:
    """For each migration of head that base has too, in whatever form, base's one.

    The same file first, then the same version (a renamed file), then the same content (a new version).
    """
    pairs: dict[tuple[str, str, str], Migration] = {}
    left = {_key(migration): migration for migration in base}
    for same in (_key, _version, _content):
        candidates = {same(migration): migration for migration in left.values()}
        for migration in head:
            found = candidates.pop(same(migration), None)
            if found is not None and _key(migration) not in pairs:
                pairs[_key(migration)] = left.pop(_key(found))
    return pairs


def _version(migration: Migration) -> object:
    """Repeatable migrations have no version: their name stands for it."""
    return (migration.version, migration.name if migration.repeatable else None)


def _content(migration: Migration) -> object:
    return migration.digest


def _kind(before: Migration | None, after: Migration) -> ChangeKind | None:
    if before is None:
        return ChangeKind.ADDED
    if before.digest != after.digest:
        return ChangeKind.EDITED
    return ChangeKind.RENAMED if _key(before) != _key(after) else None


def _newest(base: Iterable[Migration], head: Sequence[Migration]) -> int:
    """The position in head of the last migration that base has applied; -1 when there is none.

    Base and head are in the tool's own order, so a new migration before this position is out of order.
    """
    applied = {migration.version for migration in base if not migration.repeatable}
    positions = (place for place, migration in enumerate(head) if migration.version in applied)
    return max(positions, default=-1)


def _duplicate_versions(migrations: Iterable[Migration]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    by_version: defaultdict[str, list[str]] = defaultdict(list)
    for migration in migrations:
        if not migration.repeatable:
            by_version[migration.version].append(migration.path)
    return tuple((version, tuple(paths)) for version, paths in by_version.items() if len(paths) > 1)


def _emptied(history: History) -> History:
    """The same folder before it had any migration, or after the last one went."""
    return history.model_copy(update={"migrations": (), "problems": ()})
