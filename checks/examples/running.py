"""Run the SQL of a rule's page, or of a test, through the parts of the engine, and say which rules fired.

A text is one migration in one transaction. Lines ``-- migration 2`` cut it into several migrations, each in its own
transaction or, with ``, outside a transaction``, in none. A text with dbmate's markers or with lines ``-- base: name``
and ``-- change: name``, which may end in ``(was other-name)`` or ``(deleted)``, is a folder of dbmate's files.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from psycopg import sql

from checks import catalog, data, rollback, trace
from checks.change import compare, compare_histories
from checks.frameworks import find_histories
from checks.model.findings import Finding
from checks.model.migrations import Change, ChangedMigration, History, Migration, Script, TransactionMode
from checks.replay.execute import execute
from checks.rules import check
from checks.rules.review import Review, Step
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.sql.split import split
from checks.trees.tree import MemoryTree

_HEADING = re.compile(r"^-- migration \d+(?P<alone>, outside a transaction)?\n", re.MULTILINE)
_FILE = re.compile(r"^-- (base|change): (\S+)(?: \((?:was (\S+)|(deleted))\))?\n", re.MULTILINE)
_FOLDER = "db/migrations"
_OF_TEXT = "text-"


def fired(database: Database, text: str, setup: str = "", settings: Settings | None = None) -> set[str]:
    """The rules of the findings."""
    return {finding.rule for finding in findings(database, text, setup, settings)}


def findings(
    database: Database, text: str, setup: str = "", settings: Settings | None = None
) -> tuple[Finding, ...]:
    """What the rules find."""
    return check([reviewed(database, text, setup, settings or Settings())])


def reviewed(database: Database, text: str, setup: str, settings: Settings) -> Review:
    """The text as a change of an empty history, run on what ``setup`` leaves in the database."""
    change = change_of(text)
    for script in [script_of("setup.sql", setup), *(base.up for base in change.base.migrations)]:
        if script is not None:
            outcome = execute(database, [script], settings)
            assert outcome.committed, outcome.error
    base = catalog.read(database)
    steps: list[Step] = []
    for changed in change.pending:
        before = steps[-1].after if steps else base
        steps.append(_step(database, changed, base.relations(), before, settings))
    return Review(change, settings, tuple(steps), base=base, postgres=database.server.version)


def change_of(text: str) -> Change:
    """The migrations of a text, or of a folder of dbmate's files."""
    return _of_files(text) if _FILE.search(text) or "-- migrate:" in text else _of_text(text)


def _step(
    database: Database,
    changed: ChangedMigration,
    live: frozenset[str],
    before: catalog.Catalog,
    settings: Settings,
) -> Step:
    """As ``checks.validate`` runs it. The way back is proven for files only, where a down can be."""
    migration, id = changed.migration, changed.migration.path
    if migration.up is None:
        return Step(changed, id, before=before, after=before)
    with database.clone(f"{database.name}_alone") as clone:
        alone = trace.statement_by_statement(clone, migration.up, settings, ids=f"{id}/up", existing=live)
    rows, data_before = _rows(database, before), data.fingerprint(database)
    real = trace.as_the_tool_runs_it(database, migration.up, settings, ids=f"{id}/up", existing=live)
    after, data_after = catalog.read(database), data.fingerprint(database)
    step = Step(changed, id, trace.merge(alone, real), before, after, rows)
    if real.failed or migration.name.startswith(_OF_TEXT):
        return step
    with database.clone(f"{database.name}_proof") as clone:
        proof = rollback.prove(
            clone, migration, settings, before, data_before, after, data_after, ids=id, existing=live
        )
    return replace(step, proof=proof)


def _rows(database: Database, schema: catalog.Catalog) -> dict[str, int]:
    """How many rows each table has, as its owner sees it."""
    with database.connect() as connection:
        counts = {}
        for table in schema.tables():
            name = sql.Identifier(*table.split(".", 1))
            row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
            counts[table] = int(str(row[0])) if row else 0
        return counts


def _of_files(text: str) -> Change:
    base: dict[str, str] = {}
    change: dict[str, str] = {}
    gone: set[str] = set()
    whole = ["", "change", "0001_change.sql", None, None, text]
    parts: list[Any] = _FILE.split(text) if _FILE.search(text) else whole
    for side, name, old, deleted, body in (parts[at : at + 5] for at in range(1, len(parts), 5)):
        marked = body if "-- migrate:up" in body else f"-- migrate:up\n{body}\n-- migrate:down\n"
        if deleted or old:
            gone.add(old or name)
        if not deleted:
            (base if side == "base" else change)[name] = marked
    head = {name: body for name, body in (base | change).items() if name not in gone}
    histories = [find_histories(MemoryTree(_in_folder(files)), Settings()) for files in (base, head)]
    (compared,) = compare_histories(*histories)
    return compared


def _in_folder(files: dict[str, str]) -> dict[str, str | bytes]:
    return {f"{_FOLDER}/{name}": body for name, body in files.items()}


def _of_text(text: str) -> Change:
    parts = _HEADING.split(text)
    bodies = [(None, text)] if len(parts) == 1 else zip(parts[1::2], parts[2::2], strict=True)
    migrations = tuple(
        _migration(number, body, alone=alone is not None)
        for number, (alone, body) in enumerate(bodies, start=1)
    )
    base = History(tool="goose", folder=_FOLDER, migrations=(), has_downs=False)
    return compare(base, base.model_copy(update={"migrations": migrations}))


def _migration(number: int, text: str, *, alone: bool) -> Migration:
    path = f"{_FOLDER}/{number}.sql"
    return Migration(
        version=str(number),
        name=f"{_OF_TEXT}{number}",
        path=path,
        files=(path,),
        digest=str(hash(text)),
        up=script_of(path, text, alone=alone),
        down=None,
    )


def script_of(path: str, text: str, *, alone: bool = False) -> Script:
    mode = TransactionMode.AUTOCOMMIT if alone else TransactionMode.TRANSACTION
    return Script(statements=split(text, path), transaction=mode)
