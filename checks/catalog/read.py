"""Read a complete schema from the catalogs, in one round trip, as a role without any privilege.

The SQL is in ``parts``, one file per kind of object. Each part gives rows of object type, catalog, oid,
sub-object number, path (the parts of the name), properties and facts; rows of type ``addition`` carry
properties of an object that another part names. A first line ``-- since 15`` or ``-- until 14`` binds a part
to server versions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from checks.catalog.links import link
from checks.catalog.privileges import describe
from checks.catalog.schema import Catalog, Key, Scalar

if TYPE_CHECKING:
    import psycopg

    from checks.sandbox.server import Database

Connection: TypeAlias = "psycopg.Connection[tuple[object, ...]]"
Row: TypeAlias = tuple[str, str, int, int, list[str] | None, dict[str, Scalar] | None, dict[str, Any] | None]
Address: TypeAlias = tuple[str, int, int]


def read(source: Database | Connection) -> Catalog:
    """The schema of a database, through a session of the powerless observer (or the one given).

    Raises psycopg.Error when the server refuses or is gone.
    """
    with observer(source) as connection, safely(connection):
        return assemble(rows(connection))


@contextmanager
def observer(source: Database | Connection) -> Iterator[Connection]:
    from checks.sandbox.server import Database, Role  # late: who only reads files needs no driver

    if not isinstance(source, Database):
        yield source
        return
    with source.connect(Role.OBSERVER) as connection:
        yield connection


@contextmanager
def safely(connection: Connection) -> Iterator[None]:
    """A transaction in which names mean what they say: a database setting may have put another schema first."""
    with connection.transaction():
        # Compiling the plans costs more than running them.
        connection.execute("SET LOCAL search_path = pg_catalog; SET LOCAL jit = off")
        yield


def rows(connection: Connection) -> list[Row]:
    found: list[Row] = answer(connection, query(connection.info.server_version // 10000))
    return found


def answer(connection: Connection, query: bytes, *parameters: object) -> Any:
    """The one value that a query gives; one with parameters is kept prepared."""
    row = connection.execute(query, parameters or None, prepare=bool(parameters)).fetchone()
    assert row is not None  # an aggregate without GROUP BY
    return row[0]


@cache
def query(major: int, where: str = "") -> bytes:
    """All parts that the server's major version has, as one statement with one JSON document as its answer.

    One document is parsed several times faster than one for each of thousands of objects.
    """
    folder = Path(__file__).with_name("parts")
    texts = {part.name: part.read_text() for part in folder.glob("*.sql")}
    common = texts.pop("_common.sql")
    fitting = [texts[name] for name in sorted(texts) if fits(texts[name], major)]
    parts = "\nUNION ALL\n".join(fitting)
    return f"""{common}
SELECT json_agg(json_build_array(object_type, catalog, oid::bigint, sub, path, properties, facts))
FROM ({parts}) AS parts (object_type, catalog, oid, sub, path, properties, facts)
{where}""".encode()


def fits(part: str, major: int) -> bool:
    bound = re.match(r"-- (since|until) (\d+)\n", part)
    if bound is None:
        return True
    return major >= int(bound[2]) if bound[1] == "since" else major <= int(bound[2])


def assemble(rows: Iterable[Row]) -> Catalog:
    """Objects under their identities, with what other parts say of them, and linked with each other."""
    objects, facts = unlinked(rows)
    link(facts)
    return Catalog(dict(sorted(objects.items())), facts)


def unlinked(rows: Iterable[Row]) -> tuple[dict[Key, dict[str, Scalar]], dict[Key, dict[str, Any]]]:
    """The properties of objects, and their facts as far as they can be told without the others."""
    properties: dict[Address, dict[str, Scalar]] = {}
    facts: dict[Address, dict[str, Any]] = {}
    named: list[tuple[str, Address, list[str]]] = []
    for object_type, catalog, oid, sub, path, own, known in rows:
        address = (catalog, oid, sub)
        if path is not None:
            named.append((object_type, address, path))
            known = {**(known or {}), "catalog": catalog, "oid": oid, "sub": sub, "path": path}
        properties.setdefault(address, {}).update(own or {})
        facts.setdefault(address, {}).update(known or {})
    keys = identities(named)
    objects = {keys[address]: properties[address] | describe(facts[address]) for _, address, _ in named}
    return objects, {keys[address]: facts[address] for _, address, _ in named}


def identities(named: list[tuple[str, Address, list[str]]]) -> Mapping[Address, Key]:
    """``schema.table.column``. Where names with dots in them would make two objects one, quoted."""
    plain = {address: (object_type, ".".join(path)) for object_type, address, path in named}
    times = Counter(plain.values())
    doubtful = {address: path for _, address, path in named if times[plain[address]] > 1}
    return plain | {address: (plain[address][0], quoted(path)) for address, path in doubtful.items()}


def quoted(path: list[str]) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in path)
