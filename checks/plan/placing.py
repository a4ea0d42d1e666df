"""The steps of a plan with the files of the repository that take them."""

from __future__ import annotations

from checks.frameworks.find import find_histories
from checks.frameworks.view import View
from checks.model.findings import AdviceFile
from checks.model.migrations import History, Migration
from checks.plan.model import Plan, Round, Step
from checks.plan.writers import Author, Written, ash, written_files
from checks.settings import Settings
from checks.trees import Tree


def in_files(plan: Plan, head: Tree, settings: Settings) -> Plan:
    """Of tools that have a writer; the steps of others stay as they are. ``head``: what the plan was made of."""
    paths = {step.path for round_ in plan.rounds for step in round_.steps}
    if not paths:
        return plan
    view = View(head, settings.ignore, [entry.path for entry in settings.folders])
    placed = {
        number: step
        for history in find_histories(head, settings)
        for number, step in _placed(plan, history, view, settings, paths).items()
    }
    rounds = [
        round_.model_copy(update={"steps": tuple(placed.get(id(step), step) for step in round_.steps)})
        for round_ in plan.rounds
    ]
    return plan.model_copy(update={"rounds": tuple(rounds)})


def _placed(plan: Plan, history: History, view: View, settings: Settings, paths: set[str]) -> dict[int, Step]:
    """Identity of a step → the step with its file. The content stands with the first step of a file."""
    found: dict[int, Step] = {}
    for migration in history.migrations:
        if migration.path not in paths:
            continue
        runs = [_of(round_, migration.path) for round_ in plan.rounds]
        for written in written_files(history.tool, runs, Author(migration, history, view, settings)):
            note = _note(written, migration, history, view)
            for place, step in enumerate(written.steps):
                found[id(step)] = (
                    _in(step, written.file, note) if place == 0 else _with_the_one_before(step, written.file)
                )
    return found


def _note(written: Written, migration: Migration, history: History, view: View) -> str:
    """What Ash has to be told of a file that it has not generated."""
    own = written.file.path == migration.path
    if history.tool != "ecto" or not ash.is_ash(view, history.folder):
        return ""
    return (
        ""
        if own and written.file.content == view.text(migration.path)
        else ash.notes(written.steps, is_first=own)
    )


def _in(step: Step, file: AdviceFile, note: str) -> Step:
    said = " ".join(filter(None, (step.note, note)))
    return step.model_copy(update={"file": file.content, "file_path": file.path, "note": said})


def _with_the_one_before(step: Step, file: AdviceFile) -> Step:
    return step.model_copy(update={"file": "", "file_path": file.path})


def _of(round_: Round, path: str) -> list[Step]:
    return [step for step in round_.steps if step.path == path]
