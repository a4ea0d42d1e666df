"""Which statements the sandbox's rows tell less of than of others."""

from __future__ import annotations

import pytest
from exports import statistics, table

from checks.model.observations import Lock, LockMode, Observation
from checks.production.doubts import doubts_of
from checks.production.growth import Doubt
from checks.production.weight import load_of

INDEX = Lock(
    relation="public.t_pkey",
    relation_kind="index",
    mode=LockMode.ROW_EXCLUSIVE,
    existed_before=True,
    held_until="commit",
)
NUMBERS = statistics(table("public.t", 300), table("public.u", 300))


def doubts(sql: str, kind: str, *scans: str, locks: tuple[Lock, ...] = ()) -> set[Doubt]:
    live = tuple(
        Lock(relation=name, mode=LockMode.ACCESS_SHARE, existed_before=True, held_until="commit")
        for name in scans
    )
    seen = Observation(
        id="1", sql=sql, path="1.sql", line=1, end_line=1, kind=kind, scans=scans, locks=(*live, *locks)
    )
    return set(doubts_of(seen, load_of([seen], 0, NUMBERS)))


@pytest.mark.parametrize(
    ("sql", "kind", "scans", "expected"),
    [
        ("CREATE INDEX i ON t (a)", "CREATE INDEX", ("public.t",), set()),
        ("CREATE INDEX i ON t USING gin (a)", "CREATE INDEX", ("public.t",), {Doubt.VALUES, Doubt.PLACES}),
        ("CLUSTER t USING i", "CLUSTER", ("public.t",), {Doubt.PLACES}),
        ("ALTER TABLE t ALTER a SET NOT NULL", "ALTER TABLE", ("public.t",), set()),
        ("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u", "ALTER TABLE", ("public.t",), {Doubt.PLACES}),
        ("DELETE FROM t USING u WHERE u.a = t.a", "DELETE", ("public.t", "public.u"), {Doubt.PLACES}),
        ("INSERT INTO s SELECT a, count(*) FROM t GROUP BY a", "INSERT", ("public.t",), {Doubt.GROUPS}),
        ("REFRESH MATERIALIZED VIEW m", "REFRESH MATERIALIZED VIEW", ("public.t",), {Doubt.GROUPS}),
    ],
)
def test_what_is_less_known(sql: str, kind: str, scans: tuple[str, ...], expected: set[Doubt]) -> None:
    assert doubts(sql, kind, *scans) == expected


def test_rows_that_are_written_into_indexes_lead_to_places_all_over_them() -> None:
    update = "UPDATE t SET a = 1"
    assert doubts(update, "UPDATE", "public.t") == set()
    assert doubts(update, "UPDATE", "public.t", locks=(INDEX,)) == {Doubt.PLACES}
