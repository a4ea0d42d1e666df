"""What a catalog answers about the tables of a real database."""

from __future__ import annotations

import pytest

from checks.catalog import Catalog, Column, read
from checks.sandbox import Database
from checks.sandbox.server import Role

TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(255) NOT NULL DEFAULT '', age integer CHECK (age > 0));
CREATE TABLE posts (
    id bigint GENERATED ALWAYS AS IDENTITY, user_id bigint, "Title" text, day date,
    size integer GENERATED ALWAYS AS (length("Title")) STORED,
    CONSTRAINT author FOREIGN KEY (user_id) REFERENCES users (id) DEFERRABLE);
ALTER TABLE posts ADD CONSTRAINT late CHECK (day > '2000-01-01') NOT VALID;
CREATE UNIQUE INDEX posts_days ON posts (user_id, lower("Title")) INCLUDE (day) WHERE day IS NOT NULL;
CREATE TABLE events (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE VIEW titles AS SELECT "Title" FROM posts;
CREATE MATERIALIZED VIEW days AS SELECT day FROM posts;
"""


@pytest.fixture
def catalog(database: Database) -> Catalog:
    with database.connect() as connection:
        connection.execute(TABLES)
    return read(database)


def test_relations(catalog: Catalog) -> None:
    tables = {"public.users", "public.posts", "public.events", "public.events_1"}
    assert catalog.tables() == tables
    assert catalog.relations() == tables | {"public.titles", "public.days"}
    assert catalog.partitions("public.events") == ("public.events_1",)


def test_columns(catalog: Catalog) -> None:
    names = [column.name for column in catalog.columns("public.posts")]
    assert names == ["id", "user_id", "Title", "day", "size"]
    assert catalog.columns("public.users")[1] == Column(
        table="public.users",
        name="email",
        type="character varying(255)",
        not_null=True,
        default="''::character varying",
        position=2,
        identity=None,
        generated=None,
    )
    assert catalog.columns("public.posts")[0].identity == "always"
    assert catalog.columns("public.posts")[4].generated == "stored"
    assert [column.name for column in catalog.columns("public.titles")] == ["Title"]
    assert catalog.columns("public.nothing") == ()


def test_constraints(catalog: Catalog) -> None:
    constraints = {one.name: one for one in catalog.constraints("public.posts")}
    author = constraints["author"]
    assert (author.kind, author.columns, author.references, author.referenced_columns) == (
        "foreign key",
        ("user_id",),
        "public.users",
        ("id",),
    )
    assert (author.valid, author.deferrable, author.enforced) == (True, True, True)
    assert author.definition == "FOREIGN KEY (user_id) REFERENCES public.users(id) DEFERRABLE"
    assert not constraints["late"].valid
    assert constraints["late"].definition.endswith("NOT VALID")
    assert catalog.foreign_keys() == (author,)


def test_indexes(catalog: Catalog) -> None:
    (index,) = catalog.indexes("public.posts")
    assert (index.name, index.columns, index.includes) == ("public.posts_days", ("user_id", None), ("day",))
    assert (index.unique, index.primary, index.valid, index.method) == (True, False, True, "btree")
    assert (index.predicate, index.constraint) == ("(day IS NOT NULL)", None)
    (key,) = catalog.indexes("public.users")
    assert (key.name, key.primary, key.constraint) == ("public.users_pkey", True, "users_pkey")


def test_names_with_dots_do_not_hide_each_other(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(
            'CREATE SCHEMA a; CREATE SCHEMA "a.b"; CREATE TABLE a."b.c" (); CREATE TABLE "a.b".c ()'
        )
    assert read(database).tables() == {'"a"."b.c"', '"a.b"."c"'}


def test_a_database_cannot_fool_the_reader(database: Database) -> None:
    """Demonstrated against observers that trust the search path: functions and tables of the author's instead."""
    hostile = f"""
        CREATE SCHEMA evil;
        CREATE TABLE evil.pg_class AS SELECT * FROM pg_catalog.pg_class LIMIT 0;
        CREATE FUNCTION evil.format_type(oid, integer) RETURNS text LANGUAGE sql AS 'SELECT ''safe''';
        CREATE FUNCTION evil.quote_ident(name) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END';
        ALTER DATABASE {database.name} SET search_path = evil, pg_catalog;
        ALTER DATABASE {database.name} SET jit = on;
        CREATE TABLE public.real (a integer);
        """
    with database.connect() as connection:
        connection.execute(hostile.encode())
    for source in (database, database.connect(Role.APP)):
        catalog = read(source)
        assert catalog.tables() == {"evil.pg_class", "public.real"}
        assert catalog.columns("public.real")[0].type == "integer"
