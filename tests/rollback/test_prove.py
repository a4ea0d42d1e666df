"""Downs of the kinds that real histories have (written anew), each run: what they bring back and what not."""

from __future__ import annotations

from proving import proof_of

from checks.model.differences import Significance
from checks.model.migrations import TransactionMode
from checks.model.rollback import RollbackProof, RollbackStatus
from checks.sandbox import Database
from checks.settings import Settings

USERS = """
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, email varchar(255), age integer);
CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, title text);
CREATE INDEX posts_user_title ON posts (user_id, title);
"""


def differences(proof: RollbackProof) -> list[str]:
    material = [one for one in proof.differences if one.significance is not Significance.ORDER]
    return [str(difference) for difference in material]


# ── downs that do what they say ─────────────────────────────────────────────────────────────────────


def test_a_down_that_brings_everything_back(database: Database) -> None:
    proof = proof_of(
        database,
        USERS,
        "ALTER TABLE users ADD COLUMN nickname text; CREATE INDEX users_nickname ON users (nickname)",
        "ALTER TABLE users DROP COLUMN nickname",
    )
    assert (proof.status, proof.up_again, proof.reason) == (RollbackStatus.RESTORED, "identical", "")
    assert [seen.id for seen in proof.down] == ["1/down/1"]
    assert not proof.drafted


def test_another_order_of_columns_counts_as_restored_and_is_said(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE TABLE pair (a integer GENERATED ALWAYS AS (1) STORED, b integer)",
        "ALTER TABLE pair DROP COLUMN a",
        "ALTER TABLE pair ADD COLUMN a integer GENERATED ALWAYS AS (1) STORED",
    )
    assert proof.status is RollbackStatus.RESTORED
    assert [difference.significance for difference in proof.differences] == [Significance.ORDER]
    assert proof.reason == (
        "Only the order of columns differs: table public.pair: column order was a, b, is b, a."
    )


def test_values_that_a_down_copies_back_are_not_lost(database: Database) -> None:
    proof = proof_of(
        database,
        USERS,
        "CREATE TABLE emails AS SELECT id, email FROM users; ALTER TABLE users DROP COLUMN email",
        "ALTER TABLE users ADD COLUMN email varchar(255);"
        "UPDATE users SET email = emails.email FROM emails WHERE emails.id = users.id; DROP TABLE emails",
    )
    assert proof.status is RollbackStatus.RESTORED
    assert proof.data_lost == ()


# ── data ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_column_that_comes_back_empty(database: Database) -> None:
    proof = proof_of(
        database,
        USERS,
        "ALTER TABLE users DROP COLUMN name",
        "ALTER TABLE users ADD COLUMN name text NOT NULL DEFAULT ''; ALTER TABLE users ALTER name DROP DEFAULT",
    )
    assert proof.status is RollbackStatus.DATA_LOST
    assert [(loss.relation, loss.column) for loss in proof.data_lost] == [("public.users", "name")]
    assert proof.data_lost[0].rows > 0
    assert proof.reason.startswith("The schema comes back, the data does not: public.users.name, ")


def test_a_table_that_comes_back_empty(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE TABLE logs (id integer, line text)",
        "DROP TABLE logs",
        "CREATE TABLE logs (id integer, line text)",
    )
    assert proof.status is RollbackStatus.DATA_LOST
    assert [(loss.relation, loss.column) for loss in proof.data_lost] == [("public.logs", None)]


def test_a_column_without_a_row_to_see_it_by_is_lost_all_the_same(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE TABLE logs (id integer, line text)",
        "ALTER TABLE logs DROP COLUMN line",
        "ALTER TABLE logs ADD COLUMN line text",
        settings=Settings(rows=0),
    )
    assert proof.status is RollbackStatus.DATA_LOST
    assert proof.reason == "The schema comes back, the data does not: whatever public.logs.line holds."


def test_values_that_the_up_overwrites(database: Database) -> None:
    proof = proof_of(database, USERS, "UPDATE users SET name = 'anonymous'", "SELECT 1")
    assert proof.status is RollbackStatus.DATA_LOST


def test_filled_nulls_that_stay_filled_are_no_lost_values(database: Database) -> None:
    proof = proof_of(database, USERS, "UPDATE users SET age = 7 WHERE age IS NULL", "SELECT 1")
    (loss,) = proof.data_lost
    assert (loss.relation, loss.column, loss.only_nulls) == ("public.users", None, True)
    said = f"The schema comes back; NULLs that the up filled stay filled: public.users, {loss.rows} rows."
    assert proof.reason == said


# ── downs that leave another schema ─────────────────────────────────────────────────────────────────


def test_a_varchar_column_comes_back_as_text(database: Database) -> None:
    proof = proof_of(
        database, USERS, "ALTER TABLE users DROP COLUMN email", "ALTER TABLE users ADD COLUMN email text"
    )
    assert proof.status is RollbackStatus.DIFFERS
    assert differences(proof) == ["column public.users.email: type was character varying(255), is text"]


def test_a_column_comes_back_without_the_index_that_went_with_it(database: Database) -> None:
    proof = proof_of(
        database, USERS, "ALTER TABLE posts DROP COLUMN title", "ALTER TABLE posts ADD COLUMN title text"
    )
    assert proof.status is RollbackStatus.DIFFERS
    assert differences(proof) == ["index public.posts_user_title is gone"]


def test_columns_come_back_with_a_default_they_did_not_have(database: Database) -> None:
    proof = proof_of(
        database,
        USERS,
        "ALTER TABLE users DROP COLUMN age",
        "ALTER TABLE users ADD COLUMN age integer DEFAULT 0",
    )
    assert differences(proof) == ["column public.users.age: default was none, is 0"]


