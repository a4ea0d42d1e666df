from checks.model.migrations import Script, TransactionMode
from checks.sql.mentions import words
from checks.sql.split import split


def script(sql: str) -> Script:
    return Script(statements=split(sql, "m.sql"), transaction=TransactionMode.TRANSACTION)


def test_names_are_found_in_statements_bodies_and_strings():
    found = words(
        script(
            """
            alter table Users add x int;
            do $$ begin execute 'update "Order Items" set a = 1'; delete from sales.été; end $$;
            create function f() returns int language sql as 'select count(*) from archive_2020$1';
            """
        ).statements
    )
    assert {"users", "Users", "Order Items", "sales", "été", "archive_2020$1"} <= found


def test_no_statement_mentions_nothing():
    assert words(script("-- users").statements) == frozenset()
