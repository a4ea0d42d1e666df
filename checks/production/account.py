"""What a report says of the statistics that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from checks.model.production import Production, ProductionTable
from checks.model.report import MigrationReport, SandboxInfo
from checks.production import words
from checks.production.statistics import Statistics
from checks.production.weight import load_of


def account(
    statistics: Statistics | None,
    migrations: Sequence[MigrationReport],
    sandbox: SandboxInfo | None,
    today: date,
) -> Production | None:
    """The part of the statistics that is about the tables of the change; None without statistics."""
    if statistics is None:
        return None
    sizes = {name: statistics.size(name) for name in sorted(set(_tables(migrations, statistics)))}
    age = max(0, (today - statistics.taken_at.date()).days)
    return Production(
        source=statistics.source,
        taken_on=statistics.taken_at.date().isoformat(),
        age_days=age,
        postgres=statistics.server_version,
        tables=tuple(
            ProductionTable(relation=name, **size.model_dump()) for name, size in sizes.items() if size
        ),
        missing=tuple(name for name, size in sizes.items() if size is None),
        notes=tuple(_notes(statistics, age, sandbox)),
    )


def _tables(migrations: Sequence[MigrationReport], statistics: Statistics) -> Iterator[str]:
    for migration in migrations:
        statements = migration.up.statements
        for place in range(len(statements)):
            load = load_of(statements, place, statistics)
            yield from (*load.works_on, *load.blocks)


def _notes(statistics: Statistics, age: int, sandbox: SandboxInfo | None) -> Iterator[str]:
    if age > words.OLD_DAYS:
        yield words.OLD.format(days=age)
    for what in statistics.left_out:
        yield words.LEFT_OUT.format(what=what.rstrip("."))
    if sandbox and _major(sandbox.postgres) != _major(statistics.server_version):
        yield words.ANOTHER_VERSION.format(
            production=_major(statistics.server_version), sandbox=_major(sandbox.postgres)
        )
    if not statistics.has_rates:
        yield words.NO_RATES
    open_ones = statistics.open_transactions
    if open_ones.longest_seconds is not None and open_ones.longest_seconds >= 1:
        longest = words.duration(open_ones.longest_seconds * 1000)
        yield words.WAITED_FOR.format(count=open_ones.count, longest=longest)


def _major(version: str) -> str:
    return version.split(".", 1)[0].split(" ", 1)[0]
