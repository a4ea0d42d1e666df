"""One change as the rules see it: expectations in the place of observations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from checks import rules
from checks.model.findings import Certainty, Finding, Severity
from checks.model.migrations import Change, ChangedMigration, Migration
from checks.model.rollback import RollbackProof, RollbackStatus
from checks.rules.review import Review, Step
from checks.settings import Settings
from checks.static.expectation import expect
from checks.static.facts import Expected
from checks.static.known import Known, TextCatalog

NOT_RUN = RollbackProof(status=RollbackStatus.UNPROVEN, reason="Nothing was run.")
_CONTROL = ("BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Read(NamedTuple):
    """One migration, read."""

    id: str
    migration: Migration
    expected: tuple[Expected, ...]
    before: TextCatalog
    after: TextCatalog


class Reading(NamedTuple):
    """One change, read."""

    change: Change
    settings: Settings
    postgres: int
    migrations: tuple[Read, ...]
    base: TextCatalog

    def review(self, *, perhaps: bool) -> Review:
        """``perhaps``: as if all came true that the statements do only under a condition."""
        live = self.base.relations()
        steps = tuple(
            self._step(one, changed, live, perhaps)
            for one, changed in zip(self.migrations, self.change.pending, strict=True)
        )
        return Review(self.change, self.settings, steps, base=self.base, postgres=self.postgres)

    @property
    def is_open(self) -> bool:
        return any(one.facts.provided for read in self.migrations for one in read.expected)

    def _step(self, read: Read, changed: ChangedMigration, live: frozenset[str], perhaps: bool) -> Step:
        behind = _behind(read.expected)
        observations = tuple(
            one.observation(f"{read.id}/up/{number}", live, behind[number - 1], perhaps=perhaps)
            for number, one in enumerate(read.expected, start=1)
        )
        rows: Mapping[str, int] = dict.fromkeys(live, 1)
        actions = tuple(one.actions for one in read.expected)
        return Step(
            changed, read.id, observations, read.before, read.after, rows, proof=NOT_RUN, actions=actions
        )


def review(change: Change, known: Known, settings: Settings, postgres: int) -> Reading:
    """Read the migrations of one change, in order; ``known`` is afterwards what they leave behind."""
    found: list[tuple[str, Migration, tuple[Expected, ...], TextCatalog, TextCatalog]] = []
    for changed in change.pending:
        migration = changed.migration
        known.begin_step()
        expected = expect(migration.up, known, settings, postgres) if migration.up else []
        id = f"{change.head.id}/{migration.version or migration.name}"
        found.append((id, migration, tuple(expected), known.before(), known.after()))
    return Reading(change, settings, postgres, tuple(Read(*one) for one in found), known.base())


def findings_of(reading: Reading) -> Iterator[Finding]:
    """Each with the grade that reading gives; one that only a condition makes true says so, and is a warning at most."""
    certain = list(rules.findings_of(reading.review(perhaps=False)))
    yield from map(_as_read, certain)
    if reading.is_open:
        known = {(finding.rule, finding.evidence) for finding in certain}
        conditions = {
            f"{read.id}/up/{number}": one.facts.provided
            for read in reading.migrations
            for number, one in enumerate(read.expected, start=1)
        }
        for finding in rules.findings_of(reading.review(perhaps=True)):
            if (finding.rule, finding.evidence) not in known:
                yield _as_read(_under_condition(finding, conditions))


def _as_read(finding: Finding) -> Finding:
    return finding.model_copy(update={"certainty": Certainty.STATIC, "evidence": ()})


def _under_condition(finding: Finding, conditions: Mapping[str, str]) -> Finding:
    condition = next((conditions[id] for id in finding.evidence if conditions.get(id)), "")
    severity = Severity.WARNING if finding.severity is Severity.ERROR else finding.severity
    message = f"If {condition}: {finding.message}" if condition else finding.message
    return finding.model_copy(update={"severity": severity, "message": message})


def _behind(expected: Sequence[Expected]) -> list[int]:
    """For each statement, how many later ones run in its transaction."""
    later: Counter[int | None] = Counter()
    behind = []
    for one in reversed(expected):
        behind.append(later[one.transaction] if one.transaction is not None else 0)
        later[one.transaction] += one.kind not in _CONTROL
    return behind[::-1]
