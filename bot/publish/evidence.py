"""What a finding rests on: its statements, and what PostgreSQL did for each."""

from __future__ import annotations

from bot.publish.statements import StatementRow, statement_row
from checks.model.findings import Finding
from checks.model.observations import Observation
from checks.model.report import Report


def evidence_lines(report: Report, finding: Finding) -> list[str]:
    """One line per statement: ``line 2: SHARE orders, blocks writes until commit; scans orders``."""
    wanted = set(finding.evidence)
    seen = {statement.id: statement for statement in _statements(report) if statement.id in wanted}
    lines = [_line(finding, seen[one]) for one in finding.evidence if one in seen]
    return [line for line in lines if line]


def _statements(report: Report) -> list[Observation]:
    return [
        statement
        for migration in report.migrations
        for statement in (*migration.up.statements, *migration.rollback.down)
    ]


def _line(finding: Finding, observation: Observation) -> str:
    row = statement_row(observation)
    facts = facts_of(row)
    file = "" if observation.path == finding.path else f"{observation.path} "
    return f"{file}line {row.line}: {'; '.join(facts)}" if facts else ""


def facts_of(row: StatementRow) -> list[str]:
    held = [f"{', '.join(row.locks)}, blocks {row.blocks} until {row.until}"] if row.locks else []
    rows = [f"{row.rows} rows"] if row.rows else []
    return [*held, *row.work, *rows, *row.error] if row.ran else ["not run"]
