"""A small history in the folder of each tool that writes SQL, and a change in its own format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

FIRST = "CREATE TABLE t (id bigint PRIMARY KEY, a text);"
Files = Mapping[str, str]


@dataclass(frozen=True)
class Folder:
    tool: str
    base: Files
    change: Callable[[str, str], Files]
    """Up and down → the files of the change, the one with the up first."""


def _pair(folder: str, first: str, second: str, **others: str) -> tuple[Files, Callable[[str, str], Files]]:
    base = {
        f"{folder}/{first}.up.sql": FIRST + "\n",
        f"{folder}/{first}.down.sql": "DROP TABLE t;\n",
        **others,
    }
    return base, lambda up, down: {
        f"{folder}/{second}.up.sql": f"{up}\n",
        f"{folder}/{second}.down.sql": f"{down}\n",
    }


def _one(
    path: str, first: str, second: str, text: str, **others: str
) -> tuple[Files, Callable[[str, str], Files]]:
    def content(up: str, down: str) -> str:
        return text.format(up=up, down=down)

    base = {path.format(first): content(FIRST, "DROP TABLE t;"), **others}
    return base, lambda up, down: {path.format(second): content(up, down)}


JOURNAL = """{{
  "version": "7",
  "dialect": "postgresql",
  "entries": [
    {{"idx": 0, "version": "7", "when": 1700000000000, "tag": "0000_first", "breakpoints": true}}{more}
  ]
}}
"""
ENTRY = ',\n    {"idx": 1, "version": "7", "when": 1700000001000, "tag": "0001_change", "breakpoints": true}'
PLAN = "%project=shop\n\nfirst 2026-01-01T00:00:00Z Ann <ann@example.org> # First.\n{more}"
PLANNED = "change [first] 2026-01-02T00:00:00Z Ann <ann@example.org> # Change.\n"


def _drizzle() -> tuple[Files, Callable[[str, str], Files]]:
    journal = "drizzle/meta/_journal.json"
    base = {"drizzle/0000_first.sql": FIRST, journal: JOURNAL.format(more="")}
    return base, lambda up, _: {
        "drizzle/0001_change.sql": up.replace(";\n", ";\n--> statement-breakpoint\n"),
        journal: JOURNAL.format(more=ENTRY),
    }


def _sqitch() -> tuple[Files, Callable[[str, str], Files]]:
    base = {
        "sqitch.conf": "[core]\n    engine = pg\n",
        "sqitch.plan": PLAN.format(more=""),
        "deploy/first.sql": FIRST,
        "revert/first.sql": "DROP TABLE t;",
    }
    return base, lambda up, down: {
        "deploy/change.sql": f"{up}\n",
        "revert/change.sql": f"{down}\n",
        "sqitch.plan": PLAN.format(more=PLANNED),
    }


def _liquibase() -> tuple[Files, Callable[[str, str], Files]]:
    head = "--liquibase formatted sql\n\n"
    base = {"db/changelog/001.sql": f"{head}--changeset ann:1\n{FIRST}\n--rollback DROP TABLE t;\n"}

    def change(up: str, down: str) -> Files:
        back = "".join(f"--rollback {line}\n" for line in down.splitlines())
        return {"db/changelog/002.sql": f"{head}--changeset ann:2\n{up}\n{back}"}

    return base, change


def _diesel() -> tuple[Files, Callable[[str, str], Files]]:
    base = {
        "diesel.toml": "",
        "migrations/2026-01-01-000000_first/up.sql": FIRST,
        "migrations/2026-01-01-000000_first/down.sql": "DROP TABLE t;",
    }
    folder = "migrations/2026-01-02-000000_change"
    return base, lambda up, down: {f"{folder}/up.sql": f"{up}\n", f"{folder}/down.sql": f"{down}\n"}


def _numbered() -> tuple[Files, Callable[[str, str], Files]]:
    base = {"migrations/001_first.sql": FIRST, "migrations/001_first_rollback.sql": "DROP TABLE t;"}
    return base, lambda up, down: {
        "migrations/002_change.sql": f"{up}\n",
        "migrations/002_change_rollback.sql": f"{down}\n",
    }


def _atlas() -> tuple[Files, Callable[[str, str], Files]]:
    base, change = _one("migrations/{}.sql", "20260101000000_first", "20260102000000_change", "{up}\n")
    return {**base, "migrations/atlas.sum": "h1:none\n"}, change


FOLDERS = tuple(
    Folder(tool, *made)
    for tool, made in (
        (
            "goose",
            _one(
                "db/migrations/{}.sql",
                "0001_first",
                "0002_change",
                "-- +goose Up\n{up}\n-- +goose Down\n{down}\n",
            ),
        ),
        (
            "dbmate",
            _one(
                "db/migrations/{}.sql",
                "20260101000000_first",
                "20260102000000_change",
                "-- migrate:up\n{up}\n\n-- migrate:down\n{down}\n",
            ),
        ),
        (
            "sql-migrate",
            _one(
                "migrations/{}.sql", "1_first", "2_change", "-- +migrate Up\n{up}\n-- +migrate Down\n{down}\n"
            ),
        ),
        ("golang-migrate", _pair("migrations", "000001_first", "000002_change")),
        ("sqlx", _pair("migrations", "20260101000000_first", "20260102000000_change", **{"sqlx.toml": ""})),
        ("numbered", _numbered()),
        ("diesel", _diesel()),
        ("flyway", _one("db/migration/{}.sql", "V1__first", "V2__change", "{up}\n")),
        (
            "prisma",
            _one(
                "prisma/migrations/{}/migration.sql",
                "20260101000000_first",
                "20260102000000_change",
                "{up}\n",
                **{"prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n'},
            ),
        ),
        ("drizzle", _drizzle()),
        (
            "supabase",
            _one(
                "supabase/migrations/{}.sql",
                "20260101000000_first",
                "20260102000000_change",
                "{up}\n",
                **{"supabase/config.toml": ""},
            ),
        ),
        ("atlas", _atlas()),
        (
            "node-pg-migrate",
            _one(
                "migrations/{}.sql",
                "1700000000000_first",
                "1700000001000_change",
                "-- Up Migration\n{up}\n\n-- Down Migration\n{down}\n",
            ),
        ),
        ("liquibase", _liquibase()),
        ("sqitch", _sqitch()),
    )
)
