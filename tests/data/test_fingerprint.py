"""What a script did to the rows, told from hashes before and after."""

import psycopg
import pytest
from ground import one, run

from checks.data import compare, fingerprint
from checks.sandbox.server import Database, Server

USERS = """
    CREATE TABLE users (id int PRIMARY KEY, email text, age int);
    INSERT INTO users SELECT n, 'u' || n || '@example.com', nullif(n % 10, 0) FROM generate_series(1, 100) AS n;
"""


def losses(database: Database, sql: str) -> list[tuple[str, str | None, int]]:
    """What the script loses, as ``relation, column, rows``."""
    before = fingerprint(database)
    run(database, sql)
    return [(loss.relation, loss.column, loss.rows) for loss in compare(before, fingerprint(database))]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "ALTER TABLE users ADD x int; ALTER TABLE users DROP x",
        "ALTER TABLE users ADD x int DEFAULT 7",
        "INSERT INTO users VALUES (101, 'new', 1)",
        "CREATE TABLE more (id int); INSERT INTO more VALUES (1)",
        "ALTER TABLE users ALTER id TYPE bigint",
        "ALTER TABLE users ALTER email TYPE varchar(80)",
        "ALTER TABLE users ADD COLUMN email2 text; UPDATE users SET email2 = email; ALTER TABLE users DROP email;"
        "ALTER TABLE users RENAME email2 TO email",
        "CREATE TABLE copy AS SELECT age, email, id FROM users ORDER BY id DESC; DROP TABLE users;"
        "ALTER TABLE copy RENAME TO users",
        "ALTER DATABASE CURRENT SET extra_float_digits = -15",
    ],
)
def test_nothing_is_lost(database: Database, sql: str):
    run(database, USERS)
    assert losses(database, sql.replace("CURRENT", database.name)) == []


@pytest.mark.parametrize(
    ("sql", "lost"),
    [
        ("ALTER TABLE users DROP email; ALTER TABLE users ADD email text", [("public.users", "email", 100)]),
        ("ALTER TABLE users DROP age", [("public.users", "age", 90)]),
        ("UPDATE users SET email = upper(email) WHERE id <= 30", [("public.users", "email", 30)]),
        ("DELETE FROM users WHERE id > 60", [("public.users", None, 40)]),
        ("TRUNCATE users", [("public.users", None, 100)]),
        ("DROP TABLE users", [("public.users", None, 100)]),
        ("ALTER TABLE users RENAME TO people", [("public.users", None, 100)]),
        ("DELETE FROM users WHERE id > 60; ALTER TABLE users DROP email",
         [("public.users", None, 40), ("public.users", "email", 100)]),
        ("UPDATE users SET age = NULL; UPDATE users SET email = ''",
         [("public.users", "age", 90), ("public.users", "email", 100)]),
        ("UPDATE users SET email = 'u' || 101 - id || '@example.com'", [("public.users", None, 100)]),
    ],
)  # fmt: skip
def test_losses_are_counted(database: Database, sql: str, lost: list[tuple[str, str | None, int]]):
    run(database, USERS)
    assert losses(database, sql) == lost


def test_values_cut_by_a_type_and_brought_back(database: Database):
    run(
        database,
        "CREATE TABLE t (at timestamptz, n numeric); INSERT INTO t VALUES (now(), 1.25), ('2020-01-01', 3)",
    )
    up_and_down = """
        ALTER TABLE t ALTER at TYPE date, ALTER n TYPE int;
        ALTER TABLE t ALTER at TYPE timestamptz, ALTER n TYPE numeric;
    """
    run(database, "ALTER DATABASE CURRENT SET TimeZone = 'UTC'".replace("CURRENT", database.name))
    assert losses(database, up_and_down) == [("public.t", "at", 1), ("public.t", "n", 1)]


def test_types_that_cannot_be_compared_are_hashed_by_their_text(database: Database):
    run(
        database,
        """
        CREATE TABLE t (a json, b tsquery, c point, d float8, e int[], f bytea, g char(5));
        INSERT INTO t VALUES ('{"a": 1}', 'a & b', '(1,2)', 'NaN', '{1,NULL}', 'x', 'ab');
        """,
    )
    assert losses(
        database, "UPDATE t SET a = '{}', b = 'a | b', c = '(1,3)', d = 1, e = '{1}', f = 'y', g = 'ac'"
    ) == [("public.t", column, 1) for column in "abcdefg"]


def test_case_counts_under_a_collation_that_ignores_it(database: Database):
    try:
        run(
            database,
            "CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        )
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this server was built without ICU")
    run(database, "CREATE TABLE t (a text COLLATE nocase); INSERT INTO t VALUES ('a')")
    assert losses(database, "UPDATE t SET a = 'A'") == [("public.t", "a", 1)]


def test_rows_move_between_partitions_unnoticed_but_not_away(database: Database):
    run(
        database,
        """
        CREATE TABLE p (id int) PARTITION BY RANGE (id);
        CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
        CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
        INSERT INTO p SELECT generate_series(0, 19);
        """,
    )
    merge = """
        ALTER TABLE p DETACH PARTITION p1; ALTER TABLE p DETACH PARTITION p2;
        CREATE TABLE p12 PARTITION OF p FOR VALUES FROM (0) TO (20); INSERT INTO p SELECT * FROM p1;
    """
    assert losses(database, merge) == [("public.p", None, 10)]
    assert losses(database, "INSERT INTO p SELECT * FROM p2") == []


def test_a_parent_and_its_children_by_inheritance_are_apart(database: Database):
    run(
        database,
        "CREATE TABLE a (id int); CREATE TABLE b () INHERITS (a); INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)",
    )
    assert losses(database, "DELETE FROM b") == [("public.b", None, 1)]


def test_forced_row_security_hides_nothing_and_stays(database: Database):
    run(
        database,
        USERS + "ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY few ON users USING (id < 10)",
    )
    assert fingerprint(database).tables["public.users"].rows == 100
    assert one(database, "SELECT count(*) FROM users") == 9


def test_a_table_that_app_may_not_read_is_named(database: Database):
    run(database, USERS)
    before = fingerprint(database)
    run(database, "REVOKE ALL ON users FROM CURRENT_USER")
    after = fingerprint(database)
    assert after.unread == (("public.users", "permission denied for table users"),)
    assert compare(before, after) == ()


def test_generated_columns(server: Server, database: Database):
    virtual = "VIRTUAL" if server.version >= 180000 else "STORED"
    run(
        database,
        f"CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) {virtual}, c int GENERATED ALWAYS AS (a) STORED);"
        "INSERT INTO t VALUES (1)",
    )
    assert losses(database, "SELECT 1") == []
    assert losses(database, "UPDATE t SET a = 2")[0] == ("public.t", "a", 1)


def test_odd_tables(database: Database):
    run(
        database,
        """
        CREATE TABLE "a.b""c" ("x%s" text, "select" int); INSERT INTO "a.b""c" VALUES ('{n}', 1);
        CREATE TABLE nothing (); INSERT INTO nothing DEFAULT VALUES;
        CREATE TABLE empty (id int);
        CREATE VIEW v AS SELECT * FROM empty;
        """,
    )
    found = fingerprint(database)
    assert {name: table.rows for name, table in found.tables.items()} == {
        'public.a.b"c': 1, "public.nothing": 1, "public.empty": 0,
    }  # fmt: skip
    assert losses(database, "DELETE FROM nothing") == [("public.nothing", None, 1)]
