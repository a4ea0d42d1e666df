"""What a model gets to see of a Report: the evidence as compact JSON, without any value of a row.

Left out on purpose: durations (the sandbox's, not production's) but for predicted ones, the names of branches and commits, files' contents,
and what people wrote in the pull request. Literals, values in error messages and secrets are masked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.summary.masking import masked, masked_sql
from checks.model.findings import Attempt, Finding, Unproven
from checks.model.observations import Lock, Observation, SqlError
from checks.model.report import MigrationReport, Report
from checks.model.rollback import RollbackProof
from checks.production.words import amount, prediction_line

LARGEST = 120_000
"""Characters; a report of this size is about 40,000 tokens."""


@dataclass(frozen=True)
class Detail:
    """How much is told: things of each kind, characters of a text."""

    items: int
    characters: int


DETAILS = (Detail(100, 600), Detail(40, 300), Detail(20, 160), Detail(10, 80), Detail(5, 60))
"""Tried in this order until it fits."""


def facts(report: Report) -> str:
    """The JSON; what does not fit is counted under ``left_out``."""
    for detail in DETAILS:
        text = _json(_Facts(detail).of_report(report))
        if len(text) <= LARGEST:
            break
    return text


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True)
class _Facts:
    detail: Detail

    def of_report(self, report: Report) -> dict[str, Any]:
        return _filled(
            verdict=report.verdict.value,
            headline=masked(report.headline),
            risk={"level": report.risk.level.value, "reasons": self._texts(report.risk.reasons)},
            findings=[self._finding(one) for one in self._some(_gravest_first(report.findings))],
            migrations=[self._migration(report, one) for one in self._some(report.migrations)],
            unproven=[self._unproven(one) for one in self._some(report.unproven)],
            accepted_in_the_file=[
                {"rule": one.rule, "path": one.path, "line": one.line}
                for one in self._some(report.suppressed)
            ],
            schema_difference=self._texts(report.schema_diff.text.splitlines()),
            rollout=self._texts(report.rollout),
            way_back=self._texts(report.rollback_notes),
            left_out=self._left_out(report),
        )

    def _left_out(self, report: Report) -> dict[str, int]:
        counts = {
            "findings": len(report.findings),
            "migrations": len(report.migrations),
            "unproven": len(report.unproven),
            "statements": max((len(one.up.statements) for one in report.migrations), default=0),
        }
        return {
            name: count - self.detail.items for name, count in counts.items() if count > self.detail.items
        }

    def _finding(self, finding: Finding) -> dict[str, Any]:
        advice = finding.advice
        return _filled(
            id=finding.id,
            rule=finding.rule,
            severity=finding.severity.value,
            certainty=finding.certainty.value,
            path=finding.path,
            line=finding.line,
            message=self._text(finding.message),
            migration=finding.migration,
            evidence=list(self._some(finding.evidence)),
            cannot_be_undone=finding.irreversible,
            advice=advice
            and {
                "title": self._text(advice.title),
                "proven": advice.proven,
                "seen": self._texts(advice.seen),
            },
        )

    def _migration(self, report: Report, migration: MigrationReport) -> dict[str, Any]:
        return _filled(
            id=migration.id,
            path=migration.path,
            tool=migration.tool,
            name=migration.name,
            change=migration.change.value,
            rows_in_the_sandbox=_rows_met(migration),
            rows_in_production=self._rows_in_production(report, migration),
            statements=[self._statement(one) for one in self._some(migration.up.statements)],
            rollback=self._rollback(migration.rollback),
            tried_fixes=[self._attempt(one) for one in self._some(migration.attempts)],
        )

    def _rows_in_production(self, report: Report, migration: MigrationReport) -> dict[str, str]:
        met = {lock.relation for seen in migration.up.statements for lock in seen.locks}
        tables = report.production.tables if report.production else ()
        return {
            one.relation: amount(one.rows)
            for one in self._some(tables)
            if one.rows is not None and one.relation in met
        }

    def _statement(self, seen: Observation) -> dict[str, Any]:
        return _filled(
            id=seen.id,
            line=seen.line,
            sql=self._cut(masked_sql(seen.sql)),
            kind=seen.kind,
            not_run=not seen.ran,
            commits_by_itself=seen.transaction is None,
            locks=[self._lock(one) for one in seen.locks if one.existed_before],
            rewrites=seen.rewrites,
            scans=seen.scans,
            indexes_built=seen.indexes_built,
            validated=seen.validated,
            rows=seen.rows,
            predicted_in_production=seen.predicted and prediction_line(seen.predicted),
            error=seen.error and self._error(seen.error),
        )

    def _lock(self, lock: Lock) -> dict[str, Any]:
        return _filled(
            relation=lock.relation,
            mode=lock.mode.value,
            blocks="reads and writes"
            if lock.mode.blocks_reads
            else "writes"
            if lock.mode.blocks_writes
            else "",
            until=lock.held_until,
            statements_behind=lock.statements_behind,
        )

    def _error(self, error: SqlError) -> dict[str, Any]:
        """Its detail and context hold rows, so they are not told."""
        return _filled(
            sqlstate=error.sqlstate, message=self._text(error.message), hint=self._text(error.hint or "")
        )

    def _rollback(self, proof: RollbackProof) -> dict[str, Any]:
        return _filled(
            status=proof.status.value,
            reason=self._text(proof.reason),
            down_is_drafted=proof.drafted,
            statements=[self._statement(one) for one in self._some(proof.down)],
            data_lost=[one.model_dump() for one in self._some(proof.data_lost)],
            differences=self._texts([str(one) for one in proof.differences]),
            up_again=proof.up_again,
        )

    def _attempt(self, attempt: Attempt) -> dict[str, Any]:
        return _filled(
            fix=attempt.fix,
            title=self._text(attempt.title),
            worked=attempt.worked,
            outcome=self._text(attempt.outcome),
            error=attempt.error and self._error(attempt.error),
        )

    def _unproven(self, unproven: Unproven) -> dict[str, Any]:
        return {"path": unproven.path, "line": unproven.line, "reason": self._text(unproven.reason)}

    def _some(self, items: Sequence[Any]) -> Sequence[Any]:
        return items[: self.detail.items]

    def _texts(self, texts: Sequence[str]) -> list[str]:
        return [self._text(text) for text in self._some(texts)]

    def _text(self, text: str) -> str:
        return self._cut(masked(text))

    def _cut(self, text: str) -> str:
        most = self.detail.characters
        return text if len(text) <= most else text[: most - 1] + "…"


def _rows_met(migration: MigrationReport) -> dict[str, int]:
    """Of the tables that its statements locked."""
    met = {lock.relation for seen in migration.up.statements for lock in seen.locks}
    return {table: rows for table, rows in migration.rows_before.items() if table in met}


def _gravest_first(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: (-one.irreversible, -one.severity.rank))


def _filled(**values: Any) -> dict[str, Any]:
    """Without what says nothing; 0 rows say something."""
    return {
        name: value
        for name, value in values.items()
        if value is not False and value not in ("", None, [], (), {})
    }
