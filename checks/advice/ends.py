"""Where a chain of migrations leads, and whether that is where the author's leads: in schema and in rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from checks import catalog, data
from checks.advice import words
from checks.advice.running import Disproved, run_all
from checks.catalog import Catalog
from checks.data import DataFingerprint
from checks.model.differences import Difference, Significance
from checks.model.migrations import Migration
from checks.model.observations import Observation
from checks.rules.review import Step as Reviewing
from checks.rules.wording import listed, short
from checks.sandbox.server import Database
from checks.state import State


@dataclass(frozen=True)
class End:
    """What a chain of migrations leads to."""

    schema: Catalog
    rows: DataFingerprint


class Author:
    """What the author's migrations do on a state, as the review has seen it."""

    def __init__(self, state: State, migrations: Sequence[Migration], steps: Sequence[Reviewing]) -> None:
        self._state = state
        self._migrations = migrations
        known = {step.migration.path + step.migration.version: step for step in steps}
        self._steps = [known.get(one.path + one.version) for one in migrations]

    @cached_property
    def end(self) -> End:
        """Where the last of them ended, each having run on what those before it left; run once more where one did not."""
        last = self._steps[-1]
        if last is None or last.data_after is None or last.on_empty_tables:
            return self._run()
        return End(last.after, last.data_after)

    @cached_property
    def again(self) -> End:
        """Another run of the same: what differs then differs from run to run."""
        return self._run()

    def observed(self, asked: Callable[[Migration], bool]) -> list[tuple[Observation, ...]]:
        """What was seen of those of the migrations that are asked for."""
        both = zip(self._migrations, self._steps, strict=True)
        return [step.observations for migration, step in both if step and asked(migration)]

    def _run(self) -> End:
        with self._state.database.clone("author") as clone:
            run_all(clone, self._migrations, self._state)
            return end_of(clone, self._state)


def end_of(database: Database, state: State) -> End:
    with catalog.Reader(database, state.reading) as reader:
        return End(reader.read(), data.fingerprint(database))


def same_schema(wanted: Catalog, found: Catalog) -> str:
    differences = catalog.compare(wanted, found)
    if others := material(differences):
        raise Disproved(words.SCHEMA.format(difference=others[0]))
    return words.ORDER if differences else words.SAME_SCHEMA


def same_rows(author: Author, found: DataFingerprint, numbered: Collection[str]) -> str:
    """``numbered``: columns of which is seen elsewhere that they number the rows, in whatever order."""
    differ = _differ(author.end.rows.without(numbered), found.without(numbered))
    if not differ:
        return words.SAME_ROWS
    in_each_run = _differ(author.end.rows, author.again.rows)
    for relation, column in differ:
        if (relation, column) not in in_each_run:
            raise Disproved(words.ROWS.format(relation=short(f"{relation}.{column}" if column else relation)))
    return words.OTHER_VALUES.format(
        columns=listed(short(f"{relation}.{column}") for relation, column in differ)
    )


def _differ(one: DataFingerprint, other: DataFingerprint) -> list[tuple[str, str | None]]:
    losses = (*data.compare(one, other), *data.compare(other, one))
    return list(dict.fromkeys((loss.relation, loss.column) for loss in losses))


def material(differences: Sequence[Difference]) -> list[Difference]:
    """All but the order of columns: a column that is added anew stands last, and names, not places, are what code uses."""
    return [one for one in differences if one.significance is not Significance.ORDER]
