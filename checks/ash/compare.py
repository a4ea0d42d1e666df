"""The tables that the snapshots gave against the real ones, both in one catalog."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from checks.ash.compare_columns import column_deviations, shown
from checks.ash.compare_constraints import check_deviations, key_deviations, reference_deviations
from checks.ash.compare_indexes import index_deviations
from checks.ash.deviation import Aspect, Deviation
from checks.ash.expected import Made
from checks.ash.vocabulary import Kind
from checks.catalog import Catalog


@dataclass
class Comparison:
    deviations: list[Deviation] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Path of a snapshot, and what of it could not be compared, as a sentence."""


def compare(made: Sequence[Made], catalog: Catalog) -> Comparison:
    found = Comparison()
    for one in made:
        if one.wanted.snapshot.drop_table_opted_out:
            continue
        if one.wanted.table not in catalog.tables():
            found.deviations.append(_missing(one, catalog))
            continue
        is_made = one.table not in one.refused and one.wanted.made in catalog.tables()
        deviations = list(_deviations(one, catalog)) if is_made else []
        found.deviations += deviations
        found.notes += [(one.wanted.path, note) for note in _notes(one, deviations)]
    return found


def _missing(one: Made, catalog: Catalog) -> Deviation:
    columns = catalog.columns(one.wanted.made)
    text = ", ".join(f"{column.name} {shown(column)}" for column in columns[:4])
    said = f"{text}{' …' if len(columns) > 4 else ''}" or None
    return Deviation(one.wanted.table, Kind.TABLE, one.wanted.snapshot.table, Aspect.MISSING, said)


def _deviations(one: Made, catalog: Catalog) -> Iterator[Deviation]:
    yield from column_deviations(one, catalog)
    yield from key_deviations(one, catalog)
    yield from reference_deviations(one, catalog)
    yield from index_deviations(one, catalog)
    yield from check_deviations(one, catalog)


def _notes(one: Made, deviations: Sequence[Deviation]) -> Iterator[str]:
    refused = {one.table: one.refused[one.table]} if one.table in one.refused else one.refused
    told = {(deviation.kind, deviation.name) for deviation in deviations}
    for (kind, name), reason in refused.items():
        if (kind, name) not in told and one.told(reason):
            yield f"The {kind} `{name}` of `{one.wanted.snapshot.table}` is not compared: {reason.rstrip('.')}."
    for name in sorted(one.without_default):
        yield f"The default of `{name}` of `{one.wanted.snapshot.table}` is not compared: it is no constant."
