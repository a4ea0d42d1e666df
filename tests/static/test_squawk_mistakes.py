"""Where squawk 2.70 is wrong (its own binary was asked), and what is said here: when the file is read, and when it is run."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from checks.examples.running import change_of, findings, script_of
from checks.rules import all_rules
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.static import check, check_change

STRICT = Settings(preset="strict")
SETUP = """
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20), n integer, state text);
INSERT INTO users SELECT n, 'user' || n, n, 'open' FROM generate_series(1, 50) n;
CREATE TABLE parts (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE part (day date NOT NULL);
INSERT INTO part SELECT '2030-01-01'::date + n FROM generate_series(1, 20) n;
CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM users;
CREATE TYPE state AS ENUM ('open');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
ALTER TABLE users ADD CONSTRAINT users_n CHECK (n > 0) NOT VALID;
"""
REWRITES = {
    "add-column-volatile-default",
    "add-column-stored-generated",
    "table-rewrite",
    "column-type-rewrite",
}
LOCKS = {"index-without-concurrently", "unique-without-using-index", "check-without-not-valid"}
ALONE = ", outside a transaction"


@dataclass(frozen=True)
class Case:
    squawk: str
    """What it says, or does not say."""
    sql: str
    rule: str = ""
    """What is found here; "" when nothing of ``never`` may be."""
    never: frozenset[str] = frozenset()
    apart: bool = False
    """It cannot stand in a transaction."""
    since: int = 0

    @property
    def is_harmless(self) -> bool:
        """It changes no rows, and nothing that the others stand on."""
        words = ("UPDATE users", "DELETE", "TRUNCATE", "ADD VALUE", "UNLOGGED")
        return not self.apart and not any(word in self.sql for word in words)


FALSE_ALARMS = [
    Case("adding-field-with-default: -1", "ALTER TABLE users ADD COLUMN a int DEFAULT -1"),
    Case(
        "adding-field-with-default: current_date", "ALTER TABLE users ADD COLUMN b date DEFAULT current_date"
    ),
    Case("adding-field-with-default: lower", "ALTER TABLE users ADD COLUMN c text DEFAULT lower('A')"),
    Case(
        "adding-field-with-default: now",
        "ALTER TABLE users ADD COLUMN d timestamptz DEFAULT pg_catalog.now()",
    ),
    Case("adding-field-with-default: null", "ALTER TABLE users ADD COLUMN e int DEFAULT (null)"),
    Case(
        "adding-field-with-default: virtual",
        "ALTER TABLE users ADD COLUMN f int GENERATED ALWAYS AS (n + 1) VIRTUAL",
        since=180000,
    ),
    Case("changing-column-type: wider", "ALTER TABLE users ALTER COLUMN name TYPE varchar(40)"),
    Case("changing-column-type: text", "ALTER TABLE users ALTER COLUMN name TYPE text"),
    Case(
        "not-null, type and required column on a table of the same transaction",
        "CREATE TABLE g (id bigint PRIMARY KEY, n int); ALTER TABLE g ALTER COLUMN n SET NOT NULL; "
        "ALTER TABLE g ALTER COLUMN n TYPE bigint; ALTER TABLE g ADD COLUMN m int NOT NULL",
        never=REWRITES | {"set-not-null-without-check", "required-column-without-default"},
    ),
    Case(
        "index and constraint rules on a table of the same file without BEGIN",
        "CREATE TABLE h (id bigint PRIMARY KEY, n int); CREATE INDEX h_n ON h (n); "
        "ALTER TABLE h ADD CONSTRAINT h_c CHECK (n > 0); ALTER TABLE h ADD CONSTRAINT h_u UNIQUE (n)",
        never=frozenset(LOCKS),
        apart=True,
    ),
]
MISSED = [
    Case(
        "fk inside create table",
        "CREATE TABLE k (id bigint PRIMARY KEY, u bigint REFERENCES users (id))",
        "lock-timeout-missing",
    ),
    Case(
        "array[random()]",
        "ALTER TABLE users ADD COLUMN i float8[] DEFAULT array[random()]",
        "add-column-volatile-default",
    ),
    Case("bigserial", "ALTER TABLE users ADD COLUMN j bigserial", "add-column-serial"),
    Case(
        "attach partition",
        "ALTER TABLE parts ATTACH PARTITION part FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
        "partition-attach-scan",
    ),
    Case("DO block", "DO $$ BEGIN CREATE INDEX users_n_1 ON users (n); END $$", "index-without-concurrently"),
    Case(
        "function body",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN CREATE INDEX users_n_2 ON users (n); END'; SELECT f()",
        "index-without-concurrently",
    ),
    Case("update without where", "UPDATE users SET state = 'x'", "unbatched-dml"),
    Case("delete without where", "DELETE FROM part", "unbatched-dml"),
    Case("refresh", "REFRESH MATERIALIZED VIEW totals", "refresh-without-concurrently"),
    Case("vacuum full", "VACUUM FULL users", "vacuum-full-or-cluster", apart=True),
    Case("cluster", "CLUSTER users USING users_pkey", "vacuum-full-or-cluster"),
    Case("lock table", "LOCK TABLE users IN ACCESS EXCLUSIVE MODE", "lock-table"),
    Case(
        "create trigger",
        "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
        "trigger-on-live-table",
    ),
    Case("grant", "GRANT SELECT ON users TO PUBLIC", "grant-to-public"),
    Case(
        "an unrelated VALIDATE silences SET NOT NULL",
        "ALTER TABLE users VALIDATE CONSTRAINT users_n; ALTER TABLE users ALTER COLUMN state SET NOT NULL",
        "set-not-null-without-check",
    ),
    Case(
        "wrong advice for UNIQUE",
        "ALTER TABLE users ADD CONSTRAINT u UNIQUE (n)",
        "unique-without-using-index",
    ),
    Case("truncate", "TRUNCATE part", "truncate"),
    Case(
        "enum value used in its transaction",
        "ALTER TYPE state ADD VALUE 'gone'; ALTER TABLE users ADD COLUMN l state DEFAULT 'gone'",
        "enum-value-in-same-transaction",
    ),
    Case("set unlogged", "ALTER TABLE part SET UNLOGGED", "storage-change-rewrite"),
]
CASES = [*MISSED[:1], *FALSE_ALARMS, *MISSED[1:]]
"""The first lock of all comes first, for a missing timeout is told once in a migration."""
READ_ONLY = [
    Case("set tablespace", "ALTER TABLE users SET TABLESPACE fast", "storage-change-rewrite"),
    Case("set access method", "ALTER TABLE users SET ACCESS METHOD columnar", "storage-change-rewrite"),
    Case(
        "wrong advice for PRIMARY KEY", "ALTER TABLE k ADD PRIMARY KEY (n)", "primary-key-without-using-index"
    ),
    Case(
        "wrong advice for EXCLUDE",
        "ALTER TABLE k ADD EXCLUDE USING gist (r WITH &&)",
        "exclusion-constraint-on-live-table",
    ),
]
"""A bundled server has no second tablespace or access method."""


def text(case: Case) -> str:
    return f"-- migration 1{ALONE if case.apart else ''}\n{case.sql};\n"


def expect(case: Case, found: set[str]) -> None:
    never = case.never or (REWRITES if not case.rule else frozenset())
    assert not found & never
    assert not case.rule or case.rule in found
    if "UNIQUE" in case.squawk or "EXCLUDE" in case.squawk or "PRIMARY" in case.squawk:
        assert "check-without-not-valid" not in found


@pytest.mark.parametrize("case", [*CASES, *READ_ONLY], ids=lambda case: case.squawk)
def test_read(case: Case) -> None:
    change = change_of(text(case))
    expect(case, {finding.rule for finding in check_change(change, STRICT, script_of("setup.sql", SETUP))})


@pytest.mark.parametrize(
    "case", [one for one in [*CASES, *READ_ONLY] if one.rule], ids=lambda case: case.squawk
)
def test_read_without_any_context(case: Case) -> None:
    sql = case.sql if case.apart else f"BEGIN; {case.sql}; COMMIT"
    expect(case, {finding.rule for finding in check({"a.sql": sql}, STRICT).findings})


def test_run(database: Database) -> None:
    """Those that do not touch each other are the lines of one migration, each of the others is one of its own."""
    known = [one for one in CASES if database.server.version >= one.since]
    together = [one for one in known if one.is_harmless]
    others = [one for one in known if not one.is_harmless]
    lines = "".join(f"{one.sql};\n" for one in together)
    rest = "".join(
        text(one).replace("migration 1", f"migration {number}", 1)
        for number, one in enumerate(others, start=2)
    )
    found = findings(database, f"-- migration 1\n{lines}{rest}", SETUP, STRICT)
    for line, case in enumerate(together, start=1):
        expect(case, {one.rule for one in found if one.path.endswith("/1.sql") and one.line == line})
    for number, case in enumerate(others, start=2):
        expect(case, {one.rule for one in found if one.path.endswith(f"/{number}.sql")})


def test_the_rules_that_are_named_exist() -> None:
    named = {one.rule for one in [*CASES, *READ_ONLY] if one.rule} | REWRITES | LOCKS
    assert named <= all_rules().keys()
