"""How much a statement weighs: who waits for it."""

from __future__ import annotations

import pytest
from exports import DAY, statistics, table

from checks.model.observations import Lock, LockMode, Observation
from checks.production.weight import Weight, load_of


@pytest.mark.parametrize(("updates", "is_quiet"), [(0, True), (DAY * 5000, False)])
def test_who_writes_to_rows_that_are_changed_waits(updates: int, is_quiet: bool) -> None:
    lock = Lock(relation="public.t", mode=LockMode.ROW_EXCLUSIVE, existed_before=True, held_until="commit")
    update = Observation(
        id="1", sql="UPDATE t SET a = 1", path="1.sql", line=1, end_line=1, kind="UPDATE", locks=(lock,)
    )
    load = load_of([update], 0, statistics(table("public.t", 300, n_tup_upd=updates, idx_scan=0)))
    assert (load.weight, load.is_quiet) == (Weight.SMALL, is_quiet)
