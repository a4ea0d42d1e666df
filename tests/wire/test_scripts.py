"""Rails, Knex, TypeORM and Sequelize through the proxy, in their examples, on a machine that has what those need."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from heard import ear

from bot.demo import EXAMPLES
from checks.sandbox import Server
from checks.trees.directory import DirectoryTree
from checks.wire.command import variables
from checks.wire.history import history_of
from checks.wire.tools import known_tools


@pytest.mark.parametrize("tool", ["knex", "rails", "sequelize", "typeorm"])
def test_an_example_is_heard_word_for_word(tool: str, server: Server) -> None:
    folder = EXAMPLES / tool
    if not _is_there(tool, folder):
        pytest.skip(known_tools()[tool].install.replace("{folder}", f"examples/{tool}"))
    with ear(server) as wire:
        where = variables(wire.proxy.port, wire.server, wire.database)
        migrate = shlex.split(known_tools()[tool].migrate)
        subprocess.run(migrate, cwd=folder, env={**os.environ, **where}, check=True, capture_output=True)
        assert _sorted(wire.heard()) == _sorted(wire.logged())
        assert not any(one.lost for one in wire.proxy.recorded)
        history = history_of(wire.proxy.recorded, DirectoryTree(folder, "head"))
    files = sorted((folder / history.folder).glob("*"))
    assert [one.path for one in history.migrations] == [f"{history.folder}/{file.name}" for file in files]


def _is_there(tool: str, folder: Path) -> bool:
    """Asking npx costs a second, so a tool of npm's is looked for where its example has it."""
    if (folder / "package.json").exists():
        return (folder / "node_modules").exists()
    try:
        return (
            subprocess.run(
                shlex.split(known_tools()[tool].asks), cwd=folder, capture_output=True, check=False
            ).returncode
            == 0
        )
    except OSError:
        return False


def _sorted(statements: Iterable[str]) -> list[str]:
    """A tool may have several connections at once, and a semicolon behind what it prepares is no part of a statement."""
    return sorted(one.rstrip(";") for one in statements)
