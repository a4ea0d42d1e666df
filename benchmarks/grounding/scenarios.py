"""Pull requests of several tools, and the Reports that the engine makes of them.

Each scenario is a schema that is there already, and one change to it, written as the tool's own files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checks.model.report import MigrationReport, MigrationTrace, Report
from checks.settings import Settings
from checks.trees.tree import MemoryTree
from checks.validate import validate

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

CLINIC = """\
CREATE TABLE patients (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    full_name text NOT NULL,
    insurance_number varchar(20),
    weight integer,
    notes text
);
CREATE TABLE appointments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    patient_id bigint NOT NULL REFERENCES patients (id),
    doctor text NOT NULL,
    starts_at timestamptz NOT NULL,
    fee_cents integer
);
CREATE TABLE billing_codes (code text PRIMARY KEY, label text NOT NULL);
"""
CLINIC_DOWN = "DROP TABLE billing_codes; DROP TABLE appointments; DROP TABLE patients;"

FLEET = """\
CREATE TABLE vehicles (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plate text NOT NULL,
    mileage_km integer NOT NULL DEFAULT 0,
    retired boolean NOT NULL DEFAULT false
);
CREATE TABLE trips (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vehicle_id bigint NOT NULL,
    driver_name text,
    distance numeric(10, 2),
    finished_at timestamptz
);
CREATE TABLE fuel_cards (id bigint PRIMARY KEY, vehicle_id bigint REFERENCES vehicles (id), pin text);
"""
FLEET_DOWN = "DROP TABLE fuel_cards; DROP TABLE trips; DROP TABLE vehicles;"


@dataclass(frozen=True)
class Scenario:
    name: str
    tool: str
    base: tuple[str, str]
    """Up and down of what is there."""
    changes: tuple[tuple[str, str, str], ...]
    """Name, up and down of each new migration; an empty down is none."""


def one(name: str, tool: str, base: tuple[str, str], up: str, down: str = "") -> Scenario:
    return Scenario(name, tool, base, ((name, up, down),))


_CLINIC = (CLINIC, CLINIC_DOWN)
_FLEET = (FLEET, FLEET_DOWN)

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "new_columns_and_a_table", "goose", _CLINIC,
        (
            ("add_patient_email", "ALTER TABLE patients ADD COLUMN email text;", "ALTER TABLE patients DROP COLUMN email;"),
            (
                "create_prescriptions",
                "CREATE TABLE prescriptions (id bigint PRIMARY KEY, drug text NOT NULL, dose_mg integer NOT NULL);",
                "DROP TABLE prescriptions;",
            ),
        ),
    ),
    one("index_concurrently", "golang-migrate", _CLINIC,
        "CREATE INDEX CONCURRENTLY appointments_starts_at_idx ON appointments (starts_at);",
        "DROP INDEX CONCURRENTLY appointments_starts_at_idx;"),
    one("index_plain", "dbmate", _CLINIC,
        "CREATE INDEX appointments_doctor_idx ON appointments (doctor);\nCREATE INDEX patients_weight_idx ON patients (weight);",
        "DROP INDEX patients_weight_idx;\nDROP INDEX appointments_doctor_idx;"),
    one("drop_notes", "dbmate", _CLINIC, "ALTER TABLE patients DROP COLUMN notes;", "ALTER TABLE patients ADD COLUMN notes text;"),
    one("wider_fee", "golang-migrate", _CLINIC,
        "ALTER TABLE appointments ALTER COLUMN fee_cents TYPE bigint;",
        "ALTER TABLE appointments ALTER COLUMN fee_cents TYPE integer;"),
    one("positive_weight", "flyway", _CLINIC,
        "ALTER TABLE patients ADD CONSTRAINT patients_weight_positive CHECK (weight IS NULL OR weight < 2147483647);\n"
        "COMMENT ON TABLE billing_codes IS 'Codes of the insurers';"),
    one("required_insurance", "dbmate", _CLINIC,
        "ALTER TABLE patients ALTER COLUMN insurance_number SET NOT NULL;",
        "ALTER TABLE patients ALTER COLUMN insurance_number DROP NOT NULL;"),
    one("backfill_fees", "golang-migrate", _CLINIC,
        "ALTER TABLE appointments ADD COLUMN paid boolean NOT NULL DEFAULT false;\n"
        "UPDATE appointments SET fee_cents = 4500 WHERE fee_cents IS NULL;\n"
        "CREATE INDEX appointments_paid_idx ON appointments (paid);",
        "DROP INDEX appointments_paid_idx;\nALTER TABLE appointments DROP COLUMN paid;"),
    one("forget_the_down", "golang-migrate", _FLEET, "ALTER TABLE vehicles ADD COLUMN colour text;", "SELECT 1;"),
    one("trips_to_vehicles", "goose", _FLEET,
        "ALTER TABLE trips ADD COLUMN depot_id bigint;\n"
        "ALTER TABLE fuel_cards ADD CONSTRAINT fuel_cards_pin_key UNIQUE (pin);",
        "ALTER TABLE fuel_cards DROP CONSTRAINT fuel_cards_pin_key;\nALTER TABLE trips DROP COLUMN depot_id;"),
    one("drop_fuel_cards", "golang-migrate", _FLEET, "DROP TABLE fuel_cards;",
        "CREATE TABLE fuel_cards (id bigint PRIMARY KEY, vehicle_id bigint REFERENCES vehicles (id), pin text);"),
    one("broken_down", "dbmate", _FLEET,
        "ALTER TABLE vehicles ADD COLUMN insured_until date;", "ALTER TABLE vehicles DROP COLUMN insured;"),
    one("needs_an_extension", "golang-migrate", _FLEET,
        "CREATE EXTENSION postgis;\nALTER TABLE trips ADD COLUMN track text;", "ALTER TABLE trips DROP COLUMN track;"),
    one("random_reference", "sqlx", _FLEET,
        "ALTER TABLE trips ADD COLUMN reference uuid NOT NULL DEFAULT gen_random_uuid();"),
    one("empty_trips", "goose", _FLEET,
        "DELETE FROM trips WHERE finished_at IS NULL;\nTRUNCATE fuel_cards;", "SELECT 1;"),
    one("table_for_tolls", "flyway", _FLEET,
        "CREATE TABLE toll_receipts (id bigint PRIMARY KEY, trip_id bigint, amount_cents integer NOT NULL);\n"
        "CREATE INDEX toll_receipts_trip_id_idx ON toll_receipts (trip_id);"),
    one("rename_plate", "sqlx", _FLEET, "ALTER TABLE vehicles RENAME COLUMN plate TO licence_plate;"),
    one("unreadable_step", "goose", _FLEET, "SELECT nextval('no_such_sequence');", "SELECT 1;"),
)  # fmt: skip


def reports(scenarios: Sequence[Scenario] = SCENARIOS) -> Iterator[tuple[str, Report]]:
    """Name and Report of each scenario; takes about a second and a half for one."""
    settings = Settings(provider="bundled", postgres=18)
    for scenario in scenarios:
        base, head = files(scenario)
        found = validate(MemoryTree(base), MemoryTree(head), settings, today=date(2026, 11, 28))
        yield scenario.name, steady(found)


def example_reports(pattern: str = "*") -> Iterator[tuple[str, Report]]:
    """The pull requests of ``examples/``."""
    for folder in sorted(path.parent for path in EXAMPLES.glob(f"{pattern}/pull-request.txt")):
        paths = [path for path in folder.rglob("*") if path.is_file()]
        head = {path.relative_to(folder).as_posix(): path.read_text() for path in paths}
        new = (folder / "pull-request.txt").read_text().split()
        base = {path: text for path, text in head.items() if path not in new}
        settings = Settings(provider="bundled", postgres=18)
        found = validate(MemoryTree(base), MemoryTree(head), settings, today=date(2026, 11, 28))
        yield folder.name, steady(found)


def steady(report: Report) -> Report:
    """The same with durations that do not change from run to run: one seed gives the same summaries everywhere."""
    return report.model_copy(
        update={"duration_ms": 1234.5, "migrations": tuple(_steady(one) for one in report.migrations)}
    )


def _steady(migration: MigrationReport) -> MigrationReport:
    statements = tuple(
        one.model_copy(update={"duration_ms": 0.7 + 1.9 * number})
        for number, one in enumerate(migration.up.statements)
    )
    return migration.model_copy(update={"up": MigrationTrace(statements=statements)})


def files(scenario: Scenario) -> tuple[dict[str, str], dict[str, str]]:
    """Base and head of the repository."""
    write = WRITERS[scenario.tool]
    base = write(1, "initial", *scenario.base)
    head = dict(base)
    for number, (name, up, down) in enumerate(scenario.changes, start=2):
        head |= write(number, name, up, down)
    return base, head


def _goose(number: int, name: str, up: str, down: str) -> dict[str, str]:
    text = f"-- +goose Up\n{up}\n" + (f"\n-- +goose Down\n{down}\n" if down else "")
    return {f"db/migrations/{20260300 + number}120000_{name}.sql": text}


def _dbmate(number: int, name: str, up: str, down: str) -> dict[str, str]:
    text = f"-- migrate:up\n{up}\n\n-- migrate:down\n{down}\n"
    return {f"db/migrations/{20260400 + number}093000_{name}.sql": text}


def _golang_migrate(number: int, name: str, up: str, down: str) -> dict[str, str]:
    stem = f"migrations/{number:06}_{name}"
    return {f"{stem}.up.sql": up + "\n"} | ({f"{stem}.down.sql": down + "\n"} if down else {})


def _flyway(number: int, name: str, up: str, down: str) -> dict[str, str]:
    return {f"src/main/resources/db/migration/V{number}__{name}.sql": up + "\n"}


def _sqlx(number: int, name: str, up: str, down: str) -> dict[str, str]:
    manifest = '[package]\nname = "fleet"\nversion = "0.1.0"\n\n[dependencies]\nsqlx = "0.8"\n'
    return {f"migrations/{20260500 + number}080000_{name}.sql": up + "\n", "Cargo.toml": manifest}


WRITERS = {
    "goose": _goose,
    "dbmate": _dbmate,
    "golang-migrate": _golang_migrate,
    "flyway": _flyway,
    "sqlx": _sqlx,
}
