"""Ecto: what ``checks.plan.writers.ecto`` writes, with what has to be deployed between the files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checks.frameworks.view import View
from checks.model.findings import AdviceFile
from checks.model.migrations import Statement
from checks.plan.files.layout import ORDER, deploys_of, needed, steps_of
from checks.plan.files.rewrite import CannotWrite, Patience, Rewrite, Written
from checks.plan.model import AS_WRITTEN, Phase, Step
from checks.plan.writers import Author, ecto
from checks.plan.writers import Written as File

UNREADABLE = "The module could not be read, or Ecto's language has no words for a step."
BY_ITSELF = "A lock timeout is put into a module of the author's by itself only."


def write(rewrite: Rewrite) -> Written:
    """Raises CannotWrite."""
    if rewrite.patience is not None:
        return _with_patience(rewrite, rewrite.patience)
    included = [folder.path for folder in rewrite.settings.folders]
    view = View(rewrite.head, rewrite.settings.ignore, included)
    author = Author(rewrite.migration, rewrite.history, view, rewrite.settings)
    steps = sorted(_steps(rewrite), key=lambda step: ORDER[step.phase])
    files = ecto.write([steps], author)
    if not files:
        raise CannotWrite(UNREADABLE)
    changed = [one for one in _with_needs(files, rewrite) if rewrite.read(one.file.path) != one.file.content]
    return Written(tuple(one.file for one in changed), tuple(one.steps for one in changed))


def _steps(rewrite: Rewrite) -> Iterator[Step]:
    for index, statement in enumerate(rewrite.statements):
        yield from steps_of(rewrite, index) if index in rewrite.ways else [_as_written(statement)]


def _as_written(statement: Statement) -> Step:
    return Step(
        phase=Phase.EXPAND,
        title=f"Run line {statement.line} as it is.",
        sql=(statement.sql,),
        no_undo=AS_WRITTEN.format(path=statement.path),
        path=statement.path,
        line=statement.line,
    )


def _with_needs(files: Sequence[File], rewrite: Rewrite) -> Iterator[File]:
    deploys, before = deploys_of(rewrite), None
    for one in files:
        phase = one.steps[0].phase
        needs = needed(deploys, before, phase)
        yield File(one.file.model_copy(update={"needs": needs}), one.steps)
        before = one.steps[-1].phase


def _with_patience(rewrite: Rewrite, patience: Patience) -> Written:
    """The author's module with calls of ``execute`` around what closes a table. Raises CannotWrite."""
    path = rewrite.migration.path
    text = rewrite.read(path)
    if rewrite.ways or text is None:
        raise CannotWrite(BY_ITSELF)
    lines = text.split("\n")
    first, last = rewrite.statements[patience.first], rewrite.statements[patience.last]
    margin = lines[first.line - 1][: -len(lines[first.line - 1].lstrip()) or None]
    # In `change` a call needs a way back; there is nothing to take back.
    back = ', ""' if re.search(r"^\s*def change\b", text, re.MULTILINE) else ""
    if patience.behind:
        lines.insert(last.end_line, f'{margin}execute("{patience.behind}"{back})')
    lines.insert(first.line - 1, f'{margin}execute("{patience.before}"{back})')
    return Written((AdviceFile(path=path, content="\n".join(lines)),), ((),))
