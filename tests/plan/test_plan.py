"""What the plan says of a whole report; the recipes have tests of their own."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from reviewing import PATH, reviewed

from checks.frameworks.find import find_histories
from checks.plan import Phase, Plan, plan
from checks.replay.execute import execute
from checks.sandbox import Database
from checks.settings import Settings
from checks.trees.tree import MemoryTree

SETUP = (
    "CREATE TABLE t (id bigint PRIMARY KEY, a text, b text); INSERT INTO t SELECT n, 'a', 'b' FROM generate_series(1, 30) n;"
    "CREATE TABLE u (id bigint PRIMARY KEY, t bigint); INSERT INTO u SELECT 1, 1;"
)
GOOSE = "-- +goose Up\n{up}\n-- +goose Down\n"
SQL_MIGRATE = "-- +migrate Up\n{up}\n-- +migrate Down\n"


@pytest.fixture
def tables(database: Database) -> Database:
    with database.connect() as connection:
        connection.execute(SETUP.encode())
    return database


def planned(database: Database, up: str, tool_file: str = "") -> Plan:
    return plan(reviewed(database, up, tool_file) if tool_file else reviewed(database, up))


def titles(made: Plan) -> list[list[str]]:
    return [[f"{step.phase.value}: {step.title}" for step in round_.steps] for round_ in made.rounds]


def test_what_harms_nobody_stays_as_it_is_written(tables: Database) -> None:
    made = planned(tables, "CREATE TABLE v (id bigint PRIMARY KEY);\nINSERT INTO v VALUES (1);")
    assert made.as_written
    assert titles(made) == [
        [f"expand: Run line 2 of `{PATH}` as it is.", f"expand: Run line 3 of `{PATH}` as it is."]
    ]


def test_the_phases_of_several_tables_go_together(tables: Database) -> None:
    made = planned(tables, "ALTER TABLE t DROP COLUMN a; CREATE INDEX u_t ON u (t);")
    (round_,) = made.rounds
    assert [step.phase for step in round_.steps] == [Phase.EXPAND, Phase.CONTRACT]
    assert [(deploy.before, deploy.needs) for deploy in round_.deploys] == [
        (Phase.CONTRACT, "Code that neither reads nor writes `a` of `t`.")
    ]


def test_what_builds_on_a_table_under_way_waits_for_the_next_round(tables: Database) -> None:
    made = planned(tables, "ALTER TABLE t RENAME COLUMN a TO c; CREATE INDEX t_c ON t (c);")
    first, second = titles(made)
    assert first == [
        "expand: `t` has the column as `a` and as `c`, through a view.",
        "contract: `t` is the table again, with `c` alone.",
    ]
    assert second == ["expand: Build `t_c` while writers go on."]


def test_what_fills_a_column_and_what_requires_it_go_together(tables: Database) -> None:
    made = planned(
        tables,
        "ALTER TABLE t ADD COLUMN c text;\nUPDATE t SET c = a WHERE c IS NULL;\nALTER TABLE t ALTER COLUMN c SET NOT NULL;",
    )
    (round_,) = made.rounds
    assert [f"{step.phase.value}: {step.title}" for step in round_.steps] == [
        f"expand: Run line 2 of `{PATH}` as it is.",
        "backfill: Change the rows of `t` in batches along `id`.",
        "backfill: From now on nobody writes NULL into `c` of `t`.",
        "switch: Check all rows of `t` while writers go on.",
        "switch: `c` becomes NOT NULL without a scan.",
        "contract: The table that says how far the batches are has done its work.",
        "contract: The check has done its work.",
    ]
    assert round_.steps[0].note == ""
    assert [deploy.before for deploy in round_.deploys] == [Phase.BACKFILL]


def test_only_what_fails_is_said_to_fail(tables: Database) -> None:
    slow, failing = (planned(tables, up) for up in ("CREATE INDEX t_a ON t (a);", "SELECT 1/0;"))
    assert (slow.verdict.value, slow.fails) == ("fail", False)
    assert failing.fails


def test_the_commands_of_one_alter_table_are_staged_one_by_one(tables: Database) -> None:
    made = planned(
        tables, "ALTER TABLE t ADD COLUMN n int, ADD CONSTRAINT t_id CHECK (id > 0), DROP COLUMN b;"
    )
    assert titles(made) == [
        [
            f"expand: Run line 2 of `{PATH}` as it is.",
            "expand: `t_id` of `t` counts for new rows.",
            "switch: `t_id` is checked against all rows while writers go on.",
            "contract: Drop `b` of `t`.",
        ],
    ]
    assert made.rounds[0].steps[0].sql == ("ALTER TABLE t ADD COLUMN n int",)


def test_what_fails_without_a_staged_way_is_not_planned(tables: Database) -> None:
    made = planned(tables, "SELECT 1;\nSELECT 1/0;")
    assert [(place.line, place.reason) for place in made.unplanned] == [
        (3, "It fails (division by zero), so what comes after it has nothing to stand on.")
    ]


def test_a_migration_that_is_code_is_not_planned(tables: Database) -> None:
    report = reviewed(tables, "SELECT 1;")
    (migration,) = report.migrations
    code = migration.model_copy(update={"up": migration.up.model_copy(update={"statements": ()})})
    made = plan(report.model_copy(update={"migrations": (code,)}))
    assert made.rounds == () and [place.path for place in made.unplanned] == [PATH]


def test_a_hazard_without_a_staged_way_is_said(tables: Database) -> None:
    made = planned(tables, "ALTER TABLE t ADD COLUMN n int GENERATED ALWAYS AS (length(a)) STORED;")
    assert not made.as_written
    note = made.rounds[0].steps[0].note
    assert note.startswith("There is no staged way for `add-column-stored-generated`")


def test_a_block_of_code_stays_whole(tables: Database) -> None:
    block = "DO $$ BEGIN CREATE INDEX t_a ON t (a); UPDATE t SET b = 'new'; END $$;"
    (step,) = planned(tables, block).rounds[0].steps
    assert step.sql == (block.rstrip(";"),) and "index-without-concurrently" in step.note


def test_settings_of_a_session_are_said_and_timeouts_are_the_plans_own(tables: Database) -> None:
    made = planned(tables, "SET lock_timeout = '2s';\nSET search_path = public;\nSELECT 1;")
    assert [(place.line, place.reason[:26]) for place in made.unplanned] == [
        (3, "`SET search_path = public`")
    ]
    assert len(made.rounds[0].steps) == 1


def test_a_finding_that_was_accepted_is_not_staged(tables: Database) -> None:
    report = reviewed(tables, "CREATE INDEX t_a ON t (a);")
    assert plan(report.model_copy(update={"findings": ()})).as_written


@pytest.mark.parametrize("tool_file", [GOOSE, SQL_MIGRATE, "-- migrate:up\n{up}\n-- migrate:down\n"])
def test_a_step_is_a_file_that_the_tool_reads_and_can_run(tables: Database, tool_file: str) -> None:
    """One that needs no transaction, one that needs one, and one with semicolons inside."""
    report = reviewed(
        tables,
        "CREATE INDEX t_a ON t (a); ALTER TABLE u RENAME TO w; UPDATE t SET b = 'new';"
        "ALTER TABLE t ALTER COLUMN a TYPE varchar(10);",
        tool_file,
    )
    steps = [step for round_ in plan(report).rounds for step in round_.steps if step.sql]
    assert len(steps) == 10
    for step in steps:
        (history,) = find_histories(MemoryTree({PATH: step.file}), Settings())
        (migration,) = history.migrations
        assert migration.up is not None and migration.down is not None
        assert _squeezed(one.sql for one in migration.up.statements) == _squeezed(step.sql)
        assert _squeezed(one.sql for one in migration.down.statements) == _squeezed(step.undo)
        assert history.tool == report.migrations[0].tool
        back_and_forth = [migration.down, migration.up] if step.undo else []
        for script in [migration.up, *back_and_forth]:
            outcome = execute(tables, [script], Settings())
            assert outcome.committed, (step, outcome)


def test_a_plan_goes_to_json_and_back(tables: Database) -> None:
    made = planned(tables, "ALTER TABLE t DROP COLUMN a;")
    assert Plan.model_validate_json(made.model_dump_json()) == made


def _squeezed(statements: Iterable[str]) -> list[str]:
    return [" ".join(sql.split()) for sql in statements]
