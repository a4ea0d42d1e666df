"""Each recipe, whole and weakened by one step: the proof tells them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from advising import filled, goose, proving

from checks.advice import proof, ways
from checks.model.findings import Advice
from checks.plan.model import Step
from checks.plan.recipes import Staged, _recipes, staged
from checks.plan.statement import Part
from checks.sandbox import Database, Server
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
    weakened: tuple[int, ...] | None = None
    """The steps that are left out, one at a time: those that no other case of the same steps has; None: each."""
    since: int = 13
    """The first version of PostgreSQL that has the way."""


CASES = (
    Case("create_index", "CREATE INDEX t_a ON t (a);", "DROP INDEX t_a;"),
    Case("drop_index", "DROP INDEX t_b;", "CREATE INDEX t_b ON t (b);"),
    Case("set_not_null", "ALTER TABLE t ALTER b SET NOT NULL;", "ALTER TABLE t ALTER b DROP NOT NULL;"),
    Case(
        "add_constraint",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0);",
        "ALTER TABLE t DROP CONSTRAINT c;",
    ),
    Case(
        "add_constraint",
        "ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (t) REFERENCES t (id);",
        "ALTER TABLE u DROP CONSTRAINT f;",
    ),
    Case("add_unique", "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a);", "ALTER TABLE t DROP CONSTRAINT k;"),
    Case(
        "add_unique",
        "ALTER TABLE u ADD CONSTRAINT u_pkey PRIMARY KEY (id);",
        "ALTER TABLE u DROP CONSTRAINT u_pkey; ALTER TABLE u ALTER id DROP NOT NULL;",
        weakened=(4, 5),
    ),
    Case(
        "add_unique",
        "ALTER TABLE u ADD CONSTRAINT u_pkey PRIMARY KEY USING INDEX u_id;",
        "ALTER TABLE u DROP CONSTRAINT u_pkey; ALTER TABLE u ALTER id DROP NOT NULL; CREATE UNIQUE INDEX u_id ON u (id);",
        weakened=(1, 4),
    ),
    Case(
        "add_column",
        "ALTER TABLE t ADD COLUMN c uuid NOT NULL DEFAULT gen_random_uuid();",
        "ALTER TABLE t DROP COLUMN c;",
    ),
    Case("add_serial", "ALTER TABLE t ADD COLUMN c bigserial;", "ALTER TABLE t DROP COLUMN c;"),
    Case(
        "add_serial",
        "ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS IDENTITY;",
        "ALTER TABLE t DROP COLUMN c;",
        weakened=(7,),
    ),
    Case("rename_column", "ALTER TABLE t RENAME a TO c;", "ALTER TABLE t RENAME c TO a;"),
    Case("rename_table", "ALTER TABLE t RENAME TO v;", "ALTER TABLE v RENAME TO t;"),
    Case("drop_column", "ALTER TABLE t DROP COLUMN a;", "ALTER TABLE t ADD COLUMN a text;"),
    Case("drop_table", "DROP TABLE t;", "SELECT 1;"),
    Case("change_type", "ALTER TABLE t ALTER n TYPE bigint;", "ALTER TABLE t ALTER n TYPE int;"),
    Case(
        "change_type",
        "ALTER TABLE t ALTER m TYPE mood_2 USING (CASE m WHEN 'happy' THEN 'glad' ELSE m::text END)::mood_2;",
        "ALTER TABLE t ALTER m TYPE mood USING (CASE m WHEN 'glad' THEN 'happy' ELSE m::text END)::mood;",
        weakened=(1,),
    ),
    Case("change_rows", "UPDATE t SET b = 'new';", "SELECT 1;"),
    Case("change_rows", "DELETE FROM t WHERE id > 3;", "SELECT 1;", weakened=(0,)),
    Case(
        "attach_partition",
        "ALTER TABLE p ATTACH PARTITION p_1 FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');",
        "ALTER TABLE p DETACH PARTITION p_1;",
    ),
    Case(
        "attach_partition",
        "CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');",
        "DROP TABLE p_2;",
        weakened=(1, 2),
    ),
    Case(
        "detach_partition",
        "ALTER TABLE q DETACH PARTITION q_1;",
        "ALTER TABLE q ATTACH PARTITION q_1 FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');",
        since=14,
    ),
    Case("reindex", "REINDEX TABLE t;", "SELECT 1;"),
    Case("refresh", "REFRESH MATERIALIZED VIEW m;", "SELECT 1;"),
    Case(
        "validate",
        "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT c;",
        "ALTER TABLE t DROP CONSTRAINT c;",
    ),
)


def test_there_is_a_case_for_every_recipe() -> None:
    assert {recipe.__module__.rpartition(".")[2] for _, recipe in _recipes()} == {
        case.recipe for case in CASES
    }


@pytest.fixture(scope="module")
def tables(server: Server) -> Iterator[Database]:
    with filled(server, TABLES) as database:
        yield database


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.up)
def test_only_the_whole_way_is_proven(case: Case, tables: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if tables.server.version < case.since * 10_000:
        pytest.skip(f"this way is there from PostgreSQL {case.since} on")
    steps: list[Step] = []
    monkeypatch.setattr(ways, "staged", taking_note(steps))
    with proving(tables, goose(case.up, case.down), settings=QUICK) as change:
        whole = advices(change.advised())
        assert [advice.reason for advice in whole] == [""] * len(whole) and whole
        places = range(len(steps)) if case.weakened is None else case.weakened
        for left_out in [steps[place] for place in places]:
            monkeypatch.setattr(ways, "staged", without(left_out))
            if steps.index(left_out) > batches_in(steps):
                # On the same ground they have been killed and disturbed already.
                monkeypatch.setattr(proof, "prove_batches", lambda *_: ())
            assert [one.title for one in advices(change.advised()) if one.proven] == [], left_out


def taking_note(steps: list[Step]) -> Callable[[Part], Staged | None]:
    """``staged``, and the steps of its ways that run something."""

    def noting(part: Part) -> Staged | None:
        found = staged(part)
        stages = found.stages if found else ()
        steps.extend(item for item in stages if isinstance(item, Step) and item.sql and item not in steps)
        return found

    return noting


def without(left_out: Step) -> Callable[[Part], Staged | None]:
    """``staged`` whose ways lack a step."""

    def weakened(part: Part) -> Staged | None:
        found = staged(part)
        return replace(found, stages=[item for item in found.stages if item != left_out]) if found else None

    return weakened


def batches_in(steps: list[Step]) -> int:
    """The place of the step that changes rows in batches, behind which all others are run."""
    return next((place for place, step in enumerate(steps) if step.backfill), len(steps))


def advices(findings: tuple[object, ...]) -> list[Advice]:
    return [one.advice for one in findings if getattr(one, "advice", None)]  # type: ignore[attr-defined]
