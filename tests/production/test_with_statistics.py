"""A review with production's numbers: severity, risk, durations, and what the report says of all that."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from exports import DAY, statistics, table

from checks.model.findings import Finding, Severity
from checks.model.observations import Observation
from checks.model.report import Report, RiskLevel
from checks.production import timing
from checks.rules import all_rules
from checks.settings import Settings
from checks.trees import MemoryTree
from checks.validate import validate

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text())
FOLDER = "db/migrations"
BASE = """
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, note text, total int);
CREATE TABLE settings (id int PRIMARY KEY, value text, note text);
CREATE TABLE sessions (id int PRIMARY KEY, value text);
CREATE TABLE fresh (id int PRIMARY KEY, value text);
CREATE TABLE plain (id int PRIMARY KEY, value text);
CREATE TABLE events (id bigint, kind int, body text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE events_0 PARTITION OF events FOR VALUES IN (0);
CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
"""
INDEX = "CREATE INDEX orders_note_idx ON orders (note)"
CHECKS = {
    name: f"ALTER TABLE {name} ADD CHECK (value <> 'z')"
    for name in ("settings", "sessions", "fresh", "plain")
}
ALL_PARTITIONS = "ALTER TABLE events ADD CHECK (body <> 'z')"
ONE_PARTITION = "ALTER TABLE events_1 ADD CHECK (body <> 'y')"
RUN = (
    INDEX,
    "UPDATE orders SET total = 0",
    *CHECKS.values(),
    ALL_PARTITIONS,
    ONE_PARTITION,
    "ALTER TABLE settings DROP COLUMN note",
)
STOP = (
    "ALTER TABLE orders ALTER COLUMN user_id SET NOT NULL",
    "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users",
)
"""These fail on the synthetic rows."""
NUMBERS = statistics(
    table("public.orders", 48_000_000, n_tup_ins=DAY * 1000),
    table("public.users", 1_000_000),
    table("public.settings", 12, n_tup_upd=30, idx_scan=1000),
    table("public.sessions", 300, n_tup_upd=DAY * 5000),
    table("public.plain", 500_000),
    table("public.events", 0, kind="p"),
    *(
        table(f"public.events_{number}", number * 100_000, partition_of="public.events")
        for number in range(1, 4)
    ),
    table("public.events_0", 1, partition_of="public.events"),
    left_out=["open transactions of other roles"],
)


def files(*up: str) -> str:
    statements = "".join(f"{statement};\n" for statement in up)
    return f"-- +goose NO TRANSACTION\n-- +goose Up\n{statements}-- +goose Down\nSELECT 1;\n"


def review(*new: str, **settings: object) -> Report:
    """The texts are new files, of which every statement commits by itself."""
    base = {f"{FOLDER}/0001_base.sql": files(BASE)}
    added = {f"{FOLDER}/{number:04}_new.sql": text for number, text in enumerate(new, start=2)}
    chosen = Settings.model_validate({"provider": "bundled", "rows": 40, **settings})
    report = validate(
        MemoryTree(base), MemoryTree(base | added), chosen, today=date(2026, 3, 1), statistics=NUMBERS
    )
    jsonschema.Draft202012Validator(SCHEMA).validate(report.model_dump(mode="json"))
    return report


@pytest.fixture(scope="module")
def report() -> Report:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timing, "SIZES", (200, 800))
        patch.setattr(timing, "RUNS", (1, 1))
        patch.setattr(timing, "SECONDS", 100.0)
        return review(files(*RUN), files(*STOP), rules={"unbatched-dml": "warning"})


def found(report: Report, rule: str, sql: str) -> Finding:
    (one,) = [
        one for one in report.findings if one.rule == rule and one.evidence == (statement(report, sql).id,)
    ]
    return one


def statement(report: Report, sql: str) -> Observation:
    (one,) = [seen for each in report.migrations for seen in each.up.statements if seen.sql == sql]
    return one


def test_a_scan_under_a_lock_is_a_note_where_the_table_is_small_and_quiet(report: Report) -> None:
    one = found(report, "check-without-not-valid", CHECKS["settings"])
    assert one.severity is Severity.INFO
    assert one.message.endswith("`settings` has 12 rows in production and is hardly read or written: a note.")


def test_a_small_table_that_is_busy_is_a_warning(report: Report) -> None:
    one = found(report, "check-without-not-valid", CHECKS["sessions"])
    assert one.severity is Severity.WARNING
    assert one.message.endswith(
        "`sessions` has 300 rows in production, but `sessions` is read or written often: a warning."
    )


def test_a_large_table_is_critical(report: Report) -> None:
    one = found(report, "index-without-concurrently", INDEX)
    assert one.severity is Severity.ERROR
    assert "`orders` has 48 M rows (4.5 GB) in production: critical. Predicted there: about " in one.message
    assert report.risk.level is RiskLevel.CRITICAL
    large = [reason for reason in report.risk.reasons if "that is large in production" in reason]
    assert any(reason.startswith("index-without-concurrently: writes on public.orders") for reason in large)
    assert all(reason.startswith(tuple(all_rules())) for reason in large)


def test_a_table_of_ordinary_size_or_unknown_stays_as_it_is(report: Report) -> None:
    plain, fresh = (found(report, "check-without-not-valid", CHECKS[table]) for table in ("plain", "fresh"))
    assert (plain.severity, fresh.severity) == (Severity.ERROR, Severity.ERROR)
    assert "`plain` has 500 k rows (48 MB) in production." in plain.message
    assert "production" not in fresh.message
    assert report.production is not None
    assert report.production.missing == ("public.fresh",)


def test_no_number_makes_lost_data_or_a_failure_lighter(report: Report) -> None:
    lost = found(report, "drop-column", RUN[-1])
    assert (lost.severity, lost.irreversible) == (Severity.ERROR, True)
    assert found(report, "not-null-fails-on-rows", STOP[0]).severity is Severity.ERROR


def test_what_the_configuration_says_of_a_rule_stands(report: Report) -> None:
    one = found(report, "unbatched-dml", RUN[1])
    assert one.severity is Severity.WARNING
    assert "48 M rows" in one.message


def test_durations_are_predicted_from_two_sizes_and_with_their_basis(report: Report) -> None:
    predicted = statement(report, INDEX).predicted
    assert predicted is not None
    assert (predicted.relation, predicted.rows, predicted.growth) == ("public.orders", 48_000_000, "n log n")
    assert len(predicted.timed) == 2
    assert 0 < predicted.low_ms < predicted.high_ms
    assert statement(report, CHECKS["settings"]).predicted is None  # nothing to tell of a small table


def test_partitions_are_taken_together_where_a_statement_goes_through_all_of_them(report: Report) -> None:
    whole, part = (statement(report, sql).predicted for sql in (ALL_PARTITIONS, ONE_PARTITION))
    assert whole and (whole.relation, whole.rows) == (
        "public.events",
        600_001,
    )  # two of them are production's own
    assert part and (part.relation, part.rows) == ("public.events_1", 100_000)


def test_a_statement_that_the_synthetic_rows_stop_is_timed_on_those_that_do_not(report: Report) -> None:
    assert statement(report, STOP[0]).error is not None
    for sql in STOP:
        assert statement(report, sql).predicted, statement(report, sql).not_predicted


def test_the_report_says_how_old_and_how_whole_the_statistics_are(report: Report) -> None:
    assert report.production is not None
    assert (report.production.age_days, report.production.source) == (59, "stats.json")
    assert [one.relation for one in report.production.tables] == [
        "public.events",
        "public.events_0",
        "public.events_1",
        "public.orders",
        "public.plain",
        "public.sessions",
        "public.settings",
        "public.users",
    ]
    said = " ".join(report.production.notes)
    assert "59 days old" in said
    assert "leave out open transactions of other roles" in said


def test_timing_ends_at_its_limit_and_says_so() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timing, "SECONDS", 0.0)
        seen = statement(review(files(INDEX)), INDEX)
    assert (seen.predicted, seen.not_predicted) == (None, "not timed: the 0 s for it were over")
