"""Ecto: what ``checks.plan.writers.ecto`` writes, with what has to be deployed between the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.frameworks.view import View
from checks.model import Statement
from checks.plan.files.layout import ORDER, deploys_of, needed, steps_of
from checks.plan.files.rewrite import CannotWrite, Rewrite, Written
from checks.plan.model import AS_WRITTEN, Phase, Step
from checks.plan.writers import Author, ecto
from checks.plan.writers import Written as File

UNREADABLE = "The module could not be read, or Ecto's language has no words for a step."


def write(rewrite: Rewrite) -> Written:
    """Raises CannotWrite."""
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
