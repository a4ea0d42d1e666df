"""The bounds of a partition as a condition: PostgreSQL takes a CHECK that says it for proof."""

from __future__ import annotations

import pytest

from checks.catalog import conditions, read
from checks.sandbox import Database

COLUMNS = "day date NOT NULL, kind text, n integer"
BOUNDS = {
    ("RANGE (day)", "FROM ('2030-01-01') TO ('2031-01-01')"): "day >= '2030-01-01' AND day < '2031-01-01'",
    ("RANGE (n)", "FROM (MINVALUE) TO (10)"): "n IS NOT NULL AND n < 10",
    ("RANGE (n)", "FROM (10) TO (MAXVALUE)"): "n IS NOT NULL AND n >= 10",
    ("RANGE (day, n)", "FROM ('2030-01-01', 1) TO ('2030-01-01', 5)"): (
        "n IS NOT NULL AND day = '2030-01-01' AND n >= 1 AND n < 5"
    ),
    ("RANGE (day, n)", "FROM ('2030-01-01', MINVALUE) TO ('2031-01-01', MAXVALUE)"): (
        "n IS NOT NULL AND day >= '2030-01-01' AND day <= '2031-01-01'"
    ),
    ("RANGE (day, n)", "FROM ('2030-01-01', 3) TO ('2031-01-01', 5)"): (
        "n IS NOT NULL AND ((day > '2030-01-01') OR (day = '2030-01-01' AND n >= 3)) "
        "AND ((day < '2031-01-01') OR (day = '2031-01-01' AND n < 5))"
    ),
    ("RANGE (lower(kind))", "FROM ('a') TO ('b')"): (
        "(lower(kind)) IS NOT NULL AND (lower(kind)) >= 'a' AND (lower(kind)) < 'b'"
    ),
    ("LIST (kind)", "IN ('a', 'b')"): "kind IS NOT NULL AND kind IN ('a', 'b')",
    ("LIST (day)", "IN ('2030-01-01')"): "day IN ('2030-01-01')",
    ("LIST (kind)", "IN ('a', NULL)"): "(kind IS NULL OR kind IN ('a'))",
    ("LIST (kind)", "IN (NULL)"): "kind IS NULL",
}


@pytest.fixture
def places(database: Database) -> Database:
    """``p0`` with ``t0`` in it, and so on; ``s`` is in ``t0``."""
    with database.connect() as session:
        for number, (key, bound) in enumerate(BOUNDS):
            session.execute(f"CREATE TABLE p{number} ({COLUMNS}) PARTITION BY {key}".encode())
            parted = " PARTITION BY LIST (kind)" if number == 0 else ""
            session.execute(
                f"CREATE TABLE t{number} PARTITION OF p{number} FOR VALUES {bound}{parted}".encode()
            )
        session.execute("CREATE TABLE s PARTITION OF t0 FOR VALUES IN ('x')")
        session.execute("CREATE TABLE rest PARTITION OF p0 DEFAULT")
        session.execute(f"CREATE TABLE h ({COLUMNS}) PARTITION BY HASH (n)".encode())
        session.execute("CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0)")
    return database


def test_the_condition_is_written_as_a_person_would(places: Database) -> None:
    schema = read(places)
    found = [conditions(schema, f"public.t{number}") for number in range(len(BOUNDS))]
    assert found == [(condition,) for condition in BOUNDS.values()]
    inner = "kind IS NOT NULL AND kind IN ('x')"
    assert conditions(schema, "public.s") == (
        inner,
        BOUNDS["RANGE (day)", "FROM ('2030-01-01') TO ('2031-01-01')"],
    )
    assert [conditions(schema, f"public.{name}") for name in ("rest", "h0", "p0", "nothing")] == [()] * 4


def test_postgresql_takes_it_for_proof(places: Database) -> None:
    """It says so at DEBUG1, and reads no row; of the weaker half of it, it does not."""
    said: list[str] = []
    schema = read(places)
    with places.connect() as session:
        session.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
        session.execute("SET client_min_messages = debug1")
        for number, (_, bound) in enumerate(BOUNDS):
            table = f"t{number}"
            wanted = " AND ".join(conditions(schema, f"public.{table}"))
            for check, proof in ((wanted, True), ("n IS NULL OR n > -1", False)):
                said.clear()
                session.execute(f"ALTER TABLE p{number} DETACH PARTITION {table}".encode())
                session.execute(f"ALTER TABLE {table} ADD CONSTRAINT c CHECK ({check})".encode())
                session.execute(f"ALTER TABLE p{number} ATTACH PARTITION {table} FOR VALUES {bound}".encode())
                session.execute(f"ALTER TABLE {table} DROP CONSTRAINT c".encode())
                implied = f'partition constraint for table "{table}" is implied by existing constraints'
                assert (implied in said) is proof, (bound, check, said)
