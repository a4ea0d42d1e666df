"""Batches in a file whose statements commit one by one: what keeps count of them is made and cleared away in that file."""

from __future__ import annotations

from advising import fill, proving
from folders import FIRST, FOLDERS

from checks.sandbox import Database


def test_a_whole_table_updated_by_itself_has_a_way_out_that_was_proven(database: Database) -> None:
    fill(database, FIRST + "INSERT INTO t SELECT n, 'a' FROM generate_series(1, 20) n;")
    (folder,) = [one for one in FOLDERS if one.tool == "numbered"]
    head = {**folder.base, **folder.change("UPDATE t SET a = 'none';", "SELECT 1;")}
    with proving(database, head, folder.base) as change:
        (advice,) = {one.advice for one in change.advised() if one.rule == "unbatched-dml"}
    assert advice is not None
    assert advice.proven, advice.reason
    assert [file.path for file in advice.files] == ["migrations/002_change.sql"]
