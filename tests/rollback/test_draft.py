"""Where there is no down, one is drafted from the difference of the schemas, run, and offered when it works."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from proving import migration, prepare, proof_of, proof_on

from checks import catalog, data
from checks.model.migrations import Migration, TransactionMode
from checks.model.rollback import RollbackProof, RollbackStatus
from checks.rollback import prove
from checks.sandbox import Database, Server
from checks.settings import Settings

SHOP = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE users (
    id bigserial PRIMARY KEY, name text NOT NULL DEFAULT 'x', mood mood DEFAULT 'sad', age integer CHECK (age > 0),
    code text NOT NULL);
CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint REFERENCES users, title varchar(40), at timestamptz);
CREATE INDEX posts_title ON posts (title) WHERE title <> '';
CREATE TABLE keys (a integer CONSTRAINT keys_pkey PRIMARY KEY, b integer NOT NULL);
CREATE UNIQUE INDEX keys_both ON keys (a, b);
CREATE VIEW titles AS SELECT id, title FROM posts;
CREATE VIEW long_titles AS SELECT * FROM titles WHERE length(title) > 3;
GRANT SELECT ON titles TO observer;
COMMENT ON VIEW titles IS 'all of them';
CREATE FUNCTION shout(t text) RETURNS text LANGUAGE sql AS 'SELECT upper(t)';
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER stamped BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TABLE events (id integer, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
"""

REVERSIBLE = {
    "a table": "CREATE TABLE tags (id serial PRIMARY KEY, post bigint REFERENCES posts)",
    "tables that refer to each other": "CREATE TABLE a (id integer PRIMARY KEY, b integer);"
    "CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a);"
    "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b",
    "a column with everything": "ALTER TABLE posts ADD COLUMN kind text NOT NULL DEFAULT 'x' CHECK (kind <> '');"
    "CREATE INDEX posts_kind ON posts (kind)",
    "another type under two views": "DROP VIEW long_titles; DROP VIEW titles;"
    "ALTER TABLE posts ALTER title TYPE text;"
    "CREATE VIEW titles AS SELECT id, title FROM posts; GRANT SELECT ON titles TO observer;"
    "COMMENT ON VIEW titles IS 'all of them';"
    "CREATE VIEW long_titles AS SELECT * FROM titles WHERE length(title) > 3",
    "a wider number": "ALTER TABLE users ALTER age TYPE bigint",
    "another default": "ALTER TABLE users ALTER name SET DEFAULT 'y'",
    "no default": "ALTER TABLE users ALTER name DROP DEFAULT",
    "NOT NULL dropped": "ALTER TABLE users ALTER name DROP NOT NULL",
    "a constraint dropped": "ALTER TABLE users DROP CONSTRAINT users_age_check",
    "a foreign key dropped": "ALTER TABLE posts DROP CONSTRAINT posts_user_id_fkey",
    "a check that a new column is part of": "ALTER TABLE users ADD COLUMN size integer;"
    "ALTER TABLE users DROP CONSTRAINT users_age_check, ADD CONSTRAINT users_age_check CHECK (age + size > 0)",
    "a constraint not validated": "ALTER TABLE posts ADD CONSTRAINT c CHECK (id > -9e18) NOT VALID",
    "an index dropped": "DROP INDEX posts_title",
    "another index of the name": "DROP INDEX posts_title; CREATE INDEX posts_title ON posts (title)",
    "a view dropped": "DROP VIEW long_titles",
    "a view with more columns": "CREATE OR REPLACE VIEW titles AS SELECT id, title, at FROM posts",
    "a view with other columns": "DROP VIEW titles CASCADE; CREATE VIEW titles AS SELECT title FROM posts",
    "another function": "CREATE OR REPLACE FUNCTION shout(t text) RETURNS text LANGUAGE sql AS 'SELECT lower(t)'",
    "a function that returns something else": "DROP FUNCTION shout;"
    "CREATE FUNCTION shout(t text) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "a trigger dropped with its function": "DROP TRIGGER stamped ON posts; DROP FUNCTION stamp",
    "a trigger switched off": "ALTER TABLE posts DISABLE TRIGGER stamped",
    "a table renamed": "ALTER TABLE users RENAME TO people",
    "a column renamed": "ALTER TABLE posts RENAME COLUMN title TO headline",
    "a table renamed and changed": "ALTER TABLE posts RENAME TO articles;"
    "ALTER TABLE articles RENAME COLUMN title TO headline; ALTER TABLE articles ADD COLUMN lead text;"
    "CREATE INDEX ON articles (lead)",
    "a new column under the name of a renamed one": "ALTER TABLE posts RENAME COLUMN at TO at_old;"
    "ALTER TABLE posts ADD COLUMN at date; UPDATE posts SET at = at_old",
    "a new table under the name of a renamed one": "CREATE TABLE events_new (id bigint, at date);"
    "INSERT INTO events_new SELECT * FROM events; ALTER TABLE events RENAME TO events_old;"
    "ALTER TABLE events_new RENAME TO events",
    "a column of all partitions renamed": "ALTER TABLE events RENAME COLUMN id TO number",
    "a primary key that takes over an index": "ALTER TABLE keys DROP CONSTRAINT keys_pkey,"
    "ADD CONSTRAINT keys_pkey PRIMARY KEY USING INDEX keys_both",
    "a table in another schema": "CREATE SCHEMA blog; ALTER TABLE posts SET SCHEMA blog",
    "an index renamed": "ALTER INDEX posts_title RENAME TO posts_by_title",
    "a constraint renamed": "ALTER TABLE users RENAME CONSTRAINT users_age_check TO grown",
    "a renamed column whose word is reserved": 'ALTER TABLE posts ADD COLUMN "order" integer;'
    'ALTER TABLE posts RENAME COLUMN at TO "when"',
    "a label renamed": "ALTER TYPE mood RENAME VALUE 'sad' TO 'low'",
    "a schema with things in it": "CREATE SCHEMA lab; CREATE TYPE lab.kind AS ENUM ('a');"
    "CREATE TABLE lab.t (k lab.kind); CREATE DOMAIN lab.d AS text CHECK (value <> '')",
    "row level security": "ALTER TABLE users ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY p ON users FOR SELECT TO observer USING (id > 0)",
    "grants": "REVOKE SELECT ON titles FROM observer; GRANT INSERT, UPDATE (title) ON posts TO observer",
    "comments": "COMMENT ON VIEW titles IS NULL; COMMENT ON COLUMN posts.title IS 'it''s a \\ title'",
    "storage options": "ALTER TABLE posts SET (fillfactor = 70, autovacuum_enabled = off)",
    "a partition": "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
    "a partition detached": "ALTER TABLE events DETACH PARTITION events_1",
    "an index on all partitions": "CREATE INDEX ON events (id)",
    "a column of all partitions": "ALTER TABLE events ADD COLUMN kind text",
    "an identity": "ALTER TABLE posts ALTER id ADD GENERATED BY DEFAULT AS IDENTITY",
    "a sequence": "CREATE SEQUENCE tickets START 5; ALTER SEQUENCE users_id_seq INCREMENT 2",
    "a materialized view": "CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM posts; CREATE INDEX ON m (count)",
    "default privileges": "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO observer;"
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO observer",
}


