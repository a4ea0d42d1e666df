"""What all findings have in common: order, identity, severity."""

from __future__ import annotations

from checks.examples.running import findings, fired
from checks.model.findings import Severity
from checks.sandbox.server import Database
from checks.settings import Settings

SETUP = (
    "CREATE TABLE t (id bigint PRIMARY KEY, n int); INSERT INTO t SELECT n, n FROM generate_series(1, 50) n;"
)


def test_in_the_order_of_the_files_and_the_gravest_first(database: Database) -> None:
    sql = "CREATE INDEX a ON t (n);\nDROP INDEX a;\nCREATE INDEX a ON t (n);"
    found = findings(database, f"-- migration 1\n{sql}\n-- migration 2\nALTER TABLE t DROP COLUMN n;", SETUP)
    places = [(one.path, one.line, -one.severity.rank) for one in found]
    assert places == sorted(places)
    assert len({one.path for one in found}) == 2


def test_ids_are_kept_when_lines_move_and_differ_for_equal_statements(database: Database) -> None:
    sql = "ALTER TABLE t ADD CHECK (n > 0);"
    found = [
        one for one in findings(database, f"{sql}\n{sql}", SETUP) if one.rule == "check-without-not-valid"
    ]
    assert len({one.id for one in found}) == len(found) == 2


def test_the_same_finding_has_the_same_id_lower_in_the_file(database: Database) -> None:
    first = findings(database, "CREATE INDEX i ON t (n);", SETUP)
    second = findings(database, "\n\nCREATE INDEX j ON t (n);", "")
    ids = [{one.rule: one.id for one in found} for found in (first, second)]
    assert ids[0]["index-without-concurrently"] != ids[1]["index-without-concurrently"]
    third = findings(database, "-- words\nDROP INDEX j;\nCREATE INDEX j ON t (n);", "")
    ids.append({one.rule: one.id for one in third})
    assert ids[1]["index-without-concurrently"] == ids[2]["index-without-concurrently"]


def test_a_rule_can_be_turned_off_or_made_lighter(database: Database) -> None:
    settings = Settings(rules={"index-without-concurrently": "warning", "lock-timeout-missing": "off"})
    found = findings(database, "CREATE INDEX i ON t (n);", SETUP, settings)
    assert [(one.rule, one.severity) for one in found] == [("index-without-concurrently", Severity.WARNING)]


def test_the_evidence_is_the_observation(database: Database) -> None:
    found = findings(database, "SELECT 1; CREATE INDEX i ON t (n);", SETUP)
    assert {one.evidence for one in found} == {("db/migrations/1.sql/up/2",)}


def test_names_that_need_quotes(database: Database) -> None:
    setup = 'CREATE SCHEMA "My"; CREATE TABLE "My"."A.b" ("C d" int); INSERT INTO "My"."A.b" VALUES (1);'
    rules = fired(
        database, 'CREATE INDEX "I" ON "My"."A.b" ("C d"); ALTER TABLE "My"."A.b" DROP COLUMN "C d";', setup
    )
    assert {"index-without-concurrently", "drop-column"} <= rules


def test_an_ordinary_change_is_quiet(database: Database) -> None:
    sql = """
    SET LOCAL lock_timeout = '2s';
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t_id bigint NOT NULL, note jsonb);
    CREATE INDEX orders_t ON orders (t_id);
    INSERT INTO orders (t_id) VALUES (1);
    ALTER TABLE t ADD COLUMN note text NOT NULL DEFAULT '';
    COMMENT ON COLUMN t.note IS 'for people';
    CREATE VIEW notes AS SELECT note FROM t;
    """
    assert fired(database, sql, SETUP) == set()


def test_a_rule_of_style_is_off_unless_it_is_asked_for(database: Database) -> None:
    sql = "ALTER TABLE t ADD COLUMN note varchar(10)"
    assert "text-with-length" not in fired(database, sql, SETUP)
    asked = [Settings(preset="strict"), Settings(rules={"text-with-length": "warning"})]
    for settings, severity in zip(asked, (Severity.INFO, Severity.WARNING), strict=True):
        found = findings(database, sql.replace("note", f"n_{severity}"), "", settings)
        assert [one.severity for one in found if one.rule == "text-with-length"] == [severity]
