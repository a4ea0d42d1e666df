"""A column of each type that PostgreSQL and its common extensions have, as key, plain and in an array."""

import pytest
from ground import filled, one, run

from checks.data import fill
from checks.sandbox.server import Database, Role, Server

PLAIN = """bool int2 int4 int8 float4 float8 numeric numeric(7,3) numeric(3,0) money text varchar varchar(3) varchar(9)
    varchar(300) char char(4) "char" name bytea date time time(0) timetz timestamp timestamp(3) timestamptz interval uuid
    json jsonb jsonpath inet cidr macaddr macaddr8 bit bit(9) varbit varbit(5) point line lseg box path polygon circle
    tsvector tsquery int4range int8range numrange daterange tsrange tstzrange oid xid cid tid pg_lsn txid_snapshot
    pg_snapshot xid8 regclass regtype regproc regprocedure regrole regnamespace regoper regoperator regconfig
    regdictionary regcollation int2vector oidvector refcursor"""
EXTENSIONS = {
    "citext": ("citext",), "hstore": ("hstore",), "ltree": ("ltree", "lquery", "ltxtquery"), "cube": ("cube",),
    "seg": ("seg",), "isn": ("isbn", "isbn13", "ean13", "issn", "upc", "ismn"), "vector": ("vector(5)", "vector", "halfvec(2)"),
    "intarray": ("query_int",), "lo": ("lo",),
}  # fmt: skip


def test_every_type(server: Server, database: Database):
    types = [*PLAIN.split(), *(["int4multirange", "datemultirange"] if server.version >= 140000 else [])]
    for number, name in enumerate(types):
        run(
            database,
            f"CREATE TABLE t{number} (required {name} NOT NULL, optional {name}, many {name}[] NOT NULL)",
        )
    result = fill(database, 12)
    names = {f"public.t{number}": name for number, name in enumerate(types)}
    assert [names[table] for table, _ in result.unfilled] == []
    few = {names[table]: count for table, count in result.rows.items() if count < 12}
    assert few == {}


def test_xml(database: Database):
    run(database, "CREATE TABLE t (id int PRIMARY KEY, x xml NOT NULL); CREATE TABLE u (x xml)")
    result = fill(database, 12)
    assert "public.u" in result.rows
    if dict(result.unfilled).get("public.t") == "unsupported XML feature":
        pytest.skip("this server was built without XML")
    assert result.unfilled == ()


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_types_of_extensions(server: Server, database: Database, extension: str):
    if extension not in server.extensions:
        pytest.skip(f"this server has no {extension}")
    run(database, f"CREATE EXTENSION {extension} SCHEMA public", Role.ADMIN)
    columns = ", ".join(f"c{number} {name} NOT NULL" for number, name in enumerate(EXTENSIONS[extension]))
    filled(database, f"CREATE TABLE t (id int PRIMARY KEY, {columns})")


def test_types_of_the_users_own(database: Database):
    filled(
        database,
        """
        CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
        CREATE TYPE address AS (street varchar(20), number int, moods mood[]);
        CREATE TYPE person AS (name text, home address);
        CREATE TYPE span AS RANGE (subtype = text);
        CREATE TYPE minutes AS RANGE (subtype = time);
        CREATE TABLE t (a mood NOT NULL, b address NOT NULL, c person[] NOT NULL, d span NOT NULL, e minutes NOT NULL,
                        f mood[] NOT NULL, g int[][] NOT NULL, h mood UNIQUE);
        CREATE TABLE typed OF address;
        """,
    )
    assert one(database, "SELECT count(DISTINCT a) FROM t") == 3


def test_an_enum_without_values_leaves_its_table_empty_with_a_reason(database: Database):
    run(
        database,
        "CREATE TYPE nothing AS ENUM (); CREATE TABLE t (a nothing NOT NULL); CREATE TABLE u (a nothing)",
    )
    result = fill(database, 5)
    assert [name for name, _ in result.unfilled] == ["public.t"]
    assert "public.u" in result.rows
