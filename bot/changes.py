"""What lies between two trees: the folders that can be read, and the migrations that are code, heard from their tool."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.heard import heard_change
from checks.change import compare_histories
from checks.frameworks.find import find_histories
from checks.model.migrations import Change
from checks.progress import Progress
from checks.settings import Settings
from checks.trees import Tree


def changes_between(
    base: Tree,
    head: Tree,
    settings: Settings,
    root: Path | None,
    progress: Progress,
    environment: Mapping[str, str] = os.environ,
) -> Sequence[Change]:
    """``root`` is where the files of ``head`` lie, for the configuration's ``commands`` to run in; None: they do not run.

    Raises what ``heard_change`` raises.
    """
    read = compare_histories(find_histories(base, settings), find_histories(head, settings))
    if settings.commands is None or root is None:
        return read
    heard, _ = heard_change(
        settings.commands, root, base, head, settings, progress, environment, else_all=False
    )
    return (*_not_heard(read, heard), heard)


def _not_heard(read: Sequence[Change], heard: Change) -> Sequence[Change]:
    """Without folders of which the tool itself was heard: it knows more than the files say."""
    paths = {migration.path for migration in heard.head.migrations}
    return [change for change in read if paths.isdisjoint(one.path for one in change.head.migrations)]
