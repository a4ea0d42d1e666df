"""The demonstration: the example repository, reviewed as if its newest migrations were a pull request."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from checks.model import Report
from checks.progress import Progress
from checks.settings import load
from checks.trees.directory import DirectoryTree
from checks.validate import validate

SHOP = Path(__file__).resolve().parents[1] / "examples" / "shop"
PULL_REQUEST = "pull-request.txt"
"""One path per line: the files that the pull request adds."""


def validate_shop(progress: Progress) -> Report:
    """Validate the example on the bundled PostgreSQL, so that nothing but Python is needed."""
    new = (SHOP / PULL_REQUEST).read_text().split()
    base = DirectoryTree(SHOP, "main", leave_out=new)
    head = DirectoryTree(SHOP, "pull request")
    settings, _ = load(base)
    settings = settings.model_copy(update={"provider": "bundled"})
    return validate(base, head, settings, progress, today=date.today())
