"""Steps as Ecto migrations: the first in the author's own file, the others a second later each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from postgast import pg_query_pb2 as pg

from checks.backfill import in_two
from checks.ecto.write import Change, Place, write_module
from checks.ecto.write.equal import commands_in
from checks.frameworks.ecto_history import repo_of_folder
from checks.frameworks.view import join, parent
from checks.model.findings import AdviceFile
from checks.model.migrations import Migration
from checks.plan.model import Section, Step
from checks.plan.writers import Author, Written
from checks.plan.writers.ecto_changes import changes_of
from checks.plan.writers.ecto_names import (
    camelized,
    free_name,
    module_of,
    name_for,
    versions_after,
)
from checks.sql.concurrently import is_concurrent
from checks.sql.parse import find, parse

TOOL = "ecto"


def write(runs: Sequence[Sequence[Step]], author: Author) -> Sequence[Written]:
    """Nothing when the author's file has no module that could be read, or a step cannot be written."""
    text = author.view.text(author.migration.path)
    module = module_of(text)
    if not module:
        return ()
    try:
        return [*_written(runs, author, module, text.split("\n"))]
    except ValueError:
        return ()


def _written(
    runs: Sequence[Sequence[Step]], author: Author, module: str, lines: Sequence[str]
) -> Iterator[Written]:
    versions = versions_after(author)
    names = {migration.name for migration in author.history.migrations}
    settings, prefix = repo_of_folder(author.view, author.history.folder, author.settings)
    path, name = author.migration.path, module
    groups = [group for run in runs for group in _groups([step for step in run if step.sql])]
    for steps in groups:
        changes = changes_of([_in_elixir(step) for step in steps], author.migration, lines)
        if len(groups) == 1 and _stays(changes, author.migration, lines):
            yield Written(AdviceFile(path=path, content="\n".join(lines)), tuple(steps))
            return
        if not path:
            file = free_name(name_for(changes, f"{author.migration.name}_{steps[0].phase.value}"), names)
            path = join(parent(author.migration.path), f"{next(versions)}_{file}.exs")
            name = f"{module.rpartition('.')[0]}.{camelized(file)}".lstrip(".")
        content = write_module(name, changes, Place(settings, prefix))
        yield Written(AdviceFile(path=path, content=content), tuple(steps))
        path = ""


def _in_elixir(step: Step) -> Step:
    """Batches are repeated by the module itself: there it can be seen and stopped, and waits between them."""
    return step.model_copy(update={"sql": in_two(step.backfill)}) if step.backfill else step


def _stays(changes: Sequence[Change], migration: Migration, lines: Sequence[str]) -> bool:
    """Whether the author's file already is what would be written."""
    wanted = commands_in(sql for change in changes for sql in change.up)
    own = commands_in(one.sql for one in migration.up.statements) if migration.up else []
    needs_no_lock = any(is_concurrent(sql) for change in changes for sql in change.up)
    has_none = any("@disable_migration_lock true" in line for line in lines)
    return all(change.source for change in changes) and wanted == own and (has_none or not needs_no_lock)


def _groups(steps: Sequence[Step]) -> list[list[Step]]:
    """Neighbours of one phase share a file, which is one transaction, when each of them is done in an instant."""
    groups: list[list[Step]] = []
    for step in steps:
        last = groups[-1][-1] if groups else None
        if last is not None and last.phase is step.phase and _is_brief(last) and _is_brief(step):
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def _is_brief(step: Step) -> bool:
    return step.section is Section.SCHEMA and not any(map(_takes_time, (*step.sql, *step.undo)))


def _takes_time(sql: str) -> bool:
    """It cannot be in a transaction, or reads all rows and would keep the locks of its neighbours meanwhile."""
    node = parse(sql)
    if node is None or type(node).__name__ == "DoStmt" or is_concurrent(sql):
        return True
    commands: Iterator[Any] = find(node, "AlterTableCmd")
    return any(command.subtype == pg.AT_ValidateConstraint for command in commands)
