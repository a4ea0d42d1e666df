"""Each recipe, whole and weakened by one step: the proof tells them apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from advising import fill, goose, proving

from checks.advice import ways
from checks.model.findings import Advice
from checks.plan.model import Step
from checks.plan.recipes import Staged, _recipes, staged
from checks.plan.statement import Part
from checks.sandbox import Database
from checks.settings import Limits, Settings

TABLES = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE mood_2 AS ENUM ('sad', 'glad');
CREATE TABLE t (id bigint PRIMARY KEY, a text NOT NULL, b text, n int, m mood);
INSERT INTO t SELECT n, 'a' || n, 'b', n, 'happy' FROM generate_series(1, 30) n;
CREATE INDEX t_b ON t (b);
CREATE TABLE u (id bigint, t bigint);
INSERT INTO u SELECT n, n FROM generate_series(1, 30) n;
CREATE UNIQUE INDEX u_id ON u (id);
CREATE MATERIALIZED VIEW m AS SELECT id FROM u;
CREATE UNIQUE INDEX m_id ON m (id);
CREATE TABLE p (day date NOT NULL, a text) PARTITION BY RANGE (day);
CREATE TABLE p_rest PARTITION OF p DEFAULT;
INSERT INTO p SELECT '2019-01-01'::date + n, 'a' FROM generate_series(1, 30) n;
CREATE TABLE q (day date NOT NULL, a text) PARTITION BY RANGE (day);
CREATE TABLE q_1 PARTITION OF q FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
INSERT INTO q SELECT '2030-01-01'::date + n, 'a' FROM generate_series(1, 30) n;
CREATE TABLE p_1 (day date NOT NULL, a text);
INSERT INTO p_1 SELECT '2030-01-01'::date + n, 'a' FROM generate_series(1, 30) n;
"""
QUICK = Settings(limits=Limits(statement_seconds=3), parameters={"lock_timeout": "2s"})
"""How long a migration waits is not what is weakened here. A backfill without its default never ends; every other statement here takes some milliseconds."""


@dataclass(frozen=True)
class Case:
    recipe: str
    up: str
    down: str
    steps: int


CASES = (
    Case("create_index", "CREATE INDEX t_a ON t (a);", "DROP INDEX t_a;", 1),
    Case("drop_index", "DROP INDEX t_b;", "CREATE INDEX t_b ON t (b);", 1),
    Case("set_not_null", "ALTER TABLE t ALTER b SET NOT NULL;", "ALTER TABLE t ALTER b DROP NOT NULL;", 4),
    Case(
        "add_constraint",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0);",
        "ALTER TABLE t DROP CONSTRAINT c;",
        2,
    ),
    Case(
        "add_constraint",
        "ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (t) REFERENCES t (id);",
        "ALTER TABLE u DROP CONSTRAINT f;",
        2,
    ),
    Case("add_unique", "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a);", "ALTER TABLE t DROP CONSTRAINT k;", 2),
    Case(
        "add_unique",
        "ALTER TABLE u ADD CONSTRAINT u_pkey PRIMARY KEY (id);",
        "ALTER TABLE u DROP CONSTRAINT u_pkey; ALTER TABLE u ALTER id DROP NOT NULL;",
        6,
    ),
    Case(
        "add_unique",
        "ALTER TABLE u ADD CONSTRAINT u_pkey PRIMARY KEY USING INDEX u_id;",
        "ALTER TABLE u DROP CONSTRAINT u_pkey; ALTER TABLE u ALTER id DROP NOT NULL; CREATE UNIQUE INDEX u_id ON u (id);",
        5,
    ),
    Case(
        "add_column",
        "ALTER TABLE t ADD COLUMN c uuid NOT NULL DEFAULT gen_random_uuid();",
        "ALTER TABLE t DROP COLUMN c;",
        7,
    ),
    Case("add_serial", "ALTER TABLE t ADD COLUMN c bigserial;", "ALTER TABLE t DROP COLUMN c;", 7),
    Case(
        "add_serial",
        "ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS IDENTITY;",
        "ALTER TABLE t DROP COLUMN c;",
        8,
    ),
    Case("rename_column", "ALTER TABLE t RENAME a TO c;", "ALTER TABLE t RENAME c TO a;", 2),
    Case("rename_table", "ALTER TABLE t RENAME TO v;", "ALTER TABLE v RENAME TO t;", 2),
    Case("drop_column", "ALTER TABLE t DROP COLUMN a;", "ALTER TABLE t ADD COLUMN a text;", 2),
    Case("drop_table", "DROP TABLE t;", "SELECT 1;", 2),
    Case("change_type", "ALTER TABLE t ALTER n TYPE bigint;", "ALTER TABLE t ALTER n TYPE int;", 5),
    Case(
        "change_type",
        "ALTER TABLE t ALTER m TYPE mood_2 USING (CASE m WHEN 'happy' THEN 'glad' ELSE m::text END)::mood_2;",
        "ALTER TABLE t ALTER m TYPE mood USING (CASE m WHEN 'glad' THEN 'happy' ELSE m::text END)::mood;",
        5,
    ),
    Case("change_rows", "UPDATE t SET b = 'new';", "SELECT 1;", 2),
    Case("change_rows", "DELETE FROM t WHERE id > 3;", "SELECT 1;", 2),
    Case(
        "attach_partition",
        "ALTER TABLE p ATTACH PARTITION p_1 FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');",
        "ALTER TABLE p DETACH PARTITION p_1;",
        7,
    ),
    Case(
        "attach_partition",
        "CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');",
        "DROP TABLE p_2;",
        4,
    ),
    Case(
        "detach_partition",
        "ALTER TABLE q DETACH PARTITION q_1;",
        "ALTER TABLE q ATTACH PARTITION q_1 FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');",
        2,
    ),
    Case("reindex", "REINDEX TABLE t;", "SELECT 1;", 1),
    Case("refresh", "REFRESH MATERIALIZED VIEW m;", "SELECT 1;", 1),
    Case(
        "validate",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT c;",
        "ALTER TABLE t DROP CONSTRAINT c;",
        1,
    ),
)


def test_there_is_a_case_for_every_recipe() -> None:
    assert {recipe.__module__.rpartition(".")[2] for _, recipe in _recipes()} == {
        case.recipe for case in CASES
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.up)
def test_only_the_whole_way_is_proven(
    case: Case, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database, TABLES)
    with proving(database, goose(case.up, case.down), settings=QUICK) as change:
        whole = advices(change.advised())
        assert [advice.reason for advice in whole] == [""] * len(whole) and whole
        for left_out in range(case.steps):
            monkeypatch.setattr(ways, "staged", without(left_out))
            assert [one.title for one in advices(change.advised()) if one.proven] == [], left_out
        monkeypatch.setattr(ways, "staged", without(case.steps))
        assert [advice.proven for advice in advices(change.advised())] == [True] * len(whole)


def without(number: int) -> object:
    """``staged`` whose ways lack one of the steps that run something."""

    def weakened(part: Part) -> Staged | None:
        found = staged(part)
        if found is None:
            return None
        running = [item for item in found.stages if isinstance(item, Step) and item.sql]
        gone = running[number : number + 1]
        return replace(found, stages=[item for item in found.stages if item not in gone])

    return weakened


def advices(findings: tuple[object, ...]) -> list[Advice]:
    return [one.advice for one in findings if getattr(one, "advice", None)]  # type: ignore[attr-defined]
