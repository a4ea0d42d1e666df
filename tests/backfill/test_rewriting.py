"""sqlglot puts the batch into the author's statement, and nothing else changes in it."""

from __future__ import annotations

import pytest
from changing import TABLES, batched

from checks.backfill import Refused, backfill, block, command, in_two, procedure, psql, row_change
from checks.sql.batches import batch_of, progress_of
from checks.sql.parse import parse

CARRIED = (
    "UPDATE users SET name = lower(name), seen = now() - interval '1 Day' WHERE name ILIKE 'a%' OR id = ANY (ARRAY[1, 2])",
    "UPDATE users u SET (a, b) = (p.a, p.b) FROM posts p WHERE p.user_id = u.id AND p.kind IN ('a', 'b')",
    "UPDATE users SET data = data || '{\"a\": 1}'::jsonb, k = data #>> '{a,b}', t = char_length(x) WHERE data ? 'x'",
    "UPDATE ONLY app.users SET a = DEFAULT, b = CASE WHEN x > 1 THEN 'a' END, \"Odd\" = date_trunc('day', at)",
    "UPDATE users SET a = E'it''s\\n  two lines', b = $$dollar$$ || '  \n    spaces'",
    "DELETE FROM users WHERE at < CURRENT_DATE - 30 AND (a, b) IN (SELECT x, y FROM posts)",
    "DELETE FROM posts USING users AS u WHERE u.id = posts.user_id AND u.banned",
    "INSERT INTO archive (id, name) SELECT u.id, p.name FROM users u LEFT JOIN posts p ON p.user_id = u.id WHERE NOT u.on",
)


@pytest.mark.parametrize("sql", CARRIED)
def test_the_batch_is_all_that_is_added(sql: str) -> None:
    found = batched(sql)
    assert parse(command(found)) is not None
    assert found.statement == sql and found.change.count("FROM batch") == 1
    assert batch_of(block(found)) == command(found)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE users SET a = interval '1' day",
        "UPDATE users SET a = |/ b",
        "UPDATE users SET a = 1 WHERE name !~~ 'x'",
        "INSERT INTO archive (id) OVERRIDING SYSTEM VALUE SELECT id FROM users",
        "UPDATE users SET a = " + "(" * 3000 + "1" + ")" * 3000,
    ],
)
def test_what_sqlglot_would_spell_otherwise_is_refused(sql: str) -> None:
    with pytest.raises(Refused, match="sqlglot cannot rewrite it"):
        batched(sql)


def test_the_key_is_the_first_that_the_statement_leaves_alone() -> None:
    assert batched("UPDATE users SET name = 'x'").key == ("id",)
    assert batched("UPDATE users SET id = 7 WHERE id = 3").key == ("email",)
    assert batched("DELETE FROM posts").key == ("user_id", "number")


def test_names_of_the_author_are_not_taken_for_those_of_the_batch() -> None:
    tables = {**TABLES, "public.batch": TABLES["public.users"]}
    found = backfill(row_change("UPDATE users SET a = b.a FROM batch b WHERE b.id = users.id", tables))
    assert found.names == ("place", "reached", "backfill_batch", "changed")


def test_the_same_statement_in_another_migration_is_another_backfill() -> None:
    change = row_change("UPDATE app.users SET a = 1", TABLES)
    one, other = backfill(change, "1"), backfill(change, "2")
    assert one.progress != other.progress and one.progress.startswith("app.backfill_users_")


def test_line_breaks_in_strings_stay_as_they_are() -> None:
    assert "'a\n  b'" in command(batched("UPDATE users SET a = 'a\n  b'"))


def test_each_form_runs_the_same_command() -> None:
    found = batched("UPDATE users SET a = a + 1")
    assert all(command(found) in text for text in (block(found), procedure(found), psql(found)))
    start, again = in_two(found)
    assert (start, batch_of(again)) == (found.start, command(found))
    assert progress_of(command(found)) == found.progress
