"""The engine: two trees in, a Report out. Read it as the table of contents of the package."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from checks import catalog, data, risk, rollback, rules, sandbox, trace
from checks.change import compare_histories
from checks.frameworks import find_histories
from checks.model import Change, Migration, MigrationReport, MigrationTrace, Report
from checks.progress import Progress, silent
from checks.replay import base_state
from checks.rules.review import Review, Step
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.trees import Tree


def validate(base: Tree, head: Tree, settings: Settings, progress: Progress = silent) -> Report:
    """Run what ``head`` adds to ``base`` on a throw-away PostgreSQL and say what happened."""
    changes = compare_histories(find_histories(base, settings), find_histories(head, settings))
    reviews = [review(change, settings, progress) for change in changes if change.new]
    findings = rules.check(reviews)
    return risk.report(changes, reviews, findings)


def review(change: Change, settings: Settings, progress: Progress) -> Review:
    """Take one change through the sandbox: base state, rows, up, down, up again."""
    with base_state(change, head, settings, progress) as base:          # checks.replay: server + database at the base state
        rows = data.fill(base.database, tables, settings.rows)           # before any code of the change has run
        for migration in change.new:
            step = run(migration, state)


def run(migration: Migration, state: Database) -> Step:
    """One migration alone, on the state before it."""
    with state.clone("statements") as clone:                             # pass A: one transaction per statement
        single = trace.statement_by_statement(clone, migration.up, ...)
    with state.clone("proof") as clone:                                  # pass B: as the tool runs it, then down and up again
        before = catalog.read(clone)
        real = trace.as_the_tool_runs_it(clone, migration.up, ...)
        proof = rollback.prove(clone, migration, ...)
    observations = trace.merge(single, real)
