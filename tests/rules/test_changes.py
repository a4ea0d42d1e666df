"""What happened to the files, and to the way back."""

from __future__ import annotations

import pytest

from checks.examples.running import findings, fired
from checks.model.findings import Severity
from checks.sandbox.server import Database

TABLE = "CREATE TABLE users (id bigint PRIMARY KEY);"
FAMILY = {
    "deleted-migration",
    "duplicate-version",
    "edited-migration",
    "out-of-order-migration",
    "renamed-migration",
}


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (
            f"-- base: 1_a.sql\n{TABLE}\n-- change: 1_a.sql\n-- migrate:up\n-- a word\n{TABLE}\n-- migrate:down\n",
            set(),
        ),
        (f"-- base: 1_a.sql\n{TABLE}\n-- change: 1_b.sql (was 1_a.sql)\n{TABLE}\n", {"renamed-migration"}),
        (f"-- base: 1_a.sql\n{TABLE}\n-- change: 1_a.sql\nSELECT 1;\n", {"edited-migration"}),
        (f"-- base: 1_a.sql\n{TABLE}\n-- base: 1_b.sql\nSELECT 1;\n-- change: 2_c.sql\nSELECT 2;\n", set()),
    ],
    ids=["only a comment", "renamed", "edited", "an old duplicate"],
)
def test_files(database: Database, text: str, rules: set[str]) -> None:
    assert FAMILY & fired(database, text) == rules


def test_another_down_is_no_other_migration(database: Database) -> None:
    up = f"-- migrate:up\n{TABLE}\n-- migrate:down\n"
    assert not FAMILY & fired(
        database, f"-- base: 1_a.sql\n{up}\n-- change: 1_a.sql\n{up}DROP TABLE users;\n"
    )


def test_many_deleted_files_are_one_finding(database: Database) -> None:
    files = "".join(f"-- base: {n}_a.sql\nSELECT {n};\n" for n in range(1, 7))
    gone = "".join(f"-- change: {n}_a.sql (deleted)\n" for n in range(1, 6))
    (finding,) = [one for one in findings(database, files + gone) if one.rule == "deleted-migration"]
    assert "and 2 more are gone" in finding.message


def test_a_near_miss_of_the_base_is_old_news(database: Database) -> None:
    mark = "-- migrate:up\nSELECT 1;\n  -- migrate:down\n"
    text = f"-- base: 1_a.sql\n{mark}\n-- change: 2_b.sql\nSELECT 2;\n"
    assert "near-miss" not in fired(database, text)


def test_the_down_s_own_line_is_named(database: Database) -> None:
    text = f"-- migrate:up\n{TABLE}\n-- migrate:down\nSELECT 1;\nDROP TABLE user_s;\n"
    (finding,) = [one for one in findings(database, text) if one.rule == "rollback-fails"]
    assert (finding.line, finding.severity) == (5, Severity.ERROR)
    assert 'table "user_s" does not exist' in finding.message


def test_only_the_order_of_columns_is_nobodys_fault(database: Database) -> None:
    setup = "CREATE TABLE users (id bigint, name text, email text);"
    text = "-- migrate:up\nALTER TABLE users DROP name;\n-- migrate:down\nALTER TABLE users ADD name text;\n"
    assert "rollback-differs" not in fired(database, text, setup)


def test_an_empty_down_leaves_everything(database: Database) -> None:
    found = {
        one.rule: one.severity for one in findings(database, f"-- migrate:up\n{TABLE}\n-- migrate:down\n")
    }
    assert found["rollback-differs"] is Severity.WARNING


def test_a_clean_way_back_says_nothing(database: Database) -> None:
    text = f"-- migrate:up\n{TABLE}\n-- migrate:down\nDROP TABLE users;\n"
    assert fired(database, text) == set()


def test_a_dropped_column_that_comes_back_empty_is_told_once(database: Database) -> None:
    setup = "CREATE TABLE users (id bigint PRIMARY KEY, email text); INSERT INTO users VALUES (1, 'a');"
    text = (
        "-- migrate:up\nALTER TABLE users DROP email;\n-- migrate:down\nALTER TABLE users ADD email text;\n"
    )
    rules = fired(database, text, setup)
    assert "drop-column" in rules
    assert "rollback-loses-data" not in rules


@pytest.mark.parametrize(
    "up",
    [
        "UPDATE users SET email = 'x' WHERE email IS NULL AND id > 0;",
        "ALTER TABLE users ADD n int; UPDATE users SET n = 1;",
    ],
)
def test_to_fill_what_was_empty_loses_nothing(database: Database, up: str) -> None:
    setup = "CREATE TABLE users (id bigint PRIMARY KEY, email text); INSERT INTO users VALUES (1, NULL), (2, 'a');"
    down = "ALTER TABLE users DROP COLUMN IF EXISTS n;"
    lost = {"irreversible-migration", "rollback-loses-data"}
    assert not lost & fired(database, f"-- migrate:up\n{up}\n-- migrate:down\n{down}\n", setup)


def test_an_enum_value_that_stays_is_not_told(database: Database) -> None:
    up, down = "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s, well';", "SELECT 1;"
    text = f"-- base: 1_a.sql\nCREATE TYPE mood AS ENUM ('sad');\n-- change: 2_b.sql\n-- migrate:up\n{up}\n-- migrate:down\n{down}\n"
    assert "rollback-differs" not in fired(database, text)
    other = text.replace(up, "ALTER TYPE mood RENAME VALUE 'sad' TO 'down';")
    assert "rollback-differs" in fired(database, other.replace("mood", "mood2"))


def test_a_name_that_is_cut_where_others_were_cut_before(database: Database) -> None:
    long = "a" * 70
    assert "identifier-truncated" in fired(database, f"CREATE TABLE {long} (id int)")
    assert "identifier-truncated" not in fired(
        database, f"ALTER TABLE {long} ADD CONSTRAINT b{long} CHECK (id > 0)"
    )