@pytest.fixture(scope="module")
def filled_shop(server: Server) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    server.create(name)
    prepare(Database(server, name), SHOP)
    yield name
    server.drop(name)


@pytest.fixture
def shop(server: Server, filled_shop: str) -> Iterator[Database]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    with Database(server, filled_shop).clone(name) as clone:
        yield clone


@pytest.mark.parametrize("up", REVERSIBLE.values(), ids=REVERSIBLE.keys())
def test_the_draft_brings_schema_and_data_back(shop: Database, up: str) -> None:
    proof = proof_on(shop, up, None)
    assert (proof.status, proof.reason) == (RollbackStatus.RESTORED, "")
    assert proof.drafted
    assert proof.draft
    assert proof.up_again == "identical"


LOSING = {
    "a table": ("DROP TABLE posts CASCADE", "public.posts"),
    "a column": ("ALTER TABLE users DROP COLUMN age", "public.users.age"),
    "a NOT NULL column without default": ("ALTER TABLE users DROP COLUMN code", "public.users.code"),
    "a column that two views read": ("ALTER TABLE posts DROP COLUMN title CASCADE", "public.posts.title"),
    "a partition": ("DROP TABLE events_1", "public.events"),
    "a partitioned table": ("DROP TABLE events", "public.events"),
    "a whole schema": ("DROP SCHEMA public CASCADE; CREATE SCHEMA public", "public.users"),
}


@pytest.mark.parametrize(("up", "lost"), LOSING.values(), ids=LOSING.keys())
def test_the_draft_brings_the_schema_back_and_not_the_data(shop: Database, up: str, lost: str) -> None:
    proof = proof_on(shop, up, None)
    assert proof.status is RollbackStatus.DATA_LOST, proof.reason
    assert proof.drafted
    assert proof.reason.startswith("Irreversible. ")
    assert lost in proof.reason


