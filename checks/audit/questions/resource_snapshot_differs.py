"""Does every resource snapshot of Ash say what the schema is?"""

from __future__ import annotations

from collections.abc import Iterator

from checks.audit.model import AuditFinding
from checks.audit.subject import Subject, about_file
from checks.model.findings import Severity
from checks.rules.drifts import said
from checks.rules.wording import short

_DIFFERS = (
    "{table}{said}. Ash takes the snapshot for the truth, so no `{command}` will mend it: write a migration that does, or "
    "change the resource."
)
_DEV = "`mix ash.codegen --dev` wrote it as a draft. `{command} NAME` puts one migration in the place of all drafts."


def ask(subject: Subject) -> Iterator[AuditFinding]:
    for one in subject.snapshots:
        for path, deviation in one.deviations:
            table = f"`{short(deviation.table)}`: " if deviation.table else ""
            message = _DIFFERS.format(table=table, said=said([deviation]), command=one.command)
            yield about_file(__name__, Severity.WARNING, path, message)
        for problem in one.problems:
            yield about_file(
                __name__, Severity.WARNING, problem.path, f"The file {problem.message}", problem.line
            )
        for path in one.dev:
            yield about_file(__name__, Severity.WARNING, path, _DEV.format(command=one.command))
        for path, note in one.notes:
            yield about_file(__name__, Severity.INFO, path, note)
