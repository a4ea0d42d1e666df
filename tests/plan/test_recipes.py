"""Each recipe on a real server: step by step, back and forth, to the schema and the rows that the author wanted."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from reviewing import reviewed
from scenarios import SCENARIOS, Scenario

from checks import catalog
from checks.model.differences import Difference, Significance
from checks.plan import Phase, Step, plan
from checks.rules.wording import quoted
from checks.sandbox import Database, Server


@pytest.fixture
def author(server: Server) -> Iterator[Database]:
    name = f"author_{uuid.uuid4().hex[:12]}"
    server.create(name)
    yield Database(server, name)
    server.drop(name)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_steps_lead_to_what_the_author_wanted(
    scenario: Scenario, database: Database, author: Database
) -> None:
    for place in (author, database):
        run(place, scenario.setup)
    planned = plan(reviewed(database, scenario.author))
    assert not planned.as_written
    left = [step for round_ in planned.rounds for step in round_.steps if "no staged way" in step.note]
    assert bool(left) is not scenario.staged
    for round_ in planned.rounds:
        works = scenario.works if round_ is planned.rounds[0] else {}
        for phase in Phase:
            steps = [step for step in round_.steps if step.phase is phase]
            for step in steps:
                take(database, step, scenario)
            if steps:
                run(database, *works.get(phase.value, ()))
    run(author, scenario.wanted or scenario.author)
    assert differs(catalog.read(author), catalog.read(database)) == []
    if not scenario.works:
        assert rows_of(database) == rows_of(author)


def take(database: Database, step: Step, scenario: Scenario) -> None:
    """Forth, back, and forth again; batches, whose values do not come back, forth and forth again."""
    before = catalog.read(database)
    run(database, *(step.sql or (scenario.fill or "SELECT 1",)), transaction=step.transaction)
    if step.check:
        assert rows(database, step.check) == [], step
    assert bool(step.undo) is not bool(step.no_undo), step
    if step.backfill:
        run(database, *step.sql)
    elif step.undo:
        run(database, *step.undo, transaction=step.transaction)
        assert differs(before, catalog.read(database)) == [], step
        run(database, *step.sql, transaction=step.transaction)


def run(database: Database, *statements: str, transaction: bool = False) -> None:
    with database.connect() as connection:
        for statement in ("BEGIN", *statements, "COMMIT") if transaction else statements:
            connection.execute(statement.encode())


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.connect() as connection:
        return connection.execute(query.encode()).fetchall()


def differs(one: catalog.Catalog, other: catalog.Catalog) -> list[Difference]:
    found = catalog.compare(one, other)
    return [difference for difference in found if difference.significance is not Significance.ORDER]


def rows_of(database: Database) -> dict[str, object]:
    """Each table's rows, as one hash over them, whatever the order of columns and rows."""
    schema = catalog.read(database)
    found: dict[str, object] = {}
    for table in sorted(schema.tables()):
        names = ", ".join(f'"{name}"' for name in sorted(column.name for column in schema.columns(table)))
        query = f"SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM (SELECT {names} FROM {quoted(table)}) r"
        found[table] = rows(database, query)
    return found
