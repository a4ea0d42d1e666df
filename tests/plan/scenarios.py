"""What authors write, on tables with rows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Scenario:
    name: str
    setup: str
    author: str
    staged: bool = True
    """Whether there is a recipe; else the statement stays as it is, and the plan says so."""
    fill: str = ""
    """What a person writes where the plan has a step without SQL."""
    wanted: str = ""
    """What the author would have to write for it to get through, where it does not as it is."""
    works: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Phase → what applications run behind it, old and new code alike."""


TABLE = "CREATE TABLE {name} (id bigint PRIMARY KEY, a text, b text NOT NULL DEFAULT 'b');"
ROWS = "INSERT INTO {name} SELECT n, 'a' || n FROM generate_series(1, 2500) n;"


def scenario(name: str, author: str, setup: str = "", **more: object) -> Scenario:
    table = (TABLE + ROWS).format(name=name)
    return Scenario(name, table + setup.format(t=name), author.format(t=name), **more)  # type: ignore[arg-type]


SCENARIOS = (
    scenario("s_index", "CREATE INDEX s_index_a ON {t} (a) WHERE a > 'a1';"),
    scenario("s_unnamed_index", "CREATE INDEX ON {t} (lower(a), b DESC);"),
    scenario("s_drop_index", "DROP INDEX s_drop_index_a;", "CREATE INDEX s_drop_index_a ON {t} (a);"),
    scenario("s_not_null", "ALTER TABLE {t} ALTER COLUMN a SET NOT NULL;"),
    scenario(
        "s_not_null_fails",
        "ALTER TABLE {t} ALTER COLUMN a SET NOT NULL;",
        "UPDATE {t} SET a = NULL WHERE id < 5;",
        fill="UPDATE s_not_null_fails SET a = '' WHERE a IS NULL",
        wanted="UPDATE s_not_null_fails SET a = '' WHERE a IS NULL; ALTER TABLE s_not_null_fails ALTER COLUMN a SET NOT NULL",
    ),
    scenario(
        "s_required",
        "ALTER TABLE {t} ADD COLUMN c char(3) NOT NULL;",
        fill="UPDATE s_required SET c = 'EUR' WHERE c IS NULL",
        wanted="ALTER TABLE s_required ADD COLUMN c char(3); UPDATE s_required SET c = 'EUR'; "
        "ALTER TABLE s_required ALTER COLUMN c SET NOT NULL",
        works={
            "expand": (
                "INSERT INTO s_required (id) VALUES (-1)",
                "INSERT INTO s_required (id, c) VALUES (-2, 'x')",
            )
        },
    ),
    scenario(
        "s_volatile",
        "ALTER TABLE {t} ADD COLUMN c uuid NOT NULL DEFAULT gen_random_uuid();",
        works={"expand": ("INSERT INTO s_volatile (id) VALUES (-1)",)},
    ),
    scenario(
        "s_serial",
        "ALTER TABLE {t} ADD COLUMN c serial;",
        works={
            "expand": ("INSERT INTO s_serial (id) VALUES (-1)", "UPDATE s_serial SET a = 'x' WHERE id < 9")
        },
    ),
    scenario("s_identity", "ALTER TABLE {t} ADD COLUMN c bigint GENERATED ALWAYS AS IDENTITY;"),
    Scenario(
        "s_attach",
        "CREATE TABLE s_attach (n int, a text) PARTITION BY RANGE (n); CREATE TABLE s_rest PARTITION OF s_attach DEFAULT;"
        "INSERT INTO s_attach VALUES (-1); CREATE TABLE s_1 (n int, a text); INSERT INTO s_1 VALUES (1), (9);",
        "ALTER TABLE s_attach ATTACH PARTITION s_1 FOR VALUES FROM (1) TO (10);",
        works={"expand": ("INSERT INTO s_1 VALUES (2)", "INSERT INTO s_attach VALUES (-2)")},
    ),
    Scenario(
        "s_detach",
        "CREATE TABLE s_detach (n int, a text) PARTITION BY RANGE (n); CREATE TABLE s_2 PARTITION OF s_detach FOR VALUES FROM (1) TO (9);"
        "INSERT INTO s_detach VALUES (1), (2);",
        "ALTER TABLE s_detach DETACH PARTITION s_2;",
    ),
    scenario("s_check", "ALTER TABLE {t} ADD CONSTRAINT s_positive CHECK (id > 0);"),
    scenario("s_unnamed_check", "ALTER TABLE {t} ADD CHECK (id > 0 AND a <> '');"),
    scenario(
        "s_foreign_key",
        "ALTER TABLE {t} ADD CONSTRAINT s_parent FOREIGN KEY (p) REFERENCES s_foreign_key_parent (id) ON DELETE CASCADE;",
        "CREATE TABLE {t}_parent (id bigint PRIMARY KEY); INSERT INTO {t}_parent VALUES (1);"
        "ALTER TABLE {t} ADD COLUMN p bigint DEFAULT 1;",
    ),
    scenario("s_unique", "ALTER TABLE {t} ADD CONSTRAINT s_unique_key UNIQUE (a, b);"),
    scenario("s_unnamed_unique", "ALTER TABLE {t} ADD UNIQUE (a) DEFERRABLE;"),
    scenario("s_unique_index", "CREATE UNIQUE INDEX s_unique_index_a ON {t} (a);"),
    Scenario(
        "s_primary",
        "CREATE TABLE s_primary (id bigint, a text); INSERT INTO s_primary SELECT n, '' FROM generate_series(1, 50) n;",
        "ALTER TABLE s_primary ADD PRIMARY KEY (id);",
    ),
    scenario(
        "s_rename_column",
        'ALTER TABLE {t} RENAME COLUMN a TO "Name";',
        "CREATE INDEX ON {t} (a); ALTER TABLE {t} ADD CHECK (a <> 'x');",
        works={
            "expand": (
                "INSERT INTO s_rename_column (id, a) VALUES (-1, 'old')",
                "INSERT INTO s_rename_column (id, \"Name\") VALUES (-2, 'new')",
                "UPDATE s_rename_column SET a = 'older' WHERE \"Name\" = 'old'",
                "INSERT INTO s_rename_column (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 'kept'",
            )
        },
    ),
    scenario(
        "s_rename_table",
        "ALTER TABLE {t} RENAME TO s_renamed;",
        works={
            "expand": (
                "INSERT INTO s_rename_table (id) VALUES (-1)",
                "INSERT INTO s_renamed (id) VALUES (-2)",
            )
        },
    ),
    scenario(
        "s_drop_column",
        "ALTER TABLE {t} DROP COLUMN c, ADD COLUMN d int;",
        "ALTER TABLE {t} ADD COLUMN c int NOT NULL DEFAULT 1; ALTER TABLE {t} ALTER COLUMN c DROP DEFAULT;",
        works={
            "expand": (
                "INSERT INTO s_drop_column (id) VALUES (-1)",
                "UPDATE s_drop_column SET c = 1 WHERE id = -1",
            )
        },
    ),
    scenario("s_drop_table", "DROP TABLE {t} CASCADE;", "CREATE VIEW {t}_view AS SELECT a FROM {t};"),
    scenario(
        "s_change_type",
        "ALTER TABLE {t} ALTER COLUMN n TYPE numeric(12, 2);",
        "ALTER TABLE {t} ADD COLUMN n integer; UPDATE {t} SET n = id;",
        works={
            "expand": ("INSERT INTO s_change_type (id, n) VALUES (-1, 5)",),
            "switch": ("INSERT INTO s_change_type (id, n) VALUES (-2, 7.25)",),
        },
    ),
    scenario(
        "s_change_type_using",
        "ALTER TABLE {t} ALTER COLUMN n TYPE timestamptz USING to_timestamp(n);",
        "ALTER TABLE {t} ADD COLUMN n integer; UPDATE {t} SET n = id;",
    ),
    scenario("s_update", "UPDATE {t} SET b = upper(a), a = 'x' WHERE id > 3;"),
    scenario(
        "s_update_null",
        "UPDATE {t} SET c = a || '!' WHERE c IS NULL;",
        "ALTER TABLE {t} ADD COLUMN c text; UPDATE {t} SET a = NULL WHERE id < 9;",
    ),
    scenario("s_update_all", "UPDATE {t} SET b = 'new';"),
    scenario("s_update_counts", "UPDATE {t} SET n = n + 1;", "ALTER TABLE {t} ADD COLUMN n int DEFAULT 0;"),
    scenario("s_delete", "DELETE FROM {t} WHERE id > 3;"),
    Scenario(
        "s_odd_names",
        'CREATE TABLE "S `Odd" (id bigint PRIMARY KEY, "A ""a" text); INSERT INTO "S `Odd" VALUES (1, \'x\');',
        'ALTER TABLE "S `Odd" RENAME COLUMN "A ""a" TO "B\'\'b"; CREATE INDEX "I $$" ON "S `Odd" (id);'
        'ALTER TABLE "S `Odd" ADD CONSTRAINT "C c" CHECK ("B\'\'b" <> \'\'), ALTER COLUMN "B\'\'b" TYPE varchar(9);',
    ),
    Scenario(
        "s_other_schema",
        "CREATE SCHEMA app; CREATE TABLE app.t (id bigint PRIMARY KEY, a text); INSERT INTO app.t VALUES (1, 'x');",
        "CREATE INDEX t_a ON app.t (a); ALTER TABLE app.t ADD UNIQUE (a); ALTER TABLE app.t RENAME TO u;"
        "ALTER TABLE app.u ALTER COLUMN a SET NOT NULL; UPDATE app.u SET a = 'y'; ALTER TABLE app.u RENAME COLUMN a TO b;"
        "ALTER TABLE app.u ADD CHECK (b <> ''); DROP TABLE app.u;",
    ),
)
