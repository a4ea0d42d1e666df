"""Batches in a file whose statements commit one by one: what keeps count of them is made and cleared away in that file."""

from __future__ import annotations

from checks.settings import Settings
from checks.trees import MemoryTree
from checks.validate import validate


def test_a_whole_table_updated_by_itself_has_a_way_out_that_was_proven() -> None:
    base = {"migrations/001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, note text);"}
    head = base | {"migrations/002_notes.sql": "UPDATE orders SET note = 'none';"}
    report = validate(MemoryTree(base), MemoryTree(head), Settings())
    advice = next(one.advice for one in report.findings if one.rule == "unbatched-dml")
    assert advice is not None
    assert advice.proven, advice.reason
