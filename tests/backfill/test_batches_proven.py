"""Batches on a real server: killed, resumed, beside writers, run twice; and weakened by one step, which has to be seen."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.backfills import (
    KEYS,
    MUTATIONS,
    SETTINGS,
    STATEMENTS,
    Weaken,
    known,
    progress_behind_rows,
    proven,
    tables,
    without_predicate,
)
from checks.backfill import Backfill, backfill, procedure, psql, row_change
from checks.backfill.proof import prove, standing
from checks.backfill.proof.alone import Alone
from checks.backfill.proof.rows import is_serial
from checks.sandbox import Database, Server
from checks.settings import Settings
from checks.sql.split import split

COMPOSITE = next(key for key in KEYS if key.name == "two columns")
COUNT_UP = "UPDATE t AS x SET c = x.c + 1 WHERE x.c > 5 OR x.note IS NULL"


@pytest.fixture(scope="module")
def ground(server: Server) -> Iterator[Database]:
    name = f"ground_{uuid.uuid4().hex[:12]}"
    server.create(name)
    database = Database(server, name)
    with database.connect() as session:
        session.execute(tables(COMPOSITE).encode())
    yield database
    server.drop(name)


@pytest.fixture(scope="module")
def alone(ground: Database) -> Iterator[Alone]:
    """What the statement leaves, which all of its forms are held against."""
    with standing(found(COUNT_UP, ground), ground, SETTINGS) as once:
        yield once


def found(sql: str, database: Database) -> Backfill:
    return backfill(row_change(sql, known(database)))


@pytest.mark.parametrize("kind", ["delete joined", "copy joined"])
def test_they_leave_what_the_statement_leaves(kind: str, ground: Database) -> None:
    seen = [*prove(found(STATEMENTS[kind], ground), ground, Settings())]
    assert [sentence.split(" ")[0] for sentence in seen] == ["Killed", "Run", "With", "No"]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.__name__)
def test_a_form_with_one_step_less_is_not_proven(mutation: Weaken, alone: Alone) -> None:
    assert proven(alone, mutation)


def test_values_that_differ_from_run_to_run_hide_no_row(ground: Database) -> None:
    with standing(found(STATEMENTS["own value per row"], ground), ground, SETTINGS) as once:
        assert proven(once) == ""
        assert "leaves alone" in proven(once, without_predicate)
        assert "changed again" in proven(once, progress_behind_rows)


def test_too_few_rows_prove_nothing(ground: Database) -> None:
    with standing(found("DELETE FROM t WHERE c < 2", ground), ground, SETTINGS) as once:
        assert "too few" in proven(once)


def test_a_row_that_no_order_explains_is_seen() -> None:
    before, after = {"1": "a", "2": "b"}, {"1": "a", "2": "c"}
    assert is_serial({"1": "a", "2": "c"}, before, after, 1)
    assert not is_serial({"1": "x", "2": "c"}, before, after, 1)
    assert not is_serial({"1": "a"}, before, after, 1)
    assert is_serial({"v": 3}, {"v": 4}, {"v": 4}, 1) and not is_serial({"v": 2}, {"v": 4}, {"v": 4}, 1)
    assert not is_serial({"v": 1, "w": 1}, {"v": 1}, {"v": 1}, 5)


def counted(database: Database) -> object:
    with database.connect() as session:
        return session.execute("SELECT sum(c), count(*) FROM t").fetchone()


def test_a_procedure_and_a_script_for_psql_do_the_same(ground: Database, tmp_path: Path) -> None:
    batches = found(COUNT_UP, ground)
    with ground.clone("by_statement") as clone:
        with clone.connect() as session:
            session.execute(COUNT_UP)
        wanted = counted(clone)
    with ground.clone("by_procedure") as clone, clone.connect() as session:
        for statement in split(procedure(batches, 25), "procedure.sql"):
            session.execute(statement.sql.encode())
        assert counted(clone) == wanted
    program = shutil.which("psql")
    if program is None:
        pytest.skip("psql is not installed")
    with ground.clone("by_psql") as clone:
        script = tmp_path / "batches.sql"
        script.write_text(psql(batches, 25))
        for _ in range(2):
            run_psql(program, clone, script)
        assert counted(clone) == wanted


def run_psql(program: str, database: Database, script: Path) -> None:
    with database.connect() as session:
        address = {
            name: str(getattr(session.info, name)) for name in ("host", "port", "user", "password", "dbname")
        }
    options = ["-h", address["host"], "-p", address["port"], "-U", address["user"], "-d", address["dbname"]]
    command = [program, "-X", "-q", *options, "-f", str(script)]
    subprocess.run(
        command, check=True, capture_output=True, timeout=60, env={"PGPASSWORD": address["password"]}
    )
