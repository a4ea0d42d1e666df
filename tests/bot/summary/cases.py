"""Reports of a single migration, made by hand for the tests of what is handed on."""

from __future__ import annotations

from sample_reports import passing_report

from checks.model.observations import Lock, LockMode, Observation, SqlError
from checks.model.report import MigrationTrace, Report
from checks.model.rollback import RollbackProof, RollbackStatus
from checks.model.tables import ColumnShape, TableShape

LOCK = Lock(relation="public.users", mode=LockMode.SHARE, existed_before=True, held_until="commit")
USERS = TableShape(
    relation="public.users", rows=20, columns=(ColumnShape(name="email", type="text", not_null=False),)
)


def report(*sql: str, error: SqlError | None = None, **more: object) -> Report:
    """A passing report with one migration of these statements, the last of which may fail."""
    before = passing_report()
    statements = tuple(
        Observation(
            id=f"goose:db/1/up/{number}",
            sql=text,
            path="db/1.sql",
            line=number,
            end_line=number,
            kind=text.split()[0],
            locks=(LOCK,),
            error=error if number == len(sql) else None,
        )
        for number, text in enumerate(sql, start=1)
    )
    proof = {"rollback": RollbackProof(status=RollbackStatus.RESTORED), "tables": (USERS,)}
    migration = before.migrations[0].model_copy(
        update={
            "id": "goose:db/1",
            "path": "db/1.sql",
            "up": MigrationTrace(statements=statements),
            **proof,
            **more,
        }
    )
    return before.model_copy(update={"migrations": (migration,)})
