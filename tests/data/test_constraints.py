"""Schemas whose constraints leave little room: every table gets rows, and PostgreSQL accepts all of them."""

import pytest
from ground import filled, one, run

from checks.data import fill
from checks.sandbox.server import Database, Server

CHECKS = {
    "a list of words": "kind text NOT NULL CHECK (kind IN ('new', 'paid', 'it''s over'))",
    "a range of numbers": "n int NOT NULL CHECK (n BETWEEN 40 AND 42)",
    "a range of fractions": "share numeric(4, 3) NOT NULL CHECK (share > 0.25 AND share < 0.5)",
    "negative numbers": "n bigint NOT NULL CHECK (n < -5000000000)",
    "a length": "code text NOT NULL CHECK (char_length(code) = 64)",
    "a length of bytes": "digest bytea NOT NULL CHECK (octet_length(digest) = 32)",
    "a pattern": "code varchar(12) NOT NULL CHECK (code ~ '^[A-Z]{3}-[0-9]{4}$')",
    "a pattern with classes": r"code text NOT NULL CHECK (code ~ '^\d+(\.\d{2})?[[:upper:]]$')",
    "a LIKE": "url text NOT NULL CHECK (url LIKE 'ftp://%/x_y')",
    "an e-mail": "m text NOT NULL CHECK (m ~* '^[a-z0-9._%-]+@[a-z0-9.-]+[.][a-z]+$')",
    "lower case only": "slug text NOT NULL CHECK (slug = lower(slug) AND slug <> '')",
    "one column after another": "a timestamptz NOT NULL, b timestamptz NOT NULL, CHECK (b > a)",
    "one number above another": "low int NOT NULL, high int NOT NULL, CHECK (low < high)",
    "exactly one of five": "a int, b int, c int, d int, e int, CHECK (num_nonnulls(a, b, c, d, e) = 1)",
    "together or not at all": "a int, b text, CHECK ((a IS NULL) = (b IS NULL))",
    "a kind of JSON": "j jsonb NOT NULL CHECK (jsonb_typeof(j) = 'array')",
    "dates in a year": "d date NOT NULL CHECK (d >= '1999-01-01' AND d < '2000-01-01')",
    "words of an array": "tags text[] NOT NULL CHECK (tags <@ ARRAY['a', 'b'] AND cardinality(tags) > 0)",
    "a generated column": "a int NOT NULL, b int GENERATED ALWAYS AS (a * 2) STORED CHECK (b > 10 AND b < 30)",
    "a division that may raise": "a int NOT NULL, b int NOT NULL, CHECK (a / b > 1)",
    "a check that reads the row": "a int NOT NULL, b int NOT NULL, CHECK (row(a, b) IS NOT NULL AND a <> b)",
}


@pytest.mark.parametrize("columns", CHECKS.values(), ids=CHECKS)
def test_check(database: Database, columns: str):
    result = filled(database, f"CREATE TABLE t (id int PRIMARY KEY, {columns})")
    assert result.rows["public.t"] >= 5


def test_literals_of_a_check_function(database: Database):
    filled(
        database,
        """
        CREATE FUNCTION known(t text) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT t IN ('xyzzy', 'plugh') $$;
        CREATE TABLE t (word text NOT NULL CHECK (known(word)));
        """,
    )
    assert one(database, "SELECT count(DISTINCT word) FROM t") == 2


def test_checks_on_the_whole_row(database: Database):
    filled(
        database,
        """
        CREATE TABLE t (a int NOT NULL, b int NOT NULL);
        CREATE FUNCTION fine(t) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT $1.a >= $1.b $$;
        ALTER TABLE t ADD CHECK (fine(t.*));
        """,
    )


