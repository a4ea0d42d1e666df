"""The down that was drafted, where each tool keeps one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from advising import filled, proving
from folders import FIRST, FOLDERS, Folder

from checks.frameworks.find import find_histories
from checks.sandbox import Database, Server
from checks.settings import Settings
from checks.trees.tree import MemoryTree

UP, DOWN = "ALTER TABLE t ADD COLUMN b int;", "ALTER TABLE t DROP COLUMN b;"
SHAPES = ("goose", "dbmate", "golang-migrate", "numbered", "diesel", "liquibase", "sqitch", "node-pg-migrate")
"""One of each way to keep downs."""


@pytest.fixture(scope="module")
def tables(server: Server) -> Iterator[Database]:
    with filled(server, FIRST) as database:
        yield database


@pytest.mark.parametrize("folder", [one for one in FOLDERS if one.tool in SHAPES], ids=lambda one: one.tool)
def test_the_file_has_the_down_that_was_run(folder: Folder, tables: Database) -> None:
    files = {path: without_down(text) for path, text in folder.change(UP, DOWN).items()}
    head = {**folder.base, **{path: text for path, text in files.items() if text.strip()}}
    with proving(tables, head, folder.base) as change:
        (advice,) = [one.advice for one in change.advised() if one.rule == "missing-down"]
    assert advice and advice.proven
    new = {**head, **{file.path: file.content for file in advice.files}}
    (history,) = find_histories(MemoryTree(new), Settings())
    down = history.migrations[-1].down
    assert down is not None
    assert "ALTER TABLE public.t DROP COLUMN b" in [statement.sql for statement in down.statements]


def without_down(text: str) -> str:
    """What stands before the down, or nothing when the file is one."""
    for marker in ("-- +goose Down", "-- migrate:down", "-- Down Migration", "--rollback"):
        text = text.partition(marker)[0]
    return "" if text.strip() == DOWN else text
