"""A snapshot → the commands of a migration that makes its table from nothing, as ash_postgres would write them.

One command per attribute, index and constraint, so that one that cannot be had does not take the others with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.ash.attributes import add_attribute
from checks.ash.foreign_keys import foreign_key, reference_name, reference_of
from checks.ash.indexes import add_custom_index, add_identity, add_reference_index
from checks.ash.quoting import atom, execute, identifiers, optional, string
from checks.ash.snapshot import Attribute, CheckConstraint, Snapshot
from checks.ash.vocabulary import Command, Kind, Site


def commands(snapshot: Snapshot, site: Site) -> Iterator[Command]:
    table = f"table({atom(snapshot.table)}, prefix: {string(site.made_in)}"
    yield Command(Kind.TABLE, snapshot.table, f"create {table}, primary_key: false) do\nend")
    for attribute in snapshot.attributes:
        yield add_attribute(attribute, snapshot, f"alter {table}) do\n%s\nend")
    if snapshot.primary_key:
        keys = identifiers(snapshot.primary_key)
        yield Command(
            Kind.PRIMARY_KEY,
            ", ".join(snapshot.primary_key),
            execute(f"ALTER TABLE {site.table(snapshot)} ADD PRIMARY KEY ({keys})"),
        )
    yield from (add_identity(identity, snapshot, site) for identity in snapshot.identities)
    yield from (add_custom_index(index, snapshot, site) for index in snapshot.custom_indexes)
    for attribute in snapshot.attributes:
        yield from _references(attribute, snapshot, site)
    yield from (_check(check, snapshot, site) for check in snapshot.check_constraints)


def _check(check: CheckConstraint, snapshot: Snapshot, site: Site) -> Command:
    filtered = f"({check.check}) OR NOT ({check.base_filter})" if check.base_filter else check.check
    place = f"{atom(snapshot.table)}, {atom(check.name)}"
    text = f"create constraint({place}, check: {optional(filtered)}, prefix: {string(site.made_in)})"
    return Command(Kind.CHECK, check.name, text)


def _references(attribute: Attribute, snapshot: Snapshot, site: Site) -> Iterator[Command]:
    reference = reference_of(attribute, snapshot)
    if reference is None:
        return
    name = reference_name(attribute, reference, snapshot.table)
    yield Command(Kind.REFERENCE, name, execute(foreign_key(name, attribute, reference, snapshot, site)))
    if reference.has_index:
        yield add_reference_index(attribute, reference, snapshot, site)
