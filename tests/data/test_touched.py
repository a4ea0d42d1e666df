"""Which tables a change is about, from the names in its text."""

from collections.abc import Iterator

import pytest
from ground import run

from checks.data import touched_tables
from checks.sandbox.server import Database, Server

SCHEMA = """
    CREATE SCHEMA app;
    CREATE TYPE app.mood AS ENUM ('ok');
    CREATE DOMAIN app.email AS text;
    CREATE TYPE app.contact AS (mail app.email);
    CREATE TABLE app.countries (id int PRIMARY KEY);
    CREATE TABLE app.users (id serial PRIMARY KEY, country_id int REFERENCES app.countries, mood app.mood);
    CREATE TABLE app.orders (id int PRIMARY KEY, user_id int CONSTRAINT orders_user REFERENCES app.users);
    CREATE TABLE app.items (order_id int REFERENCES app.orders);
    CREATE TABLE app.letters (contacts app.contact[]);
    CREATE TABLE app.alone (id int, at timestamptz);
    CREATE INDEX alone_at ON app.alone (at);
    CREATE STATISTICS app.alone_stat ON id, at FROM app.alone;
    CREATE TABLE app.log (id int) PARTITION BY RANGE (id);
    CREATE TABLE app.log_1 PARTITION OF app.log FOR VALUES FROM (0) TO (1);
    CREATE TABLE app.log_2 PARTITION OF app.log FOR VALUES FROM (1) TO (2);
    CREATE TABLE app.kid () INHERITS (app.alone);
    CREATE VIEW app.v AS SELECT * FROM app.alone;
    CREATE MATERIALIZED VIEW app.mv AS SELECT * FROM app.v;
    CREATE FUNCTION app.inner_work() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM "app".Letters; END $$;
    CREATE FUNCTION app.outer_work() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM inner_work(); END $$;
    CREATE FUNCTION app.hook() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER letters_hook AFTER INSERT ON app.letters FOR EACH ROW EXECUTE FUNCTION app.hook();
    CREATE POLICY letters_policy ON app.letters;
    CREATE TABLE app."Quoted Name" (id int);
"""


@pytest.fixture(scope="module")
def schema(server: Server) -> Iterator[Database]:
    server.create("touched")
    database = Database(server, "touched")
    run(database, SCHEMA)
    yield database
    server.drop("touched")


ALONE = {"alone", "kid"}
LOG = {"log", "log_1", "log_2"}


@pytest.mark.parametrize(
    ("word", "tables"),
    [
        ("users", {"users", "countries", "orders"}),
        ("items", {"items", "orders"}),
        ("letters", {"letters"}),
        ("Quoted Name", {"Quoted Name"}),
        ("log_1", LOG),
        ("log", LOG),
        ("kid", ALONE),
        ("v", ALONE),
        ("mv", ALONE),
        ("alone_at", ALONE),
        ("alone_stat", ALONE),
        ("users_id_seq", {"users", "countries", "orders"}),
        ("orders_user", {"orders", "users", "items"}),
        ("mood", {"users", "countries", "orders"}),
        ("email", {"letters"}),
        ("letters_hook", {"letters"}),
        ("letters_policy", {"letters"}),
        ("inner_work", {"letters"}),
        ("outer_work", {"letters"}),
        ("Letters", set()),
        ("pg_class", set()),
        ("nothing_of_the_kind", set()),
    ],
)
def test_a_name_leads_to_tables(schema: Database, word: str, tables: set[str]):
    assert touched_tables(schema, {word}) == {f"app.{table}" for table in tables}


def test_no_names(schema: Database):
    assert touched_tables(schema, ()) == frozenset()


def test_standard_bodies_of_functions(server: Server, schema: Database):
    if server.version < 140000:
        pytest.skip("PostgreSQL 13 has no standard function bodies")
    run(
        schema,
        "CREATE FUNCTION app.bare() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM app.letters; END",
    )
    assert touched_tables(schema, {"bare"}) == {"app.letters"}
