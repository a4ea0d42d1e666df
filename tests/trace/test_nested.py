import pytest

from checks.trace.nested import nested_commands


def commands(sql: str, **functions: tuple[str, str]) -> list[tuple[str, str | None]]:
    found = nested_commands(sql, lambda names: [functions[name] for name in names if name in functions])
    return [(command.tag, command.object) for command in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "begin alter table a add x int; update s.b set v = case when v then 1 else 2 end; end",
            [("ALTER TABLE", "a"), ("UPDATE", "s.b")],
        ),
        (
            "declare r record; begin for r in select 1 loop create index on a (x); end loop; end",
            [("CREATE INDEX", "a")],
        ),
        (
            "begin if not exists (select 1) then -- why\n drop table if exists s.a cascade; end if; end",
            [("DROP TABLE", "s.a")],
        ),
        ("begin if x then null; else truncate a; end if; end", [("TRUNCATE TABLE", "a")]),
        ("<<outer>> begin <<inner>> loop delete from a; end loop; end", [("DELETE", "a")]),
        (
            "begin execute 'alter table ' || name; execute 'drop index i'; end",
            [("EXECUTE", None), ("DROP INDEX", "i")],
        ),
        ("begin execute format('alter table %I', x) using 1; end", [("EXECUTE", None)]),
        (
            "begin begin alter table a drop x; exception when others then null; end; end",
            [("ALTER TABLE", "a")],
        ),
        ("begin x := 1; select count(*) into x from a; set local y = 1; return; end", []),
        ("begin alter table a add 'open; end", []),
    ],
)
def test_commands_of_a_do_block(body: str, expected: list[tuple[str, str | None]]):
    assert commands(f"do $$ {body} $$") == expected


def test_commands_of_the_functions_that_are_called():
    f = ("begin perform g(1); insert into a values (1); end", "plpgsql")
    g = ("select 1; create table b ();", "sql")
    expected = [("CREATE TABLE", "b"), ("INSERT", "a")]
    assert commands("select f()", f=f, g=g) == expected
    assert commands("call f()", f=f, g=g) == expected
    assert commands("do $$ begin perform f(); end $$", f=f, g=g) == expected


def test_a_function_that_calls_itself_ends():
    assert commands("select f()", f=("select f(); drop table a;", "sql")) == [("DROP TABLE", "a")]


def test_other_statements_and_languages_hold_nothing():
    assert commands("alter table a add x int") == []
    assert commands("do language plperl 'drop table a;'") == []
    assert commands("create function f() returns void language sql as 'drop table a'") == []
