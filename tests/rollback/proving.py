"""Run a migration on a database and prove its way back, as the engine does."""

from __future__ import annotations

from collections.abc import Sequence

from checks import catalog, data
from checks.model.migrations import Migration, Script, Statement, TransactionMode
from checks.model.rollback import RollbackProof
from checks.rollback import prove
from checks.sandbox import Database
from checks.settings import Settings
from checks.sql.split import split
from checks.trace import as_the_tool_runs_it

SETTINGS = Settings(rows=50)


def script(
    text: str, mode: TransactionMode = TransactionMode.TRANSACTION, path: str = "1_change.sql"
) -> Script:
    statements: Sequence[Statement] = split(text, path)
    return Script(statements=tuple(statements), transaction=mode)


def migration(up: str, down: str | None, mode: TransactionMode = TransactionMode.TRANSACTION) -> Migration:
    return Migration(
        version="1",
        name="change",
        path="1_change.sql",
        files=("1_change.sql",),
        digest="",
        up=script(up, mode),
        down=None if down is None else script(down, mode),
    )


def proof_of(
    database: Database,
    base: str,
    up: str,
    down: str | None,
    *,
    mode: TransactionMode = TransactionMode.TRANSACTION,
    settings: Settings = SETTINGS,
) -> RollbackProof:
    """``base`` is run and filled with rows, then up, and the way back is proven."""
    prepare(database, base, settings)
    return proof_on(database, up, down, mode=mode, settings=settings)


def prepare(database: Database, base: str, settings: Settings = SETTINGS) -> None:
    with database.connect() as connection:
        connection.execute(base.encode())
    data.fill(database, settings.rows)


def proof_on(
    database: Database,
    up: str,
    down: str | None,
    *,
    mode: TransactionMode = TransactionMode.TRANSACTION,
    settings: Settings = SETTINGS,
) -> RollbackProof:
    """The same on a database that is prepared."""
    one = migration(up, down, mode)
    assert one.up is not None
    before, data_before = catalog.read(database), data.fingerprint(database)
    existing = before.relations()
    run = as_the_tool_runs_it(database, one.up, settings, ids="1/up", existing=existing)
    assert not run.failed, run
    return prove(
        database,
        one,
        settings,
        before,
        data_before,
        catalog.read(database),
        data.fingerprint(database),
        ids="1",
        existing=existing,
    )