UNIQUE = {
    "two columns": "a int NOT NULL, b text NOT NULL, UNIQUE (a, b)",
    "two values alone": "a bool NOT NULL UNIQUE",
    "NULLs": "a int UNIQUE",
    "deferrable": "a int NOT NULL, b bool NOT NULL, UNIQUE (a) DEFERRABLE INITIALLY DEFERRED, UNIQUE (b) DEFERRABLE",
    "a short code": "a char(2) NOT NULL UNIQUE",
    "a few numbers": "a smallint NOT NULL UNIQUE CHECK (a BETWEEN 1 AND 7)",
    "a day": "a date NOT NULL UNIQUE, b time NOT NULL UNIQUE, c interval NOT NULL UNIQUE",
}


@pytest.mark.parametrize("columns", UNIQUE.values(), ids=UNIQUE)
def test_unique(database: Database, columns: str):
    filled(database, f"CREATE TABLE t ({columns})")


def test_unique_expressions_and_predicates(database: Database):
    result = filled(
        database,
        """
        CREATE TABLE t (a text NOT NULL, b int NOT NULL, at timestamp NOT NULL, flag bool NOT NULL, j jsonb NOT NULL);
        CREATE UNIQUE INDEX ON t (lower(a));
        CREATE UNIQUE INDEX ON t (b) WHERE flag;
        CREATE UNIQUE INDEX ON t (date_trunc('day', at), abs(b));
        CREATE UNIQUE INDEX ON t ((j ->> 'number'));
        """,
    )
    assert result.rows["public.t"] >= 40


def test_deferred_unique_keys_hold(database: Database):
    filled(database, f"CREATE TABLE t ({UNIQUE['deferrable']})")
    assert one(database, "SELECT count(*) - count(DISTINCT a) FROM t") == 0
    assert one(database, "SELECT count(*) FROM t") == 2


def test_overlapping_ranges_are_excluded(server: Server, database: Database):
    scalar = "room WITH =, " if "btree_gist" in server.extensions else ""
    extension = "CREATE EXTENSION btree_gist;" if scalar else ""
    result = filled(
        database,
        f"""
        {extension}
        CREATE TABLE t (room int NOT NULL, at tstzrange NOT NULL, EXCLUDE USING gist ({scalar}at WITH &&));
        CREATE TABLE later (a timestamptz NOT NULL, b timestamptz NOT NULL, CHECK (a < b),
                            EXCLUDE USING gist (tstzrange(a, b) WITH &&) DEFERRABLE);
        """,
    )
    assert result.rows["public.t"] >= 20


def test_domains_over_domains(database: Database):
    filled(
        database,
        """
        CREATE DOMAIN word AS text CHECK (VALUE <> 'VALUE') NOT NULL;
        CREATE DOMAIN code AS word CHECK (VALUE ~ '^[a-f]{6}$');
        CREATE DOMAIN share AS numeric(3, 2) CHECK (VALUE >= 0 AND VALUE <= 1);
        CREATE DOMAIN many AS int[] CHECK (cardinality(VALUE) < 5);
        CREATE TABLE t (a code, b share NOT NULL, c code[] NOT NULL, d many NOT NULL, e code UNIQUE);
        """,
    )


def test_partitions_of_every_kind(database: Database):
    result = filled(
        database,
        """
        CREATE TABLE by_range (id bigint NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE TABLE by_range_1 PARTITION OF by_range FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
        CREATE TABLE by_range_2 PARTITION OF by_range FOR VALUES FROM ('2020-01-01') TO ('2020-01-02');
        CREATE TABLE by_range_3 PARTITION OF by_range DEFAULT;
        CREATE TABLE by_list (kind text) PARTITION BY LIST (kind);
        CREATE TABLE by_list_1 PARTITION OF by_list FOR VALUES IN ('a', NULL);
        CREATE TABLE by_list_2 PARTITION OF by_list FOR VALUES IN ('b''c') PARTITION BY HASH (kind);
        CREATE TABLE by_list_2_0 PARTITION OF by_list_2 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
        CREATE TABLE by_hash (id uuid PRIMARY KEY) PARTITION BY HASH (id);
        CREATE TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 8, REMAINDER 0);
        CREATE TABLE by_hash_7 PARTITION OF by_hash FOR VALUES WITH (MODULUS 8, REMAINDER 7);
        CREATE TABLE by_number (n int, m int) PARTITION BY RANGE (n, m);
        CREATE TABLE by_number_1 PARTITION OF by_number FOR VALUES FROM (5, 10) TO (6, MAXVALUE);
        CREATE TABLE child (id uuid NOT NULL REFERENCES by_hash, at timestamptz, n bigint,
                            FOREIGN KEY (n, at) REFERENCES by_range);
        """,
    )
    assert result.rows["public.by_range"] == one(database, "SELECT count(*) FROM by_range")
    assert result.rows["public.by_list_2_0"] > 0


