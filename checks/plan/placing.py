"""The steps of a plan with the files of the repository that take them."""

from __future__ import annotations

from checks.frameworks.find import find_histories
from checks.frameworks.view import View
from checks.model import History
from checks.plan.model import Plan, Round, Step
from checks.plan.writers import Author, written_files
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
            for place, step in enumerate(written.steps):
                content = written.file.content if place == 0 else ""
                found[id(step)] = step.model_copy(update={"file": content, "file_path": written.file.path})
    return found


def _of(round_: Round, path: str) -> list[Step]:
    return [step for step in round_.steps if step.path == path]