def test_a_draft_reads_like_a_down(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE TABLE users (id integer PRIMARY KEY, email varchar(255) NOT NULL UNIQUE)",
        "ALTER TABLE users ADD COLUMN name text; CREATE INDEX users_name ON users (name);"
        "ALTER TABLE users ALTER email TYPE text",
        None,
    )
    assert proof.draft == (
        "ALTER TABLE public.users DROP COLUMN name;\n"
        "ALTER TABLE public.users ALTER COLUMN email TYPE character varying(255) "
        "USING email::character varying(255);\n"
    )


def test_a_dropped_table_reads_like_it_was_written(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE TABLE users (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(255) NOT NULL UNIQUE)",
        "DROP TABLE users",
        None,
    )
    assert proof.draft == (
        "CREATE TABLE public.users (\n"
        "    id integer GENERATED ALWAYS AS IDENTITY NOT NULL,\n"
        "    email character varying(255) NOT NULL,\n"
        "    CONSTRAINT users_email_key UNIQUE (email),\n"
        "    CONSTRAINT users_pkey PRIMARY KEY (id)\n"
        ");\n"
    )


# ── no draft ────────────────────────────────────────────────────────────────────────────────────────


def test_a_label_that_nothing_holds_is_taken_back_with_the_type(shop: Database) -> None:
    proof = proof_on(shop, "ALTER TYPE mood ADD VALUE 'angry'", None, mode=TransactionMode.AUTOCOMMIT)
    assert proof.status is RollbackStatus.RESTORED, proof.reason
    assert proof.draft and "RENAME TO mood_replaced" in proof.draft


def test_an_index_and_a_view_on_a_label_do_not_stand_in_the_way(database: Database) -> None:
    proof = proof_of(
        database,
        SHOP + "CREATE INDEX sad ON users (id) WHERE mood = 'sad';"
        "ALTER TABLE users ADD CONSTRAINT not_sad CHECK (mood <> 'sad' OR id > -1000);"
        "CREATE VIEW moods AS SELECT mood FROM users WHERE mood = 'happy'",
        "ALTER TYPE mood ADD VALUE 'angry'",
        None,
        mode=TransactionMode.AUTOCOMMIT,
    )
    assert proof.status is RollbackStatus.RESTORED, proof.reason


def test_a_label_that_rows_hold_is_irreversible(shop: Database) -> None:
    proof = proof_on(
        shop,
        "ALTER TYPE mood ADD VALUE 'angry'; UPDATE users SET mood = 'angry'",
        None,
        mode=TransactionMode.AUTOCOMMIT,
    )
    assert proof.status is RollbackStatus.IRREVERSIBLE
    assert "public.mood" in proof.reason
    assert proof.draft is None


def test_rows_that_are_overwritten_without_a_down(shop: Database) -> None:
    proof = proof_on(shop, "UPDATE users SET name = 'anonymous'", None)
    assert proof.status is RollbackStatus.IRREVERSIBLE
    assert "public.users.name" in proof.reason


def test_rows_that_are_added_without_a_down(database: Database) -> None:
    proof = proof_of(database, "CREATE TABLE kinds (name text)", "INSERT INTO kinds VALUES ('a')", None)
    assert proof.status is RollbackStatus.MISSING


def test_nothing_to_undo(shop: Database) -> None:
    assert proof_on(shop, "SELECT 1", None).status is RollbackStatus.RESTORED


def test_what_no_draft_brings_back_is_said(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE TEXT SEARCH CONFIGURATION words (COPY = simple)",
        "ALTER TEXT SEARCH CONFIGURATION words DROP MAPPING FOR email",
        None,
    )
    assert proof.status is RollbackStatus.MISSING
    assert "no ALTER sets mappings of text search configuration public.words" in proof.reason


def test_a_draft_that_fails_on_rows_is_not_offered(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE TABLE users (age integer)",
        "ALTER TABLE users ALTER age TYPE text USING 'about ' || age",
        None,
    )
    assert (proof.status, proof.draft) == (RollbackStatus.MISSING, None)
    assert "(22P02)" in proof.reason


def prove_only(database: Database, one: Migration) -> RollbackProof:
    schema, rows = catalog.read(database), data.fingerprint(database)
    return prove(database, one, Settings(), schema, rows, schema, rows, ids="1", existing=())


def test_the_author_says_that_it_is_irreversible(database: Database) -> None:
    one = migration("SELECT 1", None).model_copy(update={"irreversible": "raise IrreversibleMigration"})
    proof = prove_only(database, one)
    assert (proof.status, proof.reason) == (
        RollbackStatus.IRREVERSIBLE,
        "The file says so: raise IrreversibleMigration",
    )


def test_code_is_unproven(database: Database) -> None:
    one = migration("SELECT 1", None).model_copy(update={"up": None, "opaque": "a Go migration"})
    assert prove_only(database, one).status is RollbackStatus.UNPROVEN
