"""``migration config``"""

from __future__ import annotations

import click

from bot.verbs.shared import BASE, show


@click.command()
@BASE
def config(base: str | None) -> int:
    """Print the configuration that is in force: what the base sets."""
    from pathlib import Path

    from bot.configured import settings_of
    from bot.publish.configuration import given
    from bot.validation import base_of
    from checks.trees.git import open_repository

    repository = open_repository(Path.cwd())
    tree = base_of(repository, base, None)
    return show("terminal", "config", text=given(settings_of(tree)), base=tree.label)
