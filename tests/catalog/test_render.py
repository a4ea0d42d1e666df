"""A schema difference as a person reads it."""

from __future__ import annotations

from checks.catalog import compare, read, render
from checks.model.differences import Difference, DifferenceKind
from checks.sandbox import Database

BEFORE = """
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(40), age integer DEFAULT 1);
CREATE INDEX users_age ON users (age);
CREATE FUNCTION greet() RETURNS text LANGUAGE plpgsql AS 'BEGIN
  RETURN ''hello to you, whoever you are'';
END';
"""
CHANGE = """
ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT '', ALTER name TYPE text;
DROP INDEX users_age;
CREATE TABLE tags (tag text PRIMARY KEY, user_id bigint REFERENCES users);
CREATE INDEX tags_user_id ON tags (user_id);
COMMENT ON COLUMN users.age IS 'in years';
CREATE OR REPLACE FUNCTION greet() RETURNS text LANGUAGE plpgsql AS 'BEGIN
  RETURN ''good morning to you, whoever you are'';
END';
"""
EXPECTED = """\
~ column public.users.age: comment none → in years
+ column public.users.email text not null default ''::text
~ column public.users.name: type character varying(40) → text
~ function public.greet(): body
      BEGIN
-       RETURN 'hello to you, whoever you are';
+       RETURN 'good morning to you, whoever you are';
      END
- index public.users_age CREATE INDEX users_age ON public.users USING btree (age)
+ table public.tags
+     tag text not null
+     user_id bigint
+     tags_pkey PRIMARY KEY (tag)
+     tags_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id)
+     CREATE INDEX tags_user_id ON public.tags USING btree (user_id)"""


def test_the_difference_reads_like_a_diff(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(BEFORE)
        before = read(database)
        connection.execute(CHANGE)
    assert render(compare(before, read(database))) == EXPECTED


def test_no_difference_is_no_text() -> None:
    assert render(()) == ""


def test_every_line_of_hostile_text_stays_inside_its_object() -> None:
    body = Difference(
        kind=DifferenceKind.ADDED, object_type="function", name="public.f()", after="one\n+ table public.fake"
    )
    assert render([body]).splitlines() == ["+ function public.f()", "+     one", "+     + table public.fake"]
