"""A deviation that the base does not have → what of the change made it, and where to say so."""

from __future__ import annotations

import re

from checks.ash.deviation import Deviation
from checks.ash.drift import Cause, Drift
from checks.ash.expected import Wanted
from checks.ash.sides import Sides
from checks.ash.standing import Standing
from checks.ash.vocabulary import Kind
from checks.catalog import Catalog
from checks.frameworks.files import line_of, source
from checks.frameworks.view import View, base_name


def placed(deviation: Deviation, sides: Sides, before: Standing, after: Standing) -> Drift:
    wanted = sides.wanted.get(deviation.table)
    if wanted is None:
        path = sides.new.place.extensions or sides.new.place.folder
        return Drift(deviation, Cause.EXTENSIONS, path, _line(sides.after, path, deviation), path)
    cause, resource = _cause(deviation, wanted, sides, before, after), sides.resource(wanted)
    if cause is Cause.DELETED:
        path = sides.older[wanted.table].path
        return Drift(deviation, cause, path, 1, path, resource)
    statement = None if cause is Cause.SNAPSHOT else sides.blame.place(deviation)
    path, line = statement or (wanted.path, _line(sides.after, wanted.path, deviation))
    return Drift(deviation, cause, path, line, wanted.path, resource)


def _cause(deviation: Deviation, wanted: Wanted, sides: Sides, before: Standing, after: Standing) -> Cause:
    old = sides.older.get(wanted.table)
    if old and base_name(old.path) > base_name(wanted.path) and not sides.after.has(old.path):
        return Cause.DELETED
    if old is None or old.snapshot != wanted.snapshot:
        is_made = _table(before.catalog, wanted) != _table(after.catalog, wanted)
        if deviation.kind is Kind.STATEMENT:
            is_made = sides.blame.place(deviation) is not None
        return Cause.BOTH if is_made else Cause.SNAPSHOT
    return Cause.BOTH if sides.blame.is_of_the_past(deviation) else Cause.MIGRATION


def _table(catalog: Catalog, wanted: Wanted) -> object:
    return tuple(part(wanted.table) for part in (catalog.columns, catalog.constraints, catalog.indexes))


def _line(view: View, path: str, deviation: Deviation) -> int:
    """Where the snapshot says it."""
    text = source(view, path).text if view.has(path) else ""
    key = r'"(?:source|name)"\s*:\s*' if deviation.kind is Kind.ATTRIBUTE else ""
    found = re.search(rf'{key}"{re.escape(deviation.name)}"', text)
    return line_of(text, found.start()) if found else 1
