"""Production's statistics at the doors: the command, the secret, and what every format shows of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_reports import INDEX_PATH, context, failing_report

from bot.cli import cli
from bot.publish.comment import comment
from bot.publish.page import page
from bot.publish.rule_help import rule_help
from bot.publish.sarif import sarif
from bot.publish.terminal import terminal
from bot.statistics import SECRET, secret_statistics
from bot.summary.facts import facts
from bot.summary.grounding import faults
from bot.summary.model import Draft, Sentence
from bot.summary.template import template_summary
from checks.errors import SettingsError
from checks.model.observations import Prediction, Timed
from checks.model.production import Production, ProductionTable
from checks.model.report import Report
from checks.production.export import export_query

DOCUMENT = {
    "format": "migration-stats/1",
    "taken_at": "2026-01-01T12:00:00Z",
    "counted_since": None,
    "server_version": "17.2",
    "tables": [
        {
            "table": "public.<b>orders",
            "kind": "r",
            "reltuples": 48000000.0,
            "heap_bytes": 10,
            "total_bytes": 10,
        }
    ],
}
PREDICTION = Prediction(
    relation="public.orders",
    rows=48_000_000,
    low_ms=40_000,
    high_ms=120_000,
    growth="n log n",
    timed=(Timed(rows=250_000, ms=200), Timed(rows=1_000_000, ms=900)),
)
SAID = "about 40 s to 2 min at 48 M rows, from 0.9 s at 1 M rows here"
PRODUCTION = Production(
    source="<i>stats.json",
    taken_on="2026-01-01",
    age_days=58,
    postgres="17.2",
    tables=(
        ProductionTable(
            relation="public.orders",
            rows=48_000_000,
            heap_bytes=6 << 30,
            total_bytes=12 << 30,
            writes_per_second=300.0,
            scans_per_second=None,
        ),
    ),
    missing=("public.customers",),
    notes=("The statistics are 58 days old: take them again (docs/statistics.md).",),
)


@pytest.fixture(scope="module")
def report() -> Report:
    """A report whose statement on ``orders`` was timed, and whose other ones were not."""
    whole = failing_report()
    migrations = []
    for migration in whole.migrations:
        first, *others = migration.up.statements
        timed = (
            {"predicted": PREDICTION} if migration.path == INDEX_PATH else {"not_predicted": "not timed: no"}
        )
        up = migration.up.model_copy(update={"statements": (first.model_copy(update=timed), *others)})
        migrations.append(migration.model_copy(update={"up": up}))
    return whole.model_copy(update={"production": PRODUCTION, "migrations": tuple(migrations)})


def test_the_query_is_printed_as_it_is() -> None:
    ran = CliRunner().invoke(cli, ["stats", "export"])
    assert ran.output == export_query()
    assert ran.output.count("SELECT pg_catalog.concat(") == 1
    assert ran.output.rstrip().endswith(";")


def test_a_file_is_checked_before_it_is_committed(tmp_path: Path) -> None:
    good = tmp_path / "stats.json"
    good.write_text(json.dumps(DOCUMENT))
    ran = CliRunner().invoke(cli, ["stats", "check", str(good)])
    assert "PostgreSQL 17.2, 1 table" in ran.output
    assert "48,000,000 rows" in ran.output
    assert "No rates" in ran.output
    good.write_text("{}")
    with pytest.raises(SettingsError, match=r"stats\.json: is no migration-stats/1 document: format"):
        CliRunner().invoke(cli, ["stats", "check", str(good)], catch_exceptions=False)


def test_the_secret_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET, "  ")
    assert secret_statistics() is None
    monkeypatch.setenv(SECRET, json.dumps(DOCUMENT))
    read = secret_statistics()
    assert read is not None
    assert (read.source, len(read.tables)) == (SECRET, 1)
    monkeypatch.setenv(SECRET, "hunter2")
    with pytest.raises(SettingsError) as caught:
        secret_statistics()
    assert "hunter2" not in str(caught.value)


def test_every_format_says_what_the_numbers_are_and_what_they_rest_on(report: Report) -> None:
    shown = {
        "terminal": " ".join(terminal(report, width=160).split()),
        "comment": str(comment(report, context(report))),
        "page": page(report, context(report)),
    }
    for name, text in shown.items():
        assert SAID in text, name
        assert "58 days old" in text, name
        assert "not timed: no" in text, name
        assert "without fsync" in text, name
        assert "know nothing of customers" in text, name
    assert "<i>stats" not in shown["page"]
    assert Report.model_validate_json(report.model_dump_json()) == report


def test_sarif_carries_what_a_finding_says_of_production(report: Report) -> None:
    first = report.findings[0]
    said = first.model_copy(
        update={"message": f"{first.message} `orders` has 48 M rows (12 GB) in production: critical."}
    )
    written = sarif(report.model_copy(update={"findings": (said,)}), rule_help)
    assert (
        "48 M rows (12 GB) in production: critical."
        in json.loads(written)["runs"][0]["results"][0]["message"]["text"]
    )


def test_a_model_is_told_predictions_and_no_other_duration(report: Report) -> None:
    told = facts(report)
    assert SAID in told
    assert '"rows_in_production":{"public.orders":"48 M"}' in told
    assert "duration_ms" not in told


def test_prose_may_state_a_prediction_and_may_not_alter_it(report: Report) -> None:
    (migration,) = [one for one in report.migrations if one.path == INDEX_PATH]
    seen = migration.up.statements[0]

    def reasons(text: str, *ids: str) -> list[str]:
        nothing = dict.fromkeys(("changes", "running_system", "rollout", "rollback", "open"), ())
        sentence = Sentence(text=text, rests_on=ids or (seen.id,))
        headline = template_summary(report).headline
        draft = Draft(headline=headline, **(nothing | {"running_system": (sentence,)}))
        return [fault.reason for fault in faults(draft, report)]

    line = f"Line {seen.line} takes {{}}."
    assert reasons(line.format(SAID)) == []
    for true, false in (
        ("40 s", "4 s"),
        ("40 s", "140 s"),
        ("2 min", "12 min"),
        ("2 min", "2 h"),
        ("48 M", "8 M"),
        ("48 M", "48 k"),
        ("48 M", "48 billion"),
        ("0.9 s", "9 s"),
    ):
        assert reasons(line.format(SAID.replace(true, false))), (true, false)
    (other,) = [one for one in report.migrations if one.path != INDEX_PATH and "coupons" in one.path]
    assert reasons(f"It takes {SAID}.", other.up.statements[0].id)
