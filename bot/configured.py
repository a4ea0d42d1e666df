"""The settings of a tree, with a word to the person about what in them has no effect."""

from __future__ import annotations

from bot import console
from checks.rules import unknown_rules
from checks.settings import Settings, load
from checks.trees import Tree


def settings_of(tree: Tree) -> Settings:
    """What has no effect goes to standard error. Raises SettingsError."""
    settings, problems = load(tree)
    for problem in problems:
        console.note(f"note: {problem.path}:{problem.line}: {problem.message}")
    for sentence in unknown_rules(settings):
        console.note(f"note: the configuration: {sentence}")
    return settings