def test_a_partitioned_table_without_partitions_is_named(database: Database):
    run(database, "CREATE TABLE p (id int) PARTITION BY RANGE (id)")
    assert fill(database, 5).unfilled == (("public.p", "it has no partition that could hold a row"),)


def test_inheritance(database: Database):
    filled(
        database,
        """
        CREATE TABLE animal (id int PRIMARY KEY, name text CHECK (name <> 'x'));
        CREATE TABLE dog (breed text NOT NULL, PRIMARY KEY (id)) INHERITS (animal);
        CREATE TABLE bite (animal_id int NOT NULL REFERENCES animal, dog_id int NOT NULL REFERENCES dog);
        """,
    )


KEYS = {
    "to itself": "CREATE TABLE t (id int PRIMARY KEY, parent_id int REFERENCES t, CHECK (parent_id <> id));",
    "to itself, not null": "CREATE TABLE t (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES t);",
    "to itself within a tenant": """
        CREATE TABLE tenant (id int PRIMARY KEY);
        CREATE TABLE t (tenant_id int NOT NULL REFERENCES tenant, id int NOT NULL, up int NOT NULL,
                        PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, up) REFERENCES t);
    """,
    "a cycle with a gap": """
        CREATE TABLE a (id int PRIMARY KEY, b_id int);
        CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a);
        ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;
    """,
    "a closed cycle": """
        CREATE TABLE a (id bigserial PRIMARY KEY, b_id uuid NOT NULL);
        CREATE TABLE b (id uuid PRIMARY KEY, c_id int NOT NULL);
        CREATE TABLE c (id int PRIMARY KEY, a_id bigint NOT NULL REFERENCES a DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE d (a_id bigint NOT NULL REFERENCES a);
        ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b DEFERRABLE;
        ALTER TABLE b ADD FOREIGN KEY (c_id) REFERENCES c DEFERRABLE;
    """,
    "one to one": """
        CREATE TABLE a (id int PRIMARY KEY);
        CREATE TABLE b (id int PRIMARY KEY REFERENCES a);
        CREATE TABLE c (id int PRIMARY KEY REFERENCES b, a_id int NOT NULL UNIQUE REFERENCES a);
    """,
    "two parents for one column": """
        CREATE TABLE a (id int PRIMARY KEY);
        CREATE TABLE b (id int PRIMARY KEY, x text);
        CREATE TABLE t (id int NOT NULL REFERENCES a REFERENCES b);
    """,
    "two keys that share a column": """
        CREATE TABLE tenant (id int PRIMARY KEY);
        CREATE TABLE a (tenant_id int REFERENCES tenant, id int, PRIMARY KEY (tenant_id, id));
        CREATE TABLE b (tenant_id int REFERENCES tenant, id int, PRIMARY KEY (tenant_id, id));
        CREATE TABLE t (tenant_id int NOT NULL REFERENCES tenant, a_id int NOT NULL, b_id int,
                        FOREIGN KEY (tenant_id, a_id) REFERENCES a, FOREIGN KEY (tenant_id, b_id) REFERENCES b);
    """,
    "many to many": """
        CREATE TABLE a (id int PRIMARY KEY);
        CREATE TABLE b (name text PRIMARY KEY);
        CREATE TABLE a_b (a_id int REFERENCES a, b_name text REFERENCES b, PRIMARY KEY (a_id, b_name));
    """,
    "all or nothing": """
        CREATE TABLE a (x int, y int, PRIMARY KEY (x, y));
        CREATE TABLE t (id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES a MATCH FULL);
    """,
    "not to the primary key": """
        CREATE TABLE a (id int PRIMARY KEY, code varchar(5) NOT NULL UNIQUE);
        CREATE TABLE t (code varchar(5) NOT NULL REFERENCES a (code) ON UPDATE CASCADE, id int REFERENCES a);
    """,
    "a pair of timestamps": """
        CREATE TABLE a (at timestamptz, n numeric, PRIMARY KEY (at, n));
        CREATE TABLE t (at timestamptz NOT NULL, n numeric NOT NULL, FOREIGN KEY (at, n) REFERENCES a);
    """,
}


