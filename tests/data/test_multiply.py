"""Many rows out of the synthetic ones, which every constraint of the schema still holds for."""

from __future__ import annotations

from ground import broken_keys, filled, one, run

from checks.data import Follow, multiply
from checks.sandbox.server import Database
from checks.settings import Settings

SHOP = """
CREATE TYPE state AS ENUM ('open', 'paid');
CREATE TABLE tenants (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE users (
    id bigserial PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenants, email varchar(80) NOT NULL UNIQUE,
    code text CHECK (code = upper(code)), born date, state state, meta jsonb, tags text[], UNIQUE (tenant_id, id));
CREATE TABLE orders (
    id uuid PRIMARY KEY, tenant_id bigint NOT NULL, user_id bigint NOT NULL, total numeric(10, 2) CHECK (total >= 0),
    created_at timestamptz NOT NULL, note text, parent uuid REFERENCES orders,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id));
CREATE TABLE members (user_id bigint REFERENCES users, tenant_id bigint REFERENCES tenants, PRIMARY KEY (user_id, tenant_id));
CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users, bio text, size int GENERATED ALWAYS AS (length(bio)) STORED);
CREATE TABLE events (id bigint, at timestamptz NOT NULL, kind int, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2026-01-01');
"""


def test_copies_keep_unique_and_foreign_keys_of_all_kinds(database: Database) -> None:
    filled(database, SHOP)
    wanted = {"public.tenants": 200, "public.users": 1_000, "public.orders": 3_000}
    wanted |= {"public.members": 500, "public.profiles": 500, "public.events": 1_000}
    found = multiply(database, wanted, Settings(), 10)
    assert found.refused == {}
    assert {name: found.rows[name] >= rows / 2 for name, rows in wanted.items()} == dict.fromkeys(
        wanted, True
    )
    assert broken_keys(database) == []
    assert one(database, "SELECT count(*) FROM orders") == found.rows["public.orders"]
    assert one(database, "SELECT count(DISTINCT user_id) FROM orders") > 200
    assert one(database, "SELECT count(DISTINCT note) FROM orders") > 1_000


def test_copies_of_a_partition_stay_where_its_bound_holds_them(database: Database) -> None:
    filled(
        database,
        "CREATE TABLE t (id bigint, part int, PRIMARY KEY (id, part)) PARTITION BY LIST (part);"
        "CREATE TABLE t0 PARTITION OF t FOR VALUES IN (0); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
    )
    found = multiply(database, {"public.t": 800}, Settings(), 10)
    assert found.rows["public.t"] >= 400 and found.refused == {}


def test_copies_follow_a_foreign_key_that_is_not_there_yet(database: Database) -> None:
    schema = "CREATE TABLE shops (id int PRIMARY KEY); CREATE TABLE sales (id int, shop_id int, size int)"
    filled(database, schema)
    run(database, "UPDATE sales SET shop_id = (SELECT min(id) FROM shops WHERE id > 1000)")
    follow = Follow("public.sales", ("shop_id",), "public.shops", ("id",))
    multiply(
        database,
        {"public.shops": 600, "public.sales": 600},
        Settings(),
        10,
        follows=[follow],
        fixed=["size"],
    )
    run(database, "ALTER TABLE sales ADD FOREIGN KEY (shop_id) REFERENCES shops")
    assert one(database, "SELECT count(DISTINCT shop_id) FROM sales") >= 8
    assert one(database, "SELECT count(DISTINCT size) FROM sales") < 40


def test_a_table_that_takes_no_copy_says_why(database: Database) -> None:
    run(database, "CREATE TABLE flags (is_on boolean NOT NULL, a int)")
    run(database, "INSERT INTO flags VALUES (true, 1)")
    run(database, "CREATE UNIQUE INDEX ON flags (is_on); ALTER TABLE flags ADD CHECK (a < 2)")
    found = multiply(database, {"public.flags": 100}, Settings(), 10)
    assert found.rows == {"public.flags": 1}
