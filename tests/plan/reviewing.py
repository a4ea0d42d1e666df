"""Review one migration on the server that the tests share, through the parts of the engine."""

from __future__ import annotations

from psycopg import sql

from checks import catalog, rules, trace
from checks.change import compare_histories
from checks.frameworks.find import find_histories
from checks.model.report import Report
from checks.reporting import Reviewed, report, step_id
from checks.rules.review import Review, Step
from checks.sandbox import Database
from checks.settings import Settings
from checks.trees.tree import MemoryTree

PATH = "db/migrations/0001_change.sql"


def reviewed(
    database: Database, up: str, tool_file: str = "-- migrate:up\n{up}\n-- migrate:down\n"
) -> Report:
    """The report of a migration on ``database``, which stays as it is; dbmate's file unless another is given."""
    return reviewed_tree(database, {PATH: tool_file.format(up=up)})


def reviewed_tree(database: Database, head_files: dict[str, str]) -> Report:
    settings = Settings()
    base, head = (find_histories(MemoryTree(files), settings) for files in ({}, head_files))
    (change,) = compare_histories(base, head)
    (changed,) = change.pending
    assert changed.migration.up is not None
    before, rows = catalog.read(database), _rows(database)
    live = before.relations()
    step = Step(changed, step_id(change, changed.migration), before=before, rows_before=rows)
    with database.clone(f"{database.name}_alone") as clone:
        alone = trace.statement_by_statement(
            clone, changed.migration.up, settings, ids=f"{step.id}/up", existing=live
        )
    with database.clone(f"{database.name}_real") as clone:
        real = trace.as_the_tool_runs_it(
            clone, changed.migration.up, settings, ids=f"{step.id}/up", existing=live
        )
        after = catalog.read(clone)
    step = Step(changed, step.id, trace.merge(alone, real), before, after, rows)
    review = Review(change, settings, (step,), base=before, postgres=database.server.version)
    whole = report(
        base="base",
        head="head",
        reviewed=[Reviewed(review)],
        findings=rules.check([review]),
        suppressed=(),
        not_run=(),
        duration_ms=0,
    )
    return whole.model_copy(update={"sandbox": database.server.info})


def _rows(database: Database) -> dict[str, int]:
    with database.connect() as connection:
        counts = {}
        for table in catalog.read(database).tables():
            name = sql.Identifier(*table.split(".", 1))
            row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
            counts[table] = int(str(row[0])) if row else 0
        return counts
