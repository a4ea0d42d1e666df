"""Real frameworks through the proxy: the same schema as without it, and every statement that the server logged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from heard import Ear, ear

from bot.demo import EXAMPLES
from checks import catalog
from checks.sandbox import Database, Server
from checks.sandbox.cluster import Cluster
from checks.trees.directory import DirectoryTree
from checks.wire.asking import with_lines
from checks.wire.command import variables
from checks.wire.history import history_of
from checks.wire.own_tables import own_tables, with_usual_names

COMMANDS = {
    "django": [sys.executable, "manage.py", "migrate"],
    "alembic": [sys.executable, "-m", "alembic", "upgrade", "head"],
}


@pytest.fixture(scope="module", params=COMMANDS)
def run(request: pytest.FixtureRequest, server: Server) -> Iterator[tuple[str, Ear]]:
    """A framework that has brought a database to its newest migration."""
    with ear(server) as wire:
        _run(request.param, variables(wire.proxy.port, wire.server, wire.database))
        yield request.param, wire


def test_django_tells_which_operation_a_statement_is_of(run: tuple[str, Ear]) -> None:
    name, wire = run
    if name != "django":
        return
    tree = DirectoryTree(EXAMPLES / name, "head")
    history = history_of(wire.proxy.recorded, tree)
    where = {**os.environ, **variables(wire.proxy.port, wire.server, wire.database)}

    def printed(command: Sequence[str]) -> str:
        assert command[1:-1] == ["manage.py", "sqlmigrate", "orders"]
        return subprocess.run(
            command, cwd=EXAMPLES / name, env=where, check=True, capture_output=True, text=True
        ).stdout

    none = history.model_copy(update={"migrations": history.migrations[:-2]})
    (larger,) = (
        one
        for one in with_lines(history, none, tree, COMMANDS[name], printed).migrations
        if one.name == "0003_larger_totals"
    )
    assert larger.up
    told = [(one.line, one.line_is_guess) for one in larger.up.statements]
    assert told[1:4] == [(11, False), (12, False), (5, True)]


def test_alembics_table_under_a_name_of_ones_own(server: Server, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "alembic", tmp_path, dirs_exist_ok=True)
    program = tmp_path / "migrations" / "env.py"
    program.write_text(
        program.read_text().replace("context.configure(", 'context.configure(version_table="our_versions", ')
    )
    with ear(server) as wire:
        _run("alembic", variables(wire.proxy.port, wire.server, wire.database), tmp_path)
    tree = DirectoryTree(tmp_path, "head")
    names = own_tables(wire.proxy.recorded, tree)
    assert names == {"our_versions": "alembic_version"}
    history = history_of(with_usual_names(wire.proxy.recorded, names), tree)
    assert (history.tool, [one.version for one in history.migrations]) == (
        "alembic",
        ["2f1c6a90b3d1", "7d0e4b1f22a8", "b84a17c5d0e6", "c9f3d7720b14"],
    )


def _run(name: str, where: dict[str, str], folder: Path | None = None) -> None:
    subprocess.run(
        COMMANDS[name],
        cwd=folder or EXAMPLES / name,
        env={**os.environ, **where},
        check=True,
        capture_output=True,
    )


def _without_the_proxy(server: Cluster, database: str) -> dict[str, str]:
    host = server.address.host
    return variables(int(server.address.port), server, database) | {
        "PGHOST": host,
        "DATABASE_URL": f"postgresql://app:{variables(0, server, database)['PGPASSWORD']}@/{database}?host={host}",
    }


def test_every_statement_is_heard(run: tuple[str, Ear]) -> None:
    _, wire = run
    assert wire.heard() == wire.logged()
    assert not any(one.lost for one in wire.proxy.recorded)


def test_the_schema_is_the_one_without_the_proxy(run: tuple[str, Ear]) -> None:
    name, wire = run
    with ear(wire.server) as other:
        _run(name, _without_the_proxy(wire.server, other.database))
        direct, heard = (
            catalog.read_all(Database(one.server, one.database)).catalog for one in (other, wire)
        )
    assert catalog.compare(direct, heard) == ()


def test_each_statement_belongs_to_its_migration(run: tuple[str, Ear]) -> None:
    name, wire = run
    history = history_of(wire.proxy.recorded, DirectoryTree(EXAMPLES / name, "head"))
    lines = {
        one.path: [statement.line for statement in one.up.statements] for one in history.migrations if one.up
    }
    told = {
        one.path: [statement.sql for statement in one.up.statements] for one in history.migrations if one.up
    }
    assert history.tool == name
    if name == "alembic":
        wider = "migrations/versions/7d0e_wider_fees.py"
        assert [path.rpartition("/")[2] for path in told] == [
            "2f1c_members.py", "7d0e_wider_fees.py", "b84a_paid_on.py", "c9f3_find_by_name.py",
        ]  # fmt: skip
        assert told[wider][1:3] == [
            "ALTER TABLE fees ALTER COLUMN amount TYPE NUMERIC(14, 2)",
            "CREATE INDEX fees_member_id ON fees (member_id)",
        ]
        assert lines[wider][1:3] == [11, 12]
        return
    larger = "orders/migrations/0003_larger_totals.py"
    assert told[larger] == [
        "BEGIN",
        'ALTER TABLE "orders_order" ALTER COLUMN "total" TYPE bigint USING "total"::bigint',
        'CREATE INDEX "order_placed_at" ON "orders_order" ("placed_at")',
        'UPDATE "orders_order" SET "note" = \'none\' WHERE "orders_order"."note" = \'\'',
        "COMMIT",
    ]
    assert lines[larger][1:4] == [11, 12, 5]
    assert told["orders/migrations/0004_index_notes.py"] == [
        'CREATE INDEX CONCURRENTLY "order_note" ON "orders_order" ("note")'
    ]
