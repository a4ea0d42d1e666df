"""A migration without a way back, with the one that was drafted and proven when it was reviewed.

The draft was run then, up, down and up again. What is written is read back, and must be the statements that were run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.advice import words
from checks.advice.chains import chains
from checks.advice.placed import placed
from checks.model.findings import Advice, Finding
from checks.model.migrations import Script
from checks.model.rollback import RollbackStatus
from checks.plan.files import CannotWrite, Rewrite, written_with_down
from checks.reporting import Reviewed
from checks.rules.review import Step
from checks.sql.split import split
from checks.trees import Tree

RULE = "missing-down"
BORDERS = ("BEGIN", "COMMIT")


def drafted_downs(
    findings: Sequence[Finding], reviewed: Reviewed, head: Tree
) -> Iterator[tuple[str, Advice]]:
    """Finding id → the file with the down; only where the tool has a place for it."""
    missing = {finding.migration: finding.id for finding in findings if finding.rule == RULE}
    for step in reviewed.review.steps:
        if step.id in missing and (advice := _advice(step, reviewed, head)):
            yield missing[step.id], advice


def _advice(step: Step, reviewed: Reviewed, head: Tree) -> Advice | None:
    proof, change = step.proof, reviewed.change
    if not proof.drafted or proof.draft is None or proof.status is not RollbackStatus.RESTORED:
        return None
    rewrite = Rewrite(change.head.tool, change.head, step.migration, head, reviewed.review.settings, {})
    down = tuple(statement.sql for statement in split(proof.draft, step.migration.path))
    try:
        files = written_with_down(rewrite, down)
        (read,) = chains(rewrite, files, change).instead
    except CannotWrite:
        return None  # the report shows the draft by itself
    if _statements(read.migration.down) != [*map(_squeezed, down)]:
        return None
    seen = [words.DOWN] + [words.AGAIN] * (proof.up_again == "identical")
    return Advice(title=words.DOWN_TITLE, proven=True, files=placed(files.files, head), seen=tuple(seen))


def _statements(script: Script | None) -> list[str]:
    found = [_squeezed(statement.sql) for statement in script.statements] if script else []
    return [sql for sql in found if sql not in BORDERS]


def _squeezed(sql: str) -> str:
    return " ".join(sql.split())
