"""What is sent has no value of a row and no secret in it, and keeps its names."""

from __future__ import annotations

import pytest

from bot.summary.masking import masked, masked_sql, shape


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Key (email)=(ada@a.example) already exists.", "Key (email)=(xxx@x.xxxxxxx) already exists."),
        ("Key (a, b)=(1, x (y)) is not present in table", "Key (a, b)=(9, x (x)) is not present in table"),
        ("Failing row contains (7, Ada, null).", "Failing row contains (9, Xxx, xxxx)."),
        ('invalid input syntax for type integer: "ada"', 'invalid input syntax for type integer: "xxx"'),
        ('value "99999999999" is out of range', 'value "99999999999" is out of range'),
        ("it is 'Ada''s'", "it is 'Xxx''x'"),
        ("First: `SET LOCAL lock_timeout = '2s';`", "First: `SET LOCAL lock_timeout = '2s';`"),
        (
            'column "currency" of relation "orders" contains null values',
            'column "currency" of relation "orders" contains null values',
        ),
        ("write to ada@a.example", "write to xxx@x.xxxxxxx"),
        ("the author's file, and the reader's", "the author's file, and the reader's"),
    ],
)
def test_values_are_shapes_and_names_stay(text: str, sent: str) -> None:
    assert masked(text) == sent


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2-and-more",
        "ghp_" + "a1B2" * 9,
        "glpat-abcdefghij0123456789",
        "AKIAIOSFODNN7EXAMPLE",
        "sk-ant-api03-abcDEF123456789_xyz",
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "xoxb-123456789012-abcdefghijkl",
        "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
        "3f786850e387550fdab836ed7e6dc881de23001b",
        "aB3dE5fG7hI9jK1lM3nO5pQ7rS9",
    ],
)
def test_secrets_in_comments_are_shapes(secret: str) -> None:
    for text in (f"-- password: {secret}\nSELECT 1", f"SELECT 1 /* token={secret} */"):
        assert secret not in masked_sql(text) and "SELECT" in masked_sql(text)
    assert secret not in masked(f"api_key = {secret}")


@pytest.mark.parametrize(
    "secret", ["postgres://app:s3cret@db.internal:5432/shop", "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n"]
)
def test_connection_strings_and_keys_are_shapes(secret: str) -> None:
    assert not {"s3cret", "MIIEabc"} & set(masked(secret).replace(":", " ").replace("@", " ").split())


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("INSERT INTO a VALUES ('Ada', 42)", "INSERT INTO a VALUES ('Xxx', 99)"),
        (
            "ALTER TABLE a ADD b numeric(12,2) DEFAULT 'EUR'",
            "ALTER TABLE a ADD b numeric(12,2) DEFAULT 'XXX'",
        ),
        ("SET lock_timeout = '2s'", "SET lock_timeout = '2s'"),
        ("UPDATE a SET b = E'it\\'s' WHERE c = $1", "UPDATE a SET b = E'xx\\'x' WHERE c = $1"),
        (
            "DO $x$ BEGIN UPDATE a SET b = 'Ada'; END $x$",
            "DO $x$ BEGIN UPDATE a SET b = 'Xxx'; END $x$",
        ),
        ('CREATE TABLE "Adas" (id int)', 'CREATE TABLE "Adas" (id int)'),
        ("SELECT 'never closed", "SELECT 'xxxxx xxxxxx"),
        ("-- ünïcode 'Ada'\nSELECT 'é'", "-- ünïcode 'Xxx'\nSELECT 'x'"),
    ],
)
def test_literals_of_a_statement_are_shapes(sql: str, sent: str) -> None:
    assert masked_sql(sql) == sent


def test_names_of_files_and_indexes_are_no_secrets() -> None:
    for name in ("20260601093000_require_order_currency.sql", "index_orders_on_customer_id_and_created_at_2"):
        assert masked(name) == name


def test_a_shape_does_not_tell_how_long_a_long_text_is() -> None:
    assert shape("a" * 30) == shape("b" * 300) == "x" * 24 + "…"
