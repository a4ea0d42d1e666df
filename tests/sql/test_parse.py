import pytest

from checks.sql.parse import command_tag, find, parse, qualified_name, relation_name, unwrapped


def test_a_statement_is_its_node_without_wrapping():
    node = parse("alter table a add column b int, drop column c")
    assert type(node).__name__ == "AlterTableStmt"
    assert [type(command).__name__ for command in unwrapped(node.cmds)] == ["AlterTableCmd"] * 2


@pytest.mark.parametrize("sql", ["creat table", "select 1; select 2", "", "select 'open", "select 1\0"])
def test_what_is_not_one_statement_has_no_node(sql: str):
    assert parse(sql) is None


def test_names_are_unquoted_and_have_their_schema():
    node = parse('create index on "Sales"."Order Items" (a)')
    assert relation_name(node.relation) == "Sales.Order Items"
    assert relation_name(parse("truncate a").relations[0].range_var, "app") == "app.a"
    dropped = unwrapped(parse("drop table x.y, z").objects)
    assert [qualified_name(name.items) for name in dropped] == ["x.y", "public.z"]


def test_nodes_are_found_at_any_depth():
    node = parse("with w as (select * from a) update b set x = (select 1 from c) from w")
    assert sorted(relation.relname for relation in find(node, "RangeVar")) == ["a", "b", "c", "w"]


def test_deep_expressions_parse_and_absurd_ones_do_not_end_the_process():
    assert parse("select " + " || ".join("x" * 500)) is not None
    assert parse("select " + "+".join("1" * 300_000)) is None
    assert parse("select " + ",".join("1" * 30_000)) is not None
    assert command_tag("select " + "+".join("1" * 300_000)) == "SELECT"


@pytest.mark.parametrize(
    ("sql", "tag"),
    [
        ("alter table a add b int", "ALTER TABLE"),
        ("alter index i rename to j", "ALTER INDEX"),
        ("alter table a rename to b", "ALTER TABLE"),
        ("alter table a rename column x to y", "ALTER TABLE"),
        ("alter table a rename constraint x to y", "ALTER TABLE"),
        ("alter type t rename attribute x to y", "ALTER TYPE"),
        ("alter table a owner to b", "ALTER TABLE"),
        ("alter view v set schema x", "ALTER VIEW"),
        ("alter materialized view v set schema x", "ALTER MATERIALIZED VIEW"),
        ("alter type e add value 'x'", "ALTER TYPE"),
        ("alter domain d drop constraint c", "ALTER DOMAIN"),
        ("create unique index concurrently i on a (b)", "CREATE INDEX"),
        ("create temp table a as select 1", "CREATE TABLE AS"),
        ("select 1 into a", "SELECT INTO"),
        ("create materialized view m as select 1", "CREATE MATERIALIZED VIEW"),
        ("create or replace function f() returns int language sql as 'select 1'", "CREATE FUNCTION"),
        ("create procedure p() language sql as ''", "CREATE PROCEDURE"),
        ("create aggregate g (int) (sfunc = f, stype = int)", "CREATE AGGREGATE"),
        ("drop materialized view m", "DROP MATERIALIZED VIEW"),
        ("drop trigger t on a", "DROP TRIGGER"),
        ("drop text search configuration c", "DROP TEXT SEARCH CONFIGURATION"),
        ("truncate a", "TRUNCATE TABLE"),
        ("do $$ begin end $$", "DO"),
        ("select 1 from a for update", "SELECT FOR UPDATE"),
        ("with x as (select 1) insert into a select * from x", "INSERT"),
        ("revoke all on a from b", "REVOKE"),
        ("grant a to b", "GRANT ROLE"),
        ("set local x.y = 1", "SET"),
        ("reset all", "RESET"),
        ("start transaction", "START TRANSACTION"),
        ("end", "COMMIT"),
        ("analyze a", "ANALYZE"),
        ("vacuum full a", "VACUUM"),
        ("discard all", "DISCARD ALL"),
        ("copy a from stdin", "COPY"),
        ("create or replace functin f()", "CREATE"),
        ("create unique index on on on", "CREATE INDEX"),
        ("alter table a add clumn", "ALTER TABLE"),
        ("frobnicate the table", "FROBNICATE"),
        ("%", ""),
    ],
)
def test_command_tags_are_postgresqls(sql: str, tag: str):
    assert command_tag(sql) == tag
