"""Phase zero: what is wrong with schema and history before anything changes.

``audit(tree, settings)`` is the one door; each module of ``questions`` is one question.
"""

from __future__ import annotations

import pkgutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from types import ModuleType

from checks import catalog
from checks.ash.as_it_stands import AsItStands, as_it_stands
from checks.audit import questions
from checks.audit.model import Answered, Audit, AuditedHistory, AuditFinding
from checks.audit.proofs import prove_newest
from checks.audit.subject import Subject, question_id
from checks.change import compare_histories
from checks.frameworks.find import find_histories
from checks.model.findings import Unproven
from checks.model.migrations import History
from checks.model.report import SandboxInfo
from checks.progress import Progress, silent
from checks.replay.base import BaseState, base_state
from checks.settings import Settings
from checks.trees import Tree

__all__ = ["Answered", "Audit", "AuditFinding", "AuditedHistory", "all_questions", "audit"]


def audit(tree: Tree, settings: Settings, progress: Progress = silent) -> Audit:
    """Build the schema that the migrations of ``tree`` build, and ask all questions of it and of them.

    Raises MigrationError; SandboxError when there is no PostgreSQL to run on.
    """
    start = time.perf_counter()
    progress("reading the migrations")
    looked_at = [
        _look(group, tree, settings, progress) for group in _by_database(find_histories(tree, settings))
    ]
    subjects = [subject for subject, _, _ in looked_at]
    return Audit(
        revision=tree.label,
        sandbox=next((info for _, info, _ in looked_at), None),
        histories=tuple(_history(history, subject) for subject in subjects for history in subject.histories),
        answers=tuple(_answer(id, module, subjects) for id, module in all_questions().items()),
        unproven=tuple(place for _, _, unproven in looked_at for place in unproven),
        duration_ms=(time.perf_counter() - start) * 1000,
    )


@cache
def all_questions() -> Mapping[str, ModuleType]:
    modules = (
        import_module(f"{questions.__name__}.{found.name}")
        for found in pkgutil.iter_modules(questions.__path__)
    )
    return {question_id(module.__name__): module for module in modules}


def _look(
    histories: Sequence[History], tree: Tree, settings: Settings, progress: Progress
) -> tuple[Subject, SandboxInfo, tuple[Unproven, ...]]:
    with base_state(histories, tree, settings, progress, catalog.describe) as base:
        subject = Subject(
            histories=tuple(histories),
            catalog=catalog.read(base.database),
            standing=compare_histories(histories, histories),
            snapshots=tuple(_snapshots(histories, tree, base, settings)),
        )
        info = base.server.info
        unproven = tuple(
            Unproven(path=problem.path, line=problem.line, reason=problem.message)
            for problem in base.failures
        )
    proofs = {} if unproven else prove_newest(histories, tree, settings, progress)
    return replace(subject, proofs=proofs), info, unproven


def _snapshots(
    histories: Sequence[History], tree: Tree, base: BaseState, settings: Settings
) -> Iterator[AsItStands]:
    for history in histories:
        found = as_it_stands(tree, history, base, settings)
        if found is not None:
            yield found


def _by_database(histories: Sequence[History]) -> Iterator[list[History]]:
    """Folders that are applied to one database together, in their order."""
    groups: dict[str, list[History]] = {}
    for history in histories:
        groups.setdefault(history.database or history.id, []).append(history)
    yield from groups.values()


def _history(history: History, subject: Subject) -> AuditedHistory:
    paths = {migration.path for migration in history.migrations}
    return AuditedHistory(
        id=history.id,
        tool=history.tool,
        folder=history.folder,
        database=history.database,
        migrations=len(history.migrations),
        proven=len(paths & subject.proofs.keys()),
    )


def _answer(id: str, module: ModuleType, subjects: Sequence[Subject]) -> Answered:
    summary = (module.__doc__ or "").strip().partition("\n\n")[0]
    findings = tuple(finding for subject in subjects for finding in module.ask(subject))
    return Answered(id=id, summary=" ".join(summary.split()), findings=findings)
