"""Migrations read and not run: what the rules find in the files alone, in milliseconds.

What PostgreSQL would do for each statement is taken from its documentation (``effects``, ``tables``, ``constraints``,
``locks``), on the schema as far as the files tell it (``known``). That stands in for the observations of a run, so that the
same rules look at it. What depends on more than the files is left open and said.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from checks import rules
from checks.frameworks.lone import no_statement
from checks.model.findings import Finding
from checks.model.migrations import Change, ChangedMigration, ChangeKind, History, Script
from checks.model.report import Report
from checks.rules.suppress import suppress
from checks.settings import Settings
from checks.static.expectation import expect
from checks.static.known import Known
from checks.static.reading import read
from checks.static.reviews import Reading, findings_of, review
from checks.static.summary import report
from checks.trees import KeptTree, MemoryTree, Tree

NEWEST = 18
"""The PostgreSQL that is spoken of where the settings name none."""
_DIRECTIVE = b"migration:ignore"


def check(
    texts: Mapping[str, str | bytes],
    settings: Settings | None = None,
    *,
    one_by_one: bool = False,
    today: date | None = None,
) -> Report:
    """What the rules find in files: path → content, in the order in which they are applied.

    All files together are one change: a table that one of them makes is new to the others. ``one_by_one``: each is looked at
    as the newest of a history, so what the files before it made is in use. Raises SettingsError, and UsageError when there is no statement.
    """
    order = None if one_by_one else [*texts]
    return check_tree(MemoryTree(texts), settings or Settings(), order=order, today=today)


def check_tree(
    files: Tree, settings: Settings, *, order: Sequence[str] | None = None, today: date | None = None
) -> Report:
    """The same for a tree: ``order`` are the paths of one change; None: all histories of the tree, one by one."""
    start = time.perf_counter()
    files = KeptTree(files)
    histories = read(files, order, settings)
    if order is not None:
        _expect_statements(histories, order)
    readings: list[Reading] = []
    found: list[Finding] = []
    for reading in (one for history in histories for one in _readings(history, settings, order is None)):
        readings.append(reading)
        found += findings_of(reading)
    findings = rules.in_order(found)
    kept, suppressed, faults = suppress(findings, _with_directives(files, histories), today or date.today())
    elapsed = (time.perf_counter() - start) * 1000
    return report(readings, (*kept, *faults), suppressed, elapsed)


def check_change(change: Change, settings: Settings, before: Script | None = None) -> tuple[Finding, ...]:
    """What the rules find in one change of a history; ``before`` is run ahead of its base."""
    known = Known()
    postgres = (settings.postgres or NEWEST) * 10_000
    for script in (before, *(migration.up for migration in change.base.migrations)):
        if script is not None:
            expect(script, known, settings, postgres)
    known.begin_change()
    return rules.in_order(findings_of(review(change, known, settings, postgres)))


def _readings(history: History, settings: Settings, one_by_one: bool) -> Iterator[Reading]:
    known = Known()
    postgres = (settings.postgres or NEWEST) * 10_000
    for change in _changes(history, one_by_one):
        known.begin_change()
        yield review(change, known, settings, postgres)


def _changes(history: History, one_by_one: bool) -> Iterator[Change]:
    empty = history.model_copy(update={"migrations": (), "problems": ()})
    added = [ChangedMigration(kind=ChangeKind.ADDED, migration=one) for one in history.migrations]
    if not one_by_one:
        yield Change(base=empty, head=history, migrations=tuple(added))
        return
    told = {path for one in history.migrations for path in one.files}
    for changed in added:
        own = [problem for problem in history.problems if problem.path in changed.migration.files]
        head = history.model_copy(update={"problems": tuple(own)})
        yield Change(base=empty, head=head, migrations=(changed,))
    rest = tuple(problem for problem in history.problems if problem.path not in told)
    if rest:
        yield Change(base=empty, head=empty.model_copy(update={"problems": rest}), migrations=())


def _expect_statements(histories: Sequence[History], order: Sequence[str]) -> None:
    migrations = [one for history in histories for one in history.migrations]
    is_empty = not any(one.opaque or (one.up and one.up.statements) for one in migrations)
    if is_empty and not any(history.problems for history in histories):
        raise no_statement(order)


def _with_directives(files: Tree, histories: Sequence[History]) -> dict[str, str]:
    """The texts that accept findings."""
    paths = sorted({path for history in histories for one in history.migrations for path in one.files})
    bodies = {path: files.read(path) for path in paths}
    return {path: body.decode(errors="replace") for path, body in bodies.items() if _DIRECTIVE in body}


__all__ = ["check", "check_change", "check_tree"]