def test_rename_and_copy_leaves_a_second_sequence_behind(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE TABLE devices (id serial CONSTRAINT devices_pkey PRIMARY KEY, name text)",
        "ALTER TABLE devices ADD COLUMN kind text",
        "ALTER TABLE devices RENAME TO _devices; ALTER TABLE _devices DROP CONSTRAINT devices_pkey;"
        "CREATE TABLE devices (id serial CONSTRAINT devices_pkey PRIMARY KEY, name text);"
        "INSERT INTO devices SELECT id, name FROM _devices; DROP TABLE _devices",
    )
    assert proof.status is RollbackStatus.DIFFERS
    assert "sequence public.devices_id_seq1 is new" in differences(proof)


def test_comments_and_grants_that_a_drop_takes_along(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t; COMMENT ON VIEW v IS 'all';"
        "GRANT SELECT ON v TO observer",
        "DROP VIEW v; ALTER TABLE t ADD COLUMN b integer; CREATE VIEW v AS SELECT a, b FROM t",
        "DROP VIEW v; ALTER TABLE t DROP COLUMN b; CREATE VIEW v AS SELECT a FROM t",
    )
    assert proof.status is RollbackStatus.DIFFERS
    assert {difference.significance for difference in proof.differences} == {
        Significance.COMMENT,
        Significance.PRIVILEGE,
    }


def test_an_enum_value_that_stays(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE TYPE mood AS ENUM ('sad', 'happy')",
        "ALTER TYPE mood ADD VALUE 'angry'",
        "SELECT 1",
        mode=TransactionMode.AUTOCOMMIT,
    )
    assert proof.status is RollbackStatus.DIFFERS
    assert proof.up_again == "failed"
    assert proof.up_again_error and proof.up_again_error.sqlstate == "42710"


def test_a_function_body_that_differs_in_blanks_only(database: Database) -> None:
    proof = proof_of(
        database,
        "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 2'",
        "CREATE OR REPLACE FUNCTION one() RETURNS integer LANGUAGE sql AS ' SELECT 1 '",
    )
    assert differences(proof) == [
        "function public.one(): body (only white space) was SELECT 1, is  SELECT 1 "
    ]


def test_an_empty_down(database: Database) -> None:
    proof = proof_of(database, USERS, "CREATE TABLE tags (id integer PRIMARY KEY)", "-- nothing")
    assert proof.status is RollbackStatus.DIFFERS
    assert proof.reason == "The down is empty: table public.tags is new."
    assert proof.up_again == "failed"


def test_a_down_that_leaves_its_transaction_open(database: Database) -> None:
    proof = proof_of(
        database,
        USERS,
        "CREATE TABLE tags (id integer)",
        "BEGIN; DROP TABLE tags",
        mode=TransactionMode.AUTOCOMMIT,
    )
    assert proof.status is RollbackStatus.DIFFERS
    assert proof.reason.startswith("The down leaves its transaction open")


# ── downs that fail ─────────────────────────────────────────────────────────────────────────────────


def failure(proof: RollbackProof) -> str:
    assert proof.status is RollbackStatus.FAILED, proof
    error = next(seen.error for seen in proof.down if seen.error)
    assert proof.up_again == "not tried"
    return error.sqlstate


def test_a_typo_in_a_name_that_nobody_ran(database: Database) -> None:
    proof = proof_of(
        database, "CREATE SCHEMA gauge", "COMMENT ON SCHEMA gauge IS 'x'", "ALTER SCHEMA guage RENAME TO g"
    )
    assert failure(proof) == "3F000"


def test_a_syntax_error(database: Database) -> None:
    assert (
        failure(proof_of(database, USERS, "CREATE TABLE tags (a integer)", "DROP TABLE IF tags")) == "42601"
    )


def test_an_index_made_concurrently_is_dropped_as_a_constraint(database: Database) -> None:
    proof = proof_of(
        database,
        USERS,
        "CREATE UNIQUE INDEX CONCURRENTLY users_key ON users (id, name)",
        "ALTER TABLE users DROP CONSTRAINT users_key",
        mode=TransactionMode.AUTOCOMMIT,
    )
    assert failure(proof) == "42704"


def test_an_index_made_concurrently_inside_a_transaction(database: Database) -> None:
    proof = proof_of(
        database,
        USERS,
        "DROP INDEX posts_user_title; ALTER TABLE posts ADD COLUMN kind text",
        "ALTER TABLE posts DROP COLUMN kind;"
        "CREATE INDEX CONCURRENTLY posts_user_title ON posts (user_id, title)",
    )
    assert failure(proof) == "25001"


def test_an_index_that_its_column_took_along_is_dropped_again(database: Database) -> None:
    proof = proof_of(
        database,
        USERS,
        "ALTER TABLE posts ADD COLUMN kind text; CREATE INDEX posts_kind ON posts (kind)",
        "ALTER TABLE posts DROP COLUMN kind; DROP INDEX posts_kind",
    )
    assert failure(proof) == "42704"


def test_a_parent_table_is_dropped_before_its_children(database: Database) -> None:
    proof = proof_of(
        database,
        USERS,
        "CREATE TABLE orgs (id integer PRIMARY KEY); CREATE TABLE members (org integer REFERENCES orgs)",
        "DROP TABLE orgs; DROP TABLE members",
    )
    assert failure(proof) == "2BP01"


def test_a_not_null_column_without_default_comes_back_to_rows(database: Database) -> None:
    proof = proof_of(
        database,
        USERS,
        "ALTER TABLE users DROP COLUMN name",
        "ALTER TABLE users ADD COLUMN name text NOT NULL",
    )
    assert failure(proof) == "23502"
    assert "(23502)" in proof.reason
