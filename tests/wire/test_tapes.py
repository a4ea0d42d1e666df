"""What Rails, Knex, TypeORM and Sequelize said for their examples, taken apart; `benchmarks/frameworks/tape.py` made the tapes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.demo import EXAMPLES, PULL_REQUEST
from checks.model.migrations import History, Script
from checks.trees.directory import DirectoryTree
from checks.wire.bookkeeping import applied
from checks.wire.downs import with_downs
from checks.wire.history import history_of, own_statements
from checks.wire.own_tables import own_tables, with_usual_names
from checks.wire.parts import parted
from checks.wire.recorded import Recorded
from checks.wire.tools import known_tools

TAPES = Path(__file__).parent / "tapes"

UPS = {
    "knex": {
        "migrations/20260601090000_longer_titles.js": [
            (2, 'alter table "films" alter column "title" drop default'),
            (2, 'alter table "films" alter column "title" drop not null'),
            (2, 'alter table "films" alter column "title" type varchar(300) using ("title"::varchar(300))'),
            (5, 'create index "screenings_film_id_index" on "screenings" ("film_id")'),
        ]
    },
    "typeorm": {
        "migrations/1780304400000-LongerRecipients.js": [
            (3, 'ALTER TABLE "parcel" DROP COLUMN "recipient"'),
            (4, 'ALTER TABLE "parcel" ADD "recipient" character varying(200) NOT NULL DEFAULT \'\''),
            (5, 'CREATE INDEX "IDX_scan_parcel" ON "scan" ("parcel_id")'),
        ]
    },
    "sequelize": {
        "migrations/20260601090000-jobs-have-states.js": [
            (5, "DO 'BEGIN CREATE TYPE \"public\".\"enum_jobs_state\" AS ENUM(''asked'', ''begun'', ''done''); EXCEPTION WHEN duplicate_object THEN null; END'"),
            (5, 'ALTER TABLE "public"."jobs" ADD COLUMN "state" "public"."enum_jobs_state" NOT NULL DEFAULT \'asked\''),
            (10, 'CREATE INDEX "jobs_car_id_state" ON "jobs" ("car_id", "state")'),
        ]
    },
    "rails": {
        "db/migrate/20260601090000_number_exhibits.rb": [
            (3, 'ALTER TABLE "exhibits" ADD "number" uuid DEFAULT gen_random_uuid() NOT NULL'),
            (4, 'CREATE UNIQUE INDEX "index_exhibits_on_number" ON "exhibits" ("number")'),
        ],
        "db/migrate/20260601091000_index_loans_by_museum.rb": [
            (5, 'ALTER TABLE "loans" ALTER COLUMN "back_on" SET NOT NULL'),
            (6, 'CREATE INDEX CONCURRENTLY "index_loans_on_museum" ON "loans" ("museum")'),
        ],
    },
}  # fmt: skip
DOWNS = {
    "knex": [
        [
            (11, 'drop index "screenings_film_id_index"'),
            (14, 'alter table "films" alter column "title" drop default'),
            (14, 'alter table "films" alter column "title" drop not null'),
            (14, 'alter table "films" alter column "title" type varchar(100) using ("title"::varchar(100))'),
        ]
    ],
    "typeorm": [
        [
            (9, 'DROP INDEX "IDX_scan_parcel"'),
            (10, 'ALTER TABLE "parcel" DROP COLUMN "recipient"'),
            (11, 'ALTER TABLE "parcel" ADD "recipient" character varying(60) NOT NULL DEFAULT \'\''),
        ]
    ],
    "sequelize": [
        [
            (14, 'DROP INDEX IF EXISTS "jobs_car_id_state"'),
            (15, 'ALTER TABLE "public"."jobs" DROP COLUMN "state"'),
        ]
    ],
    "rails": [
        [
            (4, 'DROP INDEX "index_exhibits_on_number"'),
            (3, 'ALTER TABLE "exhibits" DROP COLUMN "number"'),
        ],
        [
            (6, 'DROP INDEX CONCURRENTLY "index_loans_on_museum"'),
            (5, 'ALTER TABLE "loans" ALTER COLUMN "back_on" DROP NOT NULL'),
        ],
    ],
}


@pytest.mark.parametrize("tool", UPS)
def test_each_statement_at_its_line_of_its_file(tool: str) -> None:
    before, after = _heard(tool)
    assert after.tool == tool
    new = after.migrations[len(before.migrations) :]
    assert {one.path: _said(one.up) for one in new} == UPS[tool]
    assert [one.path for one in after.migrations] == sorted(one.path for one in after.migrations)


@pytest.mark.parametrize("tool", DOWNS)
def test_the_way_back_belongs_to_the_migration_that_it_takes_back(tool: str) -> None:
    before, after = _heard(tool)
    tape = iter(_tape(tool)[1:])
    asked: list[str] = []

    def play(command: object) -> list[Recorded]:
        asked.append(str(command))
        return next(tape)

    head = DirectoryTree(EXAMPLES / tool, "head")
    rollback = known_tools()[tool].rollback.split()
    book = applied(_tape(tool)[0])
    whole = with_downs(after, before, book, head, rollback, known_tools()[tool], play)
    new = whole.migrations[len(before.migrations) :]
    assert [_said(one.down) for one in new] == DOWNS[tool]
    assert len(asked) == len(new)


def _heard(tool: str) -> tuple[History, History]:
    folder = EXAMPLES / tool
    head = DirectoryTree(folder, "head")
    base = DirectoryTree(folder, "base", leave_out=(folder / PULL_REQUEST).read_text().split())
    return parted(history_of(_tape(tool)[0], head), base, head)


def _tape(tool: str, names: Mapping[str, str] | None = None) -> list[list[Recorded]]:
    """``names``: usual → own, for tables that were called otherwise."""
    text = (TAPES / f"{tool}.json").read_text()
    for usual, own in (names or {}).items():
        text = re.sub(rf"\b{usual}\b(?=\W)", own, text)
    commands = json.loads(text)
    return [[Recorded.model_validate(one) for one in said] for said in commands]


def _said(script: Script | None) -> list[tuple[int, str]]:
    """Without transactions and settings, which no line of the file says."""
    assert script
    return [(one.line, " ".join(one.sql.split())) for one in script.statements if one.line > 1]


def test_a_transaction_comes_behind_what_another_connection_did_meanwhile() -> None:
    """Sequelize, when a call was not given the transaction: it runs on another connection, and is there for the rest."""
    said = [
        (1, "BEGIN", False),
        (2, "ALTER TABLE t ADD n int", False),
        (1, "CREATE INDEX i ON t (n)", True),
        (1, "COMMIT", True),
    ]
    recorded = [
        Recorded(connection=connection, sql=sql, in_transaction=inside, started=float(place))
        for place, (connection, sql, inside) in enumerate(said)
    ]
    assert [one.sql for one in own_statements(recorded)] == [
        "ALTER TABLE t ADD n int", "BEGIN", "CREATE INDEX i ON t (n)", "COMMIT",
    ]  # fmt: skip


OWN_NAMES = {
    "knex": {"knex_migrations": "Applied", "knex_migrations_lock": "Applied_lock"},
    "typeorm": {"migrations": "applied"},
    "sequelize": {"SequelizeMeta": "applied files"},
    "rails": {"schema_migrations": "app_versions", "ar_internal_metadata": "app_facts"},
}


@pytest.mark.parametrize("tool", OWN_NAMES)
def test_the_tools_table_under_a_name_of_ones_own(tool: str) -> None:
    head = DirectoryTree(EXAMPLES / tool, "head")
    for usual, again in zip(_tape(tool), _tape(tool, OWN_NAMES[tool]), strict=True):
        names = own_tables(_tape(tool, OWN_NAMES[tool])[0], head)
        assert set(names) == {name.lower() for name in OWN_NAMES[tool].values()}
        assert history_of(with_usual_names(again, names), head) == history_of(usual, head)


def test_a_table_of_names_is_no_book() -> None:
    said = [
        ('CREATE TABLE tags ("name" text PRIMARY KEY)', "CREATE TABLE"),
        ("INSERT INTO tags (\"name\") VALUES ('20260601090000-jobs-have-states')", "INSERT 0 1"),
    ]
    recorded = [
        Recorded(connection=1, sql=sql, tag=tag, started=float(place))
        for place, (sql, tag) in enumerate(said)
    ]
    assert own_tables(recorded, DirectoryTree(EXAMPLES / "rails", "head")) == {}
