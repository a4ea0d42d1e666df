"""What production's statistics say, and what was predicted from them, in words."""

from __future__ import annotations

from bot.publish.wording import listed, short_name
from checks.model.production import Production, ProductionTable
from checks.model.report import MigrationReport
from checks.production import words

NONE = "none of the tables that the change works on"
MISSING = "The statistics know nothing of {tables}: counted as of unknown size, as without statistics."
BASIS = (
    "Timed on copies of the synthetic rows on this machine: in memory, without fsync, with nothing else running. A disk, "
    "cold caches and load make it longer."
)


def production_line(production: Production) -> str:
    """``.github/migration-stats.json, 3 days old: orders 48 M rows (12 GB)``."""
    age = "of today" if production.age_days == 0 else f"{production.age_days} days old"
    tables = listed([_table(table) for table in production.tables], 6) or NONE
    return f"{production.source}, {age}: {tables}"


def production_notes(production: Production) -> list[str]:
    missing = listed([short_name(name) for name in production.missing], 6)
    return [*production.notes, *([MISSING.format(tables=missing)] if missing else [])]


def prediction_lines(migration: MigrationReport) -> list[str]:
    """``line 2: about 40 s to 2 min at 48 M rows, from 0.9 s at 1 M rows here``, with the basis in the end."""
    lines = []
    for seen in migration.up.statements:
        if seen.predicted:
            lines.append(f"line {seen.line}: {words.prediction_line(seen.predicted)}")
        elif seen.not_predicted:
            lines.append(f"line {seen.line}: {seen.not_predicted}")
    return [*lines, BASIS] if any(seen.predicted for seen in migration.up.statements) else lines


def _table(table: ProductionTable) -> str:
    rows = "rows unknown" if table.rows is None else f"{words.amount(table.rows)} rows"
    return f"{short_name(table.relation)} {rows} ({words.size(table.total_bytes)})"
