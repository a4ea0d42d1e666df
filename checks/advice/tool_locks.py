"""What a tool has to be told beside the files, for its own lock stands in their way."""

from __future__ import annotations

from collections.abc import Iterable

from checks.frameworks.flyway import waits_for_snapshots_of_its_own
from checks.frameworks.flyway_lock import waits
from checks.model.findings import AdviceFile
from checks.plan.files import Rewrite
from checks.sql.split import split

FLYWAY = "Flyway waits for its own lock there: set `flyway.postgresql.transactional.lock=false` before it is deployed."


def note_on_locks(rewrite: Rewrite, files: Iterable[AdviceFile]) -> str:
    """Empty where nothing has to be said."""
    if rewrite.tool != "flyway":
        return ""
    statements = (one.sql for file in files if file.path.endswith(".sql") for one in split(file.content, ""))
    is_met = any(map(waits, statements)) and waits_for_snapshots_of_its_own(
        rewrite.head, rewrite.history.folder
    )
    return FLYWAY if is_met else ""
