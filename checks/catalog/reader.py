"""Read the schema of one database again and again: after the first time only what has changed, and what tells of it.

What has changed is known from the transactions that wrote the catalogs' rows (``stamps.sql``), which a copy of a
database shares with the original; what tells of it (a view of a renamed table, a foreign key to it) from the
dependencies that the server keeps (``affected.sql``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from checks.catalog.links import link
from checks.catalog.read import Connection, Row, answer, assemble, observer, query, rows, safely, unlinked
from checks.catalog.schema import Catalog, Key

if TYPE_CHECKING:
    from checks.sandbox.server import Database

STAMPED = frozenset(
    {
        "pg_class",
        "pg_constraint",
        "pg_policy",
        "pg_proc",
        "pg_rewrite",
        "pg_statistic_ext",
        "pg_trigger",
        "pg_type",
    }
)
"""The catalogs whose objects are many. The others are read in full each time."""
_STAMPS = Path(__file__).with_name("stamps.sql").read_bytes()
_AFFECTED = Path(__file__).with_name("affected.sql").read_bytes()
_SOME = f"WHERE oid = ANY (%s::oid[]) OR catalog NOT IN ({', '.join(map(repr, sorted(STAMPED)))})"


class Reading(NamedTuple):
    """A schema, and the stamps of its objects: ``catalog oid`` → ``rows transaction``."""

    catalog: Catalog
    stamps: Mapping[str, str]
    ambiguous: bool
    """Whether it has names that had to be quoted: others decide then how an object is called."""


def read_all(database: Database) -> Reading:
    """The first reading of a database. Raises psycopg.Error when the server refuses or is gone."""
    with observer(database) as connection, safely(connection):
        return reading(connection, None)


class Reader:
    """A session of the observer in one database, which nobody can copy meanwhile."""

    def __init__(self, database: Database, last: Reading) -> None:
        """``last`` is of this database, or of one that it was copied from, or that was copied from the same one."""
        from checks.sandbox.server import Role  # late: who only reads files needs no driver

        self._connection = database.connect(Role.OBSERVER)
        self.last = last

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def read(self) -> Catalog:
        """The schema as it is now. Raises psycopg.Error when the server refuses or is gone."""
        with safely(self._connection):
            self.last = reading(self._connection, self.last)
        return self.last.catalog


def reading(connection: Connection, last: Reading | None) -> Reading:
    stamps: dict[str, str] = answer(connection, _STAMPS)
    catalog = renewed(connection, last, stamps) if last and not last.ambiguous else None
    if catalog is not None:
        return Reading(catalog, stamps, ambiguous=False)
    catalog = assemble(rows(connection))
    return Reading(catalog, stamps, any(is_quoted(key, known) for key, known in catalog.facts.items()))


def renewed(connection: Connection, last: Reading, stamps: Mapping[str, str]) -> Catalog | None:
    """The last schema with what is not as it was put in its place; None when names in it are ambiguous."""
    changed = [address for address, _ in last.stamps.items() ^ stamps.items()]
    pairs = [address.split() for address in changed]
    affected = answer(
        connection, _AFFECTED, array([catalog for catalog, _ in pairs]), array([oid for _, oid in pairs])
    )
    return replaced(last.catalog, set(affected), some_rows(connection, affected))


def some_rows(connection: Connection, oids: Sequence[int]) -> list[Row]:
    """Of the catalogs with stamps, what has one of these oids."""
    connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    text = query(connection.info.server_version // 10000).replace(b"%", b"%%") + _SOME.encode()
    found: list[Row] = answer(connection, text, array(oids)) or []
    return found


def replaced(catalog: Catalog, gone: set[int], rows: Sequence[Row]) -> Catalog | None:
    kept = {
        key: known
        for key, known in catalog.facts.items()
        if known["catalog"] in STAMPED and known["oid"] not in gone
    }
    objects, facts = unlinked(rows)
    if any(key in kept or is_quoted(key, known) for key, known in facts.items()):
        return None
    everything = kept | facts
    link(facts, everything)
    of_both = {**catalog.objects, **objects}
    return Catalog({key: of_both[key] for key in sorted(everything)}, everything)


def is_quoted(key: Key, known: Mapping[str, Any]) -> bool:
    """Whether its plain name would be another's too."""
    plain: str = ".".join(known["path"])
    return key[1] != plain


def array(oids: Sequence[object]) -> str:
    return f"{{{','.join(map(str, oids))}}}"
