"""The demonstrations: example repositories, reviewed as if their newest migrations were a pull request."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from checks.errors import UsageError
from checks.model import Report
from checks.progress import Progress
from checks.settings import load
from checks.trees.directory import DirectoryTree
from checks.validate import validate

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
PULL_REQUEST = "pull-request.txt"
"""One path per line: the files that the pull request adds."""


def validate_example(name: str, progress: Progress) -> Report:
    """Validate an example on the bundled PostgreSQL, so that nothing but Python is needed.

    Raises UsageError for a name that no example has.
    """
    known = sorted(path.parent.name for path in EXAMPLES.glob(f"*/{PULL_REQUEST}"))
    if name not in known:
        raise UsageError(f"there is no example {name!r}", hint=f"There are: {', '.join(known)}.")
    folder = EXAMPLES / name
    new = (folder / PULL_REQUEST).read_text().split()
    base = DirectoryTree(folder, "main", leave_out=new)
    head = DirectoryTree(folder, "pull request")
    settings, _ = load(base)
    settings = settings.model_copy(update={"provider": "bundled"})
    return validate(base, head, settings, progress, today=date.today())
