"""The export's document, and the query on a real server that makes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from exports import DAY, document, statistics, table

from checks.errors import SettingsError
from checks.production.export import export_query
from checks.production.read import parse_statistics, read_statistics
from checks.sandbox.server import Database, Role
from checks.settings import Settings
from checks.trees import MemoryTree


def rows(**more: Any) -> int | None:
    size = statistics(table("public.a", **more)).size("public.a")
    assert size is not None
    return size.rows


def test_a_table_that_was_never_analysed_is_as_large_as_its_counters_say() -> None:
    assert rows(rows=-1, n_live_tup=70, heap_bytes=8192) == 70
    assert rows(rows=0, n_live_tup=0, heap_bytes=8192) is None  # version 13 says 0, and there are pages
    assert rows(rows=-1, n_live_tup=0, heap_bytes=0) == 0
    assert rows(rows=500, n_live_tup=900) == 900


def test_a_partitioned_table_is_its_partitions() -> None:
    found = statistics(
        table("public.log", -1, kind="p"),
        table("public.log_a", 10, partition_of="public.log", n_tup_ins=DAY),
        table("public.log_b", -1, kind="p", partition_of="public.log"),
        table("public.log_b_1", 5, partition_of="public.log_b", seq_scan=DAY, idx_scan=9 * DAY),
    ).size("public.log")
    assert found is not None
    assert (found.rows, found.total_bytes) == (15, 1500)
    assert (found.writes_per_second, found.scans_per_second) == (0.1, 1.0)


def test_partitions_in_a_circle_end() -> None:
    circle = statistics(
        table("a.a", 1, kind="p", partition_of="a.b"), table("a.b", 1, kind="p", partition_of="a.a")
    )
    assert circle.size("a.a") is None


def test_counters_of_less_than_an_hour_are_no_rate() -> None:
    young = statistics(table("a.a", 1, n_tup_ins=9), counted_since="2026-01-01T11:30:00+00:00")
    never = statistics(table("a.a", 1, n_tup_ins=9), counted_since=None)
    assert not young.has_rates
    assert not never.has_rates
    assert never.size("a.a").writes_per_second is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no JSON document"),
        ("secret-value", "is no JSON document"),
        ("[]", "is no migration-stats/1 document"),
        ('{"format": "migration-stats/1", "taken_at": "secret-value"}', "taken_at"),
        (document(table("a.a", 1, heap_bytes=-5)), "tables.0.heap_bytes"),
        (document().replace("stats/1", "stats/2"), "format"),
        (document(taken_at="2026-01-01T12:00:00"), "taken_at"),
    ],
)
def test_what_is_no_export_is_refused_with_the_place_and_without_its_text(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_statistics(text, "MIGRATION_STATS")
    assert str(caught.value).startswith("MIGRATION_STATS: ")
    assert said in caught.value.message
    assert "secret-value" not in str(caught.value)
    assert "migration stats export" in caught.value.hint


def test_the_file_that_the_settings_name_is_of_the_base() -> None:
    tree = MemoryTree({"stats.json": document(table("a.a", 3))})
    read = read_statistics(tree, Settings(stats="stats.json"))
    assert read is not None
    assert read.source == "stats.json"
    assert read_statistics(tree, Settings()) is None
    with pytest.raises(SettingsError, match=r"gone\.json: stats: no such file"):
        read_statistics(tree, Settings(stats="gone.json"))


# ── The query ───────────────────────────────────────────────────────────────────────────────────────

SHOP = """
CREATE TABLE people (id bigint PRIMARY KEY, name text);
INSERT INTO people SELECT n, 'secret-value' FROM generate_series(1, 500) AS n;
CREATE INDEX people_name_idx ON people (name);
CREATE TABLE "Od""d" (a int);
CREATE TABLE log (at int) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (10);
INSERT INTO log VALUES (1), (2);
CREATE MATERIALIZED VIEW names AS SELECT name FROM people;
ANALYZE people;
"""


def export(database: Database, role: Role) -> str:
    with database.connect(role, options={"default_transaction_read_only": "on"}) as session:
        row = session.execute(export_query().encode()).fetchone()
    assert row is not None
    return str(row[0])


def test_the_query_tells_sizes_and_traffic_and_no_value_of_a_row(database: Database) -> None:
    with database.connect() as session:
        session.execute(SHOP.encode())
    text = export(database, Role.APP)
    read = parse_statistics(text, "psql")
    assert "secret-value" not in text
    people, log = read.size("public.people"), read.size("public.log")
    assert people is not None
    assert log is not None
    assert people.rows == 500
    assert people.total_bytes > people.heap_bytes > 0
    assert {*read._by_name} == {
        "public.people",
        'public.Od"d',
        "public.log",
        "public.log_1",
        "public.names",
    }
    assert {*read._by_name["public.people"].index_bytes} == {"people_pkey", "people_name_idx"}
    assert read._by_name["public.log_1"].partition_of == "public.log"
    assert read.settings["maintenance_work_mem"]


def test_the_query_says_what_an_ordinary_role_may_not_see(database: Database) -> None:
    with database.connect() as waiting:
        waiting.execute("BEGIN")
        waiting.execute("SELECT 1")
        ordinary, privileged = (json.loads(export(database, role)) for role in (Role.APP, Role.OBSERVER))
    assert "pg_read_all_stats" in ordinary["left_out"][0]
    assert privileged["left_out"] == []
    assert privileged["open_transactions"]["count"] == 1
    assert privileged["tables"] == []
