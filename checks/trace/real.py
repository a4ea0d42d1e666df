"""Pass B: the script exactly as the tool runs it, in the tool's own transactions.

Nothing is looked at between the statements, but once when a transaction is about to end: the locks that piled up.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping

from checks.model.migrations import Script
from checks.model.observations import Lock, Observation, Trace
from checks.replay.execute import cause_of
from checks.replay.play import Played, play
from checks.replay.session import Session
from checks.sandbox.server import Database
from checks.settings import Settings
from checks.trace.evidence import Evidence
from checks.trace.observation import observation_of, rows_of
from checks.trace.observer import Observer, UnobservedError


def as_the_tool_runs_it(
    database: Database, script: Script, settings: Settings, *, ids: str, existing: Collection[str]
) -> Trace:
    """Run the script up to its first error. Observation ids are ``<ids>/<number>``.

    The last observation of each transaction has the locks that were held at its end, on relations that were there
    before. Raises SandboxLost.
    """
    start = time.perf_counter()
    with Session(database, settings) as session, Observer(database) as observer:
        relations = observer.all_relations()
        live = frozenset(oid for oid, relation in relations.items() if relation.name in existing)
        piles = _Piles(observer, session.pid, live)
        played = play(session, script.statements, script.transaction, piles.look)
        left_open = session.in_transaction
    last = played[-1] if played else None
    error = last.error if last else None
    return Trace(
        observations=_observations(script, ids, {done.index: done for done in played}, piles.at_end),
        failed=error is not None,
        stopped_by=cause_of(error, last.expired) if last and error else None,
        committed=error is None and not left_open,
        duration_ms=(time.perf_counter() - start) * 1000,
        unproven=tuple(piles.unproven),
    )


class _Piles:
    """The locks at the end of each transaction."""

    def __init__(self, observer: Observer, pid: int, live: frozenset[int]) -> None:
        self.at_end: dict[int, tuple[Lock, ...]] = {}
        self.unproven: list[str] = []
        self._observer = observer
        self._pid = pid
        self._live = live

    def look(self, transaction: int) -> None:
        try:
            held = self._observer.locks(self._pid)
        except UnobservedError as problem:
            self.unproven.append(f"the locks at the end of transaction {transaction}: {problem}")
            return
        self.at_end[transaction] = Evidence("", held, {}, self._live).facts()["locks"]


def _observations(
    script: Script, ids: str, played: Mapping[int, Played], piles: Mapping[int, tuple[Lock, ...]]
) -> tuple[Observation, ...]:
    last_of = {done.transaction: done.index for done in played.values() if done.transaction is not None}
    observations = []
    for index, statement in enumerate(script.statements):
        id, done = f"{ids}/{index + 1}", played.get(index)
        if done is None:
            observations.append(observation_of(statement, id, ran=False))
            continue
        is_last = done.transaction is not None and last_of[done.transaction] == index
        observations.append(
            observation_of(
                statement,
                id,
                transaction=done.transaction,
                duration_ms=done.duration_ms,
                rows=rows_of(done.tag, done.rows),
                notices=done.notices,
                error=done.error,
                locks=piles.get(done.transaction or 0, ()) if is_last else (),
            )
        )
    return tuple(observations)
