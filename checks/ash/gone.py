"""What one side has and the other does not even speak of: deleted snapshots, extensions, custom statements."""

from __future__ import annotations

from collections.abc import Iterator

from checks.ash.deviation import Aspect, Deviation
from checks.ash.drift import Cause, Drift
from checks.ash.sides import Sides
from checks.ash.standing import Standing
from checks.ash.statements import left_behind, sent_by
from checks.ash.vocabulary import Kind
from checks.frameworks.files import source


def deleted(sides: Sides, after: Standing) -> Iterator[Drift]:
    """Tables and extensions that the base has files of, and the head has none, not even one that cannot be read."""
    old, new = sides.old, sides.new
    for name, wanted in (old.tables if old else {}).items():
        is_said = name in new.place.newest or wanted.table in sides.wanted
        if not is_said and wanted.table in after.catalog.tables():
            table = Deviation(wanted.table, Kind.TABLE, wanted.snapshot.table, Aspect.EXTRA)
            yield Drift(table, Cause.DELETED, wanted.path, 1, wanted.path, sides.resource(wanted))
    if old and old.extensions and old.place.extensions and not new.place.extensions:
        said = Deviation("", Kind.EXTENSION, ", ".join(old.extensions.installed), Aspect.EXTRA)
        yield Drift(said, Cause.EXTENSIONS, old.place.extensions, 1, old.place.extensions)


def installed_extensions(sides: Sides) -> str:
    """The text of the generated migrations that install extensions."""
    texts = (source(sides.after, path).text for path in sides.generated)
    return "\n".join(text for text in texts if "CREATE EXTENSION" in text)


def unlisted(sides: Sides, before: Standing, after: Standing) -> Iterator[Deviation]:
    """Extensions that a generated migration installs, and that extensions.json does not have."""
    if sides.new.extensions is None:
        return
    text, listed = installed_extensions(sides), sides.new.extensions.installed
    for kind, name in sorted(after.catalog.objects.keys() - before.catalog.objects.keys()):
        if kind == "extension" and name in text and name not in listed:
            yield Deviation("", Kind.EXTENSION, name, Aspect.EXTRA)


def statements_left_behind(sides: Sides) -> Iterator[Deviation]:
    """Custom statements that the snapshot has no more, and that nothing takes back."""
    changed = sent_by(one.migration for one in sides.change.migrations)
    for table, old in sides.older.items():
        if table in sides.wanted:
            yield from left_behind(old, sides.wanted[table], changed, sides.new.repo)
