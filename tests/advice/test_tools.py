"""The other way in the format of every tool that writes SQL: the files that are shown are the files that were run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from advising import filled, proving
from folders import FIRST, FOLDERS, Folder

from checks.frameworks.find import find_histories, known_frameworks
from checks.model.findings import Advice
from checks.plan.files import can_write
from checks.sandbox import Database, Server
from checks.settings import Settings
from checks.trees.tree import MemoryTree

ROWS = "INSERT INTO t SELECT n, 'a' FROM generate_series(1, 40) n;"
INDEX = ("CREATE INDEX t_a ON t (a);", "DROP INDEX t_a;")
CHECK = ("ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0);", "ALTER TABLE t DROP CONSTRAINT c;")
BOTH = (
    "ALTER TABLE t ADD COLUMN b int;\n-- The author's words.\nCREATE INDEX t_a ON t (a);\n" + CHECK[0],
    f"{CHECK[1]}\nDROP INDEX t_a;\nALTER TABLE t DROP COLUMN b;",
)
WITH_TIMEOUT = Settings(parameters={"lock_timeout": "2s"})
"""How long a migration waits for a lock is another test's."""
ONE_TRANSACTION = ("drizzle", "node-pg-migrate")
"""These run all that is new in one transaction, and SQL cannot ask them for none."""

SHAPES = ("goose", "dbmate", "golang-migrate", "diesel", "flyway", "drizzle", "atlas", "liquibase", "sqitch")
"""One of each way to lay out new migrations."""

CHANGED = {
    "goose": "-- +goose NO TRANSACTION\n-- +goose Up\n{up}\n-- +goose Down\n{down}\n",
    "dbmate": "-- migrate:up transaction:false\n{up}\n\n-- migrate:down\n{down}\n",
    "sql-migrate": "-- +migrate Up notransaction\n{up}\n-- +migrate Down\n{down}\n",
    "sqlx": "-- no-transaction\n{up}\n",
    "atlas": "-- atlas:txmode none\n\n{up}\n",
    "liquibase": "--liquibase formatted sql\n\n--changeset ann:2 runInTransaction:false\n{up}\n--rollback {down}\n",
}
"""The author's file with the index built CONCURRENTLY; for all others only the word is new."""
BESIDE = {
    "atlas": ["migrations/atlas.sum"],
    "diesel": ["migrations/2026-01-02-000000_change/metadata.toml"],
}


@pytest.fixture(scope="module")
def tables(server: Server) -> Iterator[Database]:
    with filled(server, FIRST + ROWS) as database:
        yield database


def advices(
    database: Database, folder: Folder, change: tuple[str, str]
) -> tuple[dict[str, str], list[Advice]]:
    head = {**folder.base, **folder.change(*change)}
    with proving(database, head, folder.base, WITH_TIMEOUT) as reviewed:
        assert reviewed.reviewed.change.head.tool == folder.tool
        return head, [one.advice for one in reviewed.advised() if one.advice]


def named(folder: Folder) -> str:
    return folder.tool


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_an_index_alone_stays_in_its_file(folder: Folder, tables: Database) -> None:
    head, (advice,) = advices(tables, folder, INDEX)
    if folder.tool in ONE_TRANSACTION:
        assert not advice.proven and advice.files == ()
        assert advice.reason.endswith("runs every migration in a transaction, in which this cannot be done.")
        return
    path = next(iter(folder.change(*INDEX)))
    up = INDEX[0].replace("INDEX", "INDEX CONCURRENTLY")
    expected = CHANGED.get(folder.tool, head[path].replace(INDEX[0], "{up}").replace(INDEX[1], "{down}"))
    assert advice.proven, advice.reason
    assert advice.files[0].path == path
    assert advice.files[0].content == expected.format(up=up, down=INDEX[1])
    assert ("transactional.lock=false" in advice.note) == (folder.tool == "flyway")
    assert [file.path for file in advice.files[1:]] == BESIDE.get(folder.tool, [])
    assert (
        "Locks on `t`: SHARE while rows are read -> SHARE UPDATE EXCLUSIVE while rows are read."
        in advice.seen
    )


@pytest.mark.parametrize("folder", [one for one in FOLDERS if one.tool in SHAPES], ids=named)
def test_what_does_not_fit_comes_behind_in_files_of_the_tool(folder: Folder, tables: Database) -> None:
    alone = folder.tool in ONE_TRANSACTION
    head, found = advices(tables, folder, CHECK if alone else BOTH)
    assert [(one.proven, one.reason) for one in found] == [(True, "")] * (1 if alone else 2)
    files = {file.path: file.content for file in found[0].files}
    (history,) = find_histories(MemoryTree({**head, **files}), Settings())
    expected = {"numbered": 2, "sqitch": 2}.get(folder.tool, 3 if alone else 4)
    assert len(history.migrations) == expected
    # Its own lock stands in the way of CONCURRENTLY, which the way says, too.
    of_the_tool = ["flyway-concurrently-with-lock"] if folder.tool == "flyway" else []
    assert [problem.rule for problem in history.problems] == of_the_tool
    assert ("transactional.lock=false" in found[0].note) is bool(of_the_tool)
    if not alone:
        assert "-- The author's words.\n" in files[next(iter(folder.change(*BOTH)))]
    else:
        assert "by themselves" in found[0].files[1].needs


def test_there_is_a_folder_for_every_tool_of_sql() -> None:
    assert {folder.tool for folder in FOLDERS} == known_frameworks().keys() - {"ecto"}
    assert all(can_write(folder.tool) for folder in FOLDERS)
