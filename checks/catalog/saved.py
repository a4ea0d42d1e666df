"""A Reading as text, to be kept beside the database that it is of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from checks.catalog.reader import Reading, read_all
from checks.catalog.schema import Catalog

if TYPE_CHECKING:
    from checks.sandbox.server import Database


def describe(database: Database) -> str:
    """The whole schema of a database as text, which takes longer to read the larger it is."""
    return to_text(read_all(database))


def to_text(reading: Reading) -> str:
    objects, facts = reading.catalog.objects, reading.catalog.facts
    rows = [(*key, objects[key], facts[key]) for key in objects]
    return json.dumps([rows, reading.stamps, reading.ambiguous])


def from_text(text: str) -> Reading:
    """The Reading that ``to_text`` was given."""
    rows, stamps, ambiguous = json.loads(text)
    for _, _, _, known in rows:
        _restore_keys(known)
    objects = {(object_type, identity): properties for object_type, identity, properties, _ in rows}
    facts = {(object_type, identity): known for object_type, identity, _, known in rows}
    return Reading(Catalog(objects, facts), stamps, ambiguous)


def _restore_keys(known: dict[str, Any]) -> None:
    """JSON has lists where a Key is a pair (see ``links``)."""
    known["belongs_to"] = tuple([(*key,) for key in known["belongs_to"]])
    known["follows"] = (*known["follows"],) if known["follows"] else None