@pytest.mark.parametrize("schema", KEYS.values(), ids=KEYS)
def test_foreign_keys(database: Database, schema: str):
    result = filled(database, schema)
    assert all(count >= 5 for count in result.rows.values()), result.rows


def test_references_to_itself_lead_to_other_rows_too(database: Database):
    filled(database, KEYS["to itself"])
    assert one(database, "SELECT count(*) FROM t WHERE parent_id IS NOT NULL") > 3


def test_a_table_without_columns_and_one_with_defaults_only(database: Database):
    filled(
        database,
        "CREATE TABLE nothing (); CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY);",
    )


def test_indexes_that_make_rows_raise(database: Database):
    filled(
        database,
        r"""
        CREATE TABLE division (a int NOT NULL); CREATE INDEX ON division ((10 / a));
        CREATE TABLE numerals (a text); CREATE INDEX ON numerals ((a::int)) WHERE a ~ '^\d+$';
        CREATE TABLE long (a varchar(70000) UNIQUE, b text UNIQUE, c bytea UNIQUE);
        CREATE TABLE many (a jsonb, b tsvector, c int[]);
        CREATE INDEX ON many USING gin (a); CREATE INDEX ON many USING gin (b); CREATE INDEX ON many USING gin (c);
        """,
    )


def test_what_came_with_postgresql_18(server: Server, database: Database):
    if server.version < 180000:
        pytest.skip("needs PostgreSQL 18")
    filled(
        database,
        """
        CREATE TABLE v (a int NOT NULL, b int GENERATED ALWAYS AS (a * 2) VIRTUAL CHECK (b > 10 AND b < 40),
                        c int GENERATED ALWAYS AS (a + 1) VIRTUAL NOT NULL);
        CREATE TABLE stays (id int4range, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS));
        CREATE TABLE meals (id int4range NOT NULL, at daterange NOT NULL,
                            FOREIGN KEY (id, PERIOD at) REFERENCES stays (id, PERIOD at));
        CREATE TABLE unforced (a int CHECK (a > 5) NOT ENFORCED);
        CREATE TABLE unproven (a int); ALTER TABLE unproven ADD CONSTRAINT given NOT NULL a NOT VALID;
        """,
    )


@pytest.mark.parametrize("rows", [1, 2, 3_000])
def test_few_rows_and_many(database: Database, rows: int):
    run(
        database,
        KEYS["a closed cycle"]
        + """
        CREATE TABLE x (id int PRIMARY KEY, x_id int REFERENCES x);
        CREATE TABLE y (id int PRIMARY KEY REFERENCES x, word text NOT NULL CHECK (word IN ('a', 'b')));
        CREATE TABLE z (x_id int REFERENCES x, y_id int REFERENCES y, PRIMARY KEY (x_id, y_id));
        """,
    )
    result = fill(database, rows)
    assert result.unfilled == ()
    assert result.rows["public.z"] >= rows / 2
