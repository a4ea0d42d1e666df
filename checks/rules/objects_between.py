"""Objects of all kinds before and after: what several rules ask of the whole change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from checks.catalog import Catalog, Key
from checks.rules.review import Review, Run


def at_the_end(review: Review) -> Catalog:
    """The schema when all new migrations have run."""
    return review.steps[-1].after if review.steps else review.base


def is_new_migration(run: Run) -> bool:
    """Whether production will run it: an edited migration is one that it already has."""
    return any(step is run.step for step in run.review.steps)


def live_objects(run: Run, kinds: Sequence[str], name: str) -> list[Key]:
    """The objects of these kinds with this name that were there before the change, and before the migration.

    ``name`` is written with or without its schema, and a function's without its arguments.
    """
    if not is_new_migration(run):
        return []
    return [
        key for key in run.review.base.objects if key in run.step.before.objects and _is(key, kinds, name)
    ]


def gone(run: Run, kinds: Sequence[str], name: str) -> list[Key]:
    """Those of them that are not there any more when all new migrations have run."""
    last = at_the_end(run.review).objects
    return [
        (kind, full)
        for kind, full in live_objects(run, kinds, name)
        if not any((other, full) in last for other in kinds)
    ]


def facts(catalog: Catalog, kind: str, name: str) -> Any:
    """The properties of an object; None when it is not there."""
    return catalog.properties(kind, name)


def of_table(catalog: Catalog, kind: str, table: str) -> Iterator[str]:
    """The names of the triggers or policies of a table."""
    for key in catalog.objects:
        if key[0] == kind and f"{catalog.fact(key, 'schema')}.{catalog.fact(key, 'table')}" == table:
            yield str(catalog.fact(key, "name"))


def goes_with(run: Run, key: Key) -> bool:
    """Whether something else that the migration drops has it in its text: a trigger's function, a column's trigger."""
    name = str(run.step.before.fact(key, "name"))
    word = re.compile(rf"\b{re.escape(name)}\b")
    lost = (
        other
        for other in run.step.before.objects
        if other not in run.step.after.objects and other != key and not _is_part(run.step.before, other, key)
    )
    return any(word.search(_text(run.step.before, other)) for other in lost)


def _is_part(catalog: Catalog, other: Key, key: Key) -> bool:
    """An index of a materialized view names it, and goes with it."""
    return other[0] == "index" and any(index.name == other[1] for index in catalog.indexes(key[1]))


def _text(catalog: Catalog, key: Key) -> str:
    row = catalog.objects[key]
    return f"{row.get('body') or ''} {row.get('definition') or ''}"


def _is(key: Key, kinds: Sequence[str], name: str) -> bool:
    kind, full = key
    bare = full.partition("(")[0]
    return kind in kinds and name in (bare, bare.partition(".")[2])
