"""The engine's promises, through its one door: two trees in, a Report out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from checks.model.findings import Finding
from checks.model.migrations import ChangeKind
from checks.model.observations import Observation
from checks.model.report import MigrationReport, Report, Verdict
from checks.model.rollback import RollbackStatus
from checks.rules import unknown_rules
from checks.sandbox import places
from checks.settings import FolderSettings, Limits, Settings
from checks.trees import MemoryTree
from checks.validate import validate

SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "report.schema.json").read_text())
GOOSE, DBMATE = "db/migrations", "billing/migrations"
Files = Mapping[str, str]


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of this module's own: what is kept for other runs stays as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        places.cache_directory.cache_clear()
        yield
    places.cache_directory.cache_clear()


def goose(up: str, down: str = "SELECT 1;", first: str = "") -> str:
    return f"{first}-- +goose Up\n{up}\n-- +goose Down\n{down}\n"


def dbmate(up: str, down: str = "SELECT 1;") -> str:
    return f"-- migrate:up\n{up}\n-- migrate:down\n{down}\n"


def block(code: str) -> str:
    return f"-- +goose StatementBegin\n{code}\n-- +goose StatementEnd"


def run(base: Files, head: Files, **settings: object) -> Report:
    """Validate on the bundled PostgreSQL; every report has the published shape."""
    chosen = Settings.model_validate({"provider": "bundled", "rows": 20, **settings})
    report = validate(MemoryTree(base), MemoryTree(head), chosen, today=date(2026, 1, 1))
    jsonschema.Draft202012Validator(SCHEMA).validate(report.model_dump(mode="json"))
    return report


def migration(report: Report, name: str) -> MigrationReport:
    (found,) = [one for one in report.migrations if one.name == name]
    return found


def statements(report: Report, name: str) -> tuple[Observation, ...]:
    return migration(report, name).up.statements


def errors(report: Report, name: str) -> list[str]:
    return [seen.error.sqlstate for seen in statements(report, name) if seen.error]


def found(report: Report, rule: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule == rule]


def rules_at(report: Report, path: str) -> set[str]:
    return {finding.rule for finding in report.findings if finding.path == path}


def unproven_at(report: Report, path: str) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in report.unproven if one.path == path]


# ── One change in two tools' folders ────────────────────────────────────────────────────────────────

BASE = {
    "prelude.sql": "CREATE SCHEMA audit; CREATE TABLE audit.log (at timestamptz, what text);",
    "seed.sql": "INSERT INTO users (id, email, seen) VALUES (1000, 'a@example.org', '2020-01-01');",
    f"{GOOSE}/0001_users.sql": goose(
        "CREATE TABLE users (id bigint PRIMARY KEY, email text, seen timestamp NOT NULL);\n"
        "CREATE INDEX users_seen_idx ON users (seen);",
        "DROP TABLE users;",
    ),
    f"{GOOSE}/0003_orders.sql": goose(
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id));",
        "DROP TABLE orders;",
    ),
    f"{DBMATE}/0001_invoices.sql": dbmate("CREATE TABLE invoices (id int);", "DROP TABLE invoices;"),
    f"{DBMATE}/0002_paid.sql": dbmate("ALTER TABLE invoices ADD paid boolean;"),
    f"{DBMATE}/0003_sent.sql": dbmate("ALTER TABLE invoices ADD sent date;"),
    f"{DBMATE}/0004_note.sql": dbmate("ALTER TABLE invoices ADD note text;"),
}
ADDED = {
    f"{GOOSE}/0002_teams.sql": goose("CREATE TABLE teams (id bigint PRIMARY KEY);", "DROP TABLE teams;"),
    f"{GOOSE}/0004_tags.sql": goose(
        "CREATE TABLE tags (id bigint, name text);\n"
        "CREATE INDEX tags_name_idx ON tags (name);\n"
        "GRANT SELECT ON tags TO reporting;",
        "DROP TABLE tags;",
    ),
    f"{GOOSE}/0005_more_tags.sql": goose(
        "ALTER TABLE tags ADD COLUMN user_id bigint;\nINSERT INTO audit.log VALUES (now(), 'tags');\n"
        "INSERT INTO audit.log SELECT now(), email FROM users WHERE id = 1000;"
    ),
    f"{GOOSE}/0006_seen.sql": goose(
        "ALTER TABLE users ALTER COLUMN seen TYPE timestamptz;",
        "ALTER TABLE users ALTER COLUMN seen TYPE timestamp;",
    ),
    f"{GOOSE}/0007_nested.sql": goose(
        block("DO $$ BEGIN\n  ALTER TABLE users ADD COLUMN age int;\n  CREATE TABLE inner_one ();\nEND $$;")
    ),
    f"{GOOSE}/0008_index.sql": goose(
        "-- migration:ignore index-without-concurrently reason: a small table until: 2026-12-31\n"
        "CREATE INDEX users_email_idx ON users (email);\n"
        "-- migration:ignore drop-table reason: nothing is dropped\n"
        "CREATE INDEX orders_user_idx ON orders (user_id);",
        "DROP INDEX users_email_idx, orders_user_idx;",
    ),
    f"{DBMATE}/0002_paid.sql": dbmate("ALTER TABLE invoices ADD paid boolean, ADD later int;"),
    f"{DBMATE}/0003_was_sent.sql": BASE[f"{DBMATE}/0003_sent.sql"],
    f"{DBMATE}/0005_one.sql": dbmate("CREATE TABLE one (id int);", "DROP TABLE one;"),
    f"{DBMATE}/0005_other.sql": dbmate("CREATE TABLE other (id int);", "DROP TABLE other;"),
}


@pytest.fixture(scope="module")
def shop() -> Report:
    gone = {f"{DBMATE}/0003_sent.sql", f"{DBMATE}/0004_note.sql"}
    head = {path: text for path, text in (BASE | ADDED).items() if path not in gone}
    return run(BASE, head, prelude="prelude.sql", seed="seed.sql")


def test_two_tools_in_one_repository_are_two_histories(shop: Report) -> None:
    histories = [(history.tool, history.folder, history.base_migrations) for history in shop.histories]
    assert histories == [("dbmate", DBMATE, 4), ("goose", GOOSE, 2)]
    assert all(not history.base_failures for history in shop.histories)


def test_what_is_added_and_edited_runs(shop: Report) -> None:
    ran = {one.path.removesuffix(".sql"): one.change for one in shop.migrations}
    assert ran[f"{GOOSE}/0002_teams"] is ChangeKind.ADDED
    assert ran[f"{DBMATE}/0002_paid"] is ChangeKind.EDITED
    assert f"{DBMATE}/0003_was_sent" not in ran, "a renamed file of the same version does not run again"
    assert not [one.path for one in shop.migrations if errors(shop, one.name)]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("out-of-order-migration", f"{GOOSE}/0002_teams.sql"),
        ("edited-migration", f"{DBMATE}/0002_paid.sql"),
        ("renamed-migration", f"{DBMATE}/0003_was_sent.sql"),
        ("deleted-migration", f"{DBMATE}/0004_note.sql"),
        ("duplicate-version", f"{DBMATE}/0005_other.sql"),
    ],
)
def test_the_kind_of_change_is_a_finding(shop: Report, rule: str, path: str) -> None:
    assert [finding.path for finding in found(shop, rule)] == [path]


def test_an_edited_migration_runs_on_the_state_before_it(shop: Report) -> None:
    assert [str(one) for one in migration(shop, "paid").schema_diff] == [
        "column public.invoices.later is new",
        "column public.invoices.paid is new",
    ]


def test_a_table_of_the_same_change_raises_no_lock_finding(shop: Report) -> None:
    assert rules_at(shop, f"{GOOSE}/0004_tags.sql") <= {"missing-down", "table-without-primary-key"}
    index = statements(shop, "tags")[1]
    assert index.indexes_built
    assert not any(lock.existed_before for lock in index.locks if lock.relation == "public.tags")


def test_a_role_that_a_migration_grants_to_is_there(shop: Report) -> None:
    assert statements(shop, "tags")[2].error is None


def test_the_second_migration_runs_on_what_the_first_left(shop: Report) -> None:
    assert "column public.tags.user_id is new" in map(str, migration(shop, "more_tags").schema_diff)


def test_the_prelude_is_there(shop: Report) -> None:
    assert statements(shop, "more_tags")[1].rows == 1


def test_the_seed_is_there_beside_synthetic_rows(shop: Report) -> None:
    assert statements(shop, "more_tags")[2].rows == 1
    assert migration(shop, "seen").rows_before["public.users"] > 20


def test_ddl_in_a_do_block_is_attributed(shop: Report) -> None:
    (seen,) = statements(shop, "nested")
    assert [(command.tag, command.object) for command in seen.nested] == [
        ("ALTER TABLE", "users"),
        ("CREATE TABLE", "inner_one"),
    ]
    assert ("public.users", "ACCESS EXCLUSIVE") in {(lock.relation, lock.mode.value) for lock in seen.locks}


def test_a_timestamp_gets_its_zone_for_nothing_in_utc(shop: Report) -> None:
    assert statements(shop, "seen")[0].rewrites == ()


def test_a_suppression_with_a_reason_holds_for_its_statement_only(shop: Report) -> None:
    path = f"{GOOSE}/0008_index.sql"
    assert [(one.rule, one.path, one.reason, one.until) for one in shop.suppressed] == [
        ("index-without-concurrently", path, "a small table", "2026-12-31")
    ]
    (left,) = [one for one in found(shop, "index-without-concurrently") if one.path == path]
    assert left.line == 5


def test_a_suppression_that_suppresses_nothing_is_said(shop: Report) -> None:
    (finding,) = found(shop, "suppression-without-effect")
    assert (finding.path, finding.line) == (f"{GOOSE}/0008_index.sql", 4)


def test_evidence_names_statements_of_the_report(shop: Report) -> None:
    known = {seen.id for one in shop.migrations for seen in (*one.up.statements, *one.rollback.down)}
    assert {id for finding in shop.findings for id in finding.evidence} <= known
    assert len({finding.id for finding in shop.findings}) == len(shop.findings)


CORE = {
    "": {"schema_version", "verdict", "risk", "migrations", "findings", "unproven", "schema_diff"},
    "risk": {"level", "reasons"},
    "migrations": {"id", "path", "tool", "change", "up", "rollback"},
    "migrations.up.statements": {
        "id", "sql", "path", "line", "end_line", "transaction", "duration_ms", "locks", "rewrites", "scans",
        "indexes_built", "rows", "error",
    },
    "migrations.up.statements.locks": {"relation", "mode", "existed_before", "held_until", "statements_behind"},
    "migrations.rollback": {"status", "drafted", "differences", "data_lost"},
    "findings": {
        "id", "rule", "severity", "certainty", "path", "line", "end_line", "message", "evidence", "advice",
    },
    "unproven": {"path", "line", "reason"},
}  # fmt: skip
"""What other programs read. These names stay; everything else may grow around them."""


def test_the_stable_core_is_in_the_json(shop: Report, stopped: Report) -> None:
    for report in (shop, stopped):
        document = json.loads(report.model_dump_json())
        for path, names in CORE.items():
            for place in _places([document], [name for name in path.split(".") if name]):
                assert names <= place.keys(), path
    failed = json.loads(stopped.model_dump_json())["migrations"][0]["up"]["statements"][0]
    assert {"sqlstate", "message", "hint"} <= failed["error"].keys()


def _places(documents: list[Any], path: list[str]) -> list[dict[str, Any]]:
    for name in path:
        inside = [document[name] for document in documents]
        documents = [one for value in inside for one in (value if isinstance(value, list) else [value])]
    return documents


# ── What stops a migration, and what cannot be run ──────────────────────────────────────────────────


@pytest.fixture(scope="module")
def stopped() -> Report:
    base = {
        "a/migrations/0001_users.sql": goose(
            "CREATE TABLE users (id bigint PRIMARY KEY);", "DROP TABLE users;"
        )
    }
    head = base | {
        "a/migrations/0002_name.sql": goose("ALTER TABLE users ADD COLUMN name text NOT NULL;"),
        "a/migrations/0003_teams.sql": goose("CREATE TABLE teams (id int);", "DROP TABLE teams;"),
        "b/migrations/0001_code.go": "package migrations\n\nfunc init() {\n\tgoose.AddMigrationContext(up, down)\n}\n",
        "b/migrations/0002_after.sql": goose("CREATE TABLE after_code (id int);", "DROP TABLE after_code;"),
        "c/migrations/0001_gis.sql": goose("SELECT 1;\nCREATE EXTENSION postgis;"),
        "d/migrations/0001_role.sql": goose("CREATE ROLE somebody;"),
        "e/migrations/0001_open.sql": goose(
            "BEGIN;\nCREATE TABLE t (id int);", first="-- +goose NO TRANSACTION\n"
        ),
        "f/migrations/0001_copy.sql": goose("CREATE TABLE t (id int);\nCOPY t FROM STDIN;"),
        "f/migrations/0002_later.sql": goose("CREATE TABLE later (id int);"),
    }
    return run(base, head)


def test_one_that_fails_on_rows_leaves_the_later_ones_to_empty_tables(stopped: Report) -> None:
    assert errors(stopped, "name") == ["23502"]
    assert "required-column-without-default" in rules_at(stopped, "a/migrations/0002_name.sql")
    assert migration(stopped, "teams").rollback.reason.startswith("On empty tables the schema comes back")
    assert unproven_at(stopped, "a/migrations/0003_teams.sql") == [
        (1, "Ran on empty tables only, because a/migrations/0002_name.sql fails on rows before it.")
    ]
    assert stopped.verdict is Verdict.FAIL


def test_one_that_fails_by_itself_stops_the_later_ones(stopped: Report) -> None:
    assert errors(stopped, "copy") != []
    assert migration(stopped, "later").up.statements == ()
    assert unproven_at(stopped, "f/migrations/0002_later.sql") == [
        (1, "Not run, because f/migrations/0001_copy.sql does not get through.")
    ]


def test_code_is_unproven_and_so_is_what_comes_after_it(stopped: Report) -> None:
    ((line, reason),) = unproven_at(stopped, "b/migrations/0001_code.go")
    assert line == 1
    assert "Go" in reason
    assert unproven_at(stopped, "b/migrations/0002_after.sql")
    assert migration(stopped, "code").rollback.status is RollbackStatus.UNPROVEN


def test_a_missing_extension_is_unproven_and_says_what_would_prove_it(stopped: Report) -> None:
    ((line, reason),) = unproven_at(stopped, "c/migrations/0001_gis.sql")
    assert line == 3
    assert "postgis" in reason
    assert "migration sandbox install" in reason
    assert "apply-fails" not in rules_at(stopped, "c/migrations/0001_gis.sql")


def test_a_role_that_a_migration_makes_is_unproven_and_says_what_would_prove_it(stopped: Report) -> None:
    ((_, reason),) = unproven_at(stopped, "d/migrations/0001_role.sql")
    assert "`roles:`" in reason


def test_a_transaction_that_is_left_open_is_unproven(stopped: Report) -> None:
    ((_, reason),) = unproven_at(stopped, "e/migrations/0001_open.sql")
    assert "leaves a transaction open" in reason


def test_data_that_no_tool_would_send_is_a_failure(stopped: Report) -> None:
    (finding,) = found(stopped, "apply-fails")
    assert (finding.path, finding.line) == ("f/migrations/0001_copy.sql", 3)


# ── Transactions of the tools ───────────────────────────────────────────────────────────────────────

INDEX = "CREATE INDEX CONCURRENTLY users_email_idx ON users (email);"
USERS = "CREATE TABLE users (id bigint PRIMARY KEY, email text);"


@pytest.fixture(scope="module")
def concurrently() -> Report:
    base = {
        "goose/migrations/0001_users.sql": goose(USERS),
        "golang/migrations/0001_users.up.sql": USERS,
        "golang/migrations/0001_users.down.sql": "DROP TABLE users;",
        "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
        "prisma/migrations/20260101000000_users/migration.sql": USERS,
        "drizzle/0000_mood.sql": "CREATE TYPE mood AS ENUM ('sad');\n--> statement-breakpoint\nCREATE TABLE p (m mood);",
        "drizzle/meta/_journal.json": _journal("0000_mood"),
    }
    head = base | {
        "goose/migrations/0002_alone.sql": goose(
            INDEX, "DROP INDEX users_email_idx;", "-- +goose NO TRANSACTION\n"
        ),
        "goose/migrations/0003_wrapped.sql": goose(INDEX.replace("email_idx", "email_too")),
        "golang/migrations/0002_lone.up.sql": INDEX,
        "golang/migrations/0002_lone.down.sql": "DROP INDEX users_email_idx;",
        "golang/migrations/0003_two.up.sql": f"SELECT 1;\n{INDEX.replace('email_idx', 'email_too')}",
        "golang/migrations/0003_two.down.sql": "",
        "prisma/migrations/20260102000000_single/migration.sql": INDEX,
        "prisma/migrations/20260103000000_double/migration.sql": f"{INDEX.replace('email_idx', 'email_too')}\nSELECT 1;",
        "drizzle/0001_happy.sql": "ALTER TYPE mood ADD VALUE 'happy';",
        "drizzle/0002_use.sql": "SELECT 1;\n--> statement-breakpoint\nINSERT INTO p VALUES ('happy');",
        "drizzle/meta/_journal.json": _journal("0000_mood", "0001_happy", "0002_use"),
    }
    return run(base, head)


def _journal(*tags: str) -> str:
    entries = [
        {"idx": at, "when": 10 * at + 10, "tag": tag, "breakpoints": True} for at, tag in enumerate(tags)
    ]
    return json.dumps({"version": "7", "dialect": "postgresql", "entries": entries})


@pytest.mark.parametrize("name", ["alone", "lone", "single"])
def test_concurrently_works_where_the_tool_opens_no_transaction(concurrently: Report, name: str) -> None:
    (seen,) = statements(concurrently, name)
    assert (seen.error, seen.transaction) == (None, None)
    assert ("public.users", "SHARE UPDATE EXCLUSIVE") in [
        (lock.relation, lock.mode.value) for lock in seen.locks
    ]


@pytest.mark.parametrize("name", ["wrapped", "two", "double"])
def test_concurrently_fails_in_the_transaction_that_the_tool_opens(concurrently: Report, name: str) -> None:
    assert errors(concurrently, name) == ["25001"]
    assert "concurrently-in-transaction" in rules_at(concurrently, migration(concurrently, name).path)


def test_what_fails_only_in_the_transaction_around_all_new_files_fails(concurrently: Report) -> None:
    assert errors(concurrently, "happy") == []
    assert errors(concurrently, "use") == ["55P04"]
    (finding,) = found(concurrently, "enum-value-in-same-transaction")
    assert (finding.path, finding.line) == ("drizzle/0002_use.sql", 3)


# ── The configuration ───────────────────────────────────────────────────────────────────────────────


def test_a_schema_file_is_the_base_and_the_time_zone_is_productions() -> None:
    broken = {f"{GOOSE}/0001_old.sql": goose("CREATE TABLE long_gone (id no_such_type);")}
    base = broken | {
        "schema.sql": "SET statement_timeout = 0;\nCREATE TABLE users (id bigint PRIMARY KEY, seen timestamp NOT NULL);"
    }
    change = "ALTER TABLE users ALTER COLUMN seen TYPE timestamptz;"
    head = base | {f"{GOOSE}/0002_seen.sql": goose(change)}
    report = run(base, head, schema_file="schema.sql", parameters={"TimeZone": "Europe/Paris"})
    assert [seen.rewrites for seen in statements(report, "seen")] == [("public.users",)]
    assert "column-type-rewrite" in rules_at(report, f"{GOOSE}/0002_seen.sql")
    assert report.unproven == ()


def test_folders_of_one_database_are_applied_in_the_order_of_the_configuration() -> None:
    base = {
        "z/migrations/0001_users.sql": goose(USERS),
        "a/migrations/0001_orders.sql": goose("CREATE TABLE orders (user_id bigint REFERENCES users (id));"),
    }
    head = base | {
        "z/migrations/0002_teams.sql": goose(
            "CREATE TABLE teams (id bigint PRIMARY KEY);", "DROP TABLE teams;"
        ),
        "a/migrations/0002_team.sql": goose(
            "ALTER TABLE orders ADD COLUMN team bigint REFERENCES teams (id);"
        ),
    }
    folders = [FolderSettings(path=folder, database="shop") for folder in ("z/migrations", "a/migrations")]
    report = run(base, head, folders=folders)
    assert [history.folder for history in report.histories] == ["z/migrations", "a/migrations"]
    assert report.unproven == ()
    assert errors(report, "teams") == errors(report, "team") == []


def test_a_folder_that_moves_is_not_new_to_any_database() -> None:
    users, index = goose(USERS), goose("CREATE INDEX users_email_idx ON users (email);")
    base = {"old/migrations/0001_users.sql": users}
    head = {"new/migrations/0001_users.sql": users, "new/migrations/0002_index.sql": index}
    report = run(base, head)
    assert [one.path for one in report.migrations] == ["new/migrations/0002_index.sql"]
    assert [finding.path for finding in found(report, "index-without-concurrently")] == [
        "new/migrations/0002_index.sql"
    ]
    assert found(report, "deleted-migration") == []


def test_a_rule_that_is_off_finds_nothing() -> None:
    base = {f"{GOOSE}/0001_users.sql": goose(USERS)}
    head = base | {f"{GOOSE}/0002_index.sql": goose("CREATE INDEX users_email_idx ON users (email);")}
    report = run(base, head, rules={"index-without-concurrently": "off", "lock-timeout-missing": "error"})
    assert found(report, "index-without-concurrently") == []
    assert [finding.severity for finding in found(report, "lock-timeout-missing")] == ["error"]


def test_a_rule_that_does_not_exist_is_said() -> None:
    (sentence,) = unknown_rules(Settings(rules={"drop-columns": "off", "drop-table": "off"}))
    assert "There is no rule drop-columns" in sentence
    assert "Did you mean drop-column?" in sentence


def test_behind_a_failure_on_rows_the_rest_is_seen_on_empty_tables() -> None:
    files = {
        "m/00001_base.sql": "-- +goose Up\nCREATE TABLE t (id int PRIMARY KEY, a text);\n-- +goose Down\nDROP TABLE t;\n",
    }
    change = {
        "m/00002_strict.sql": (
            "-- +goose Up\nALTER TABLE t ALTER a SET NOT NULL;\nCREATE INDEX t_a ON t (a);\n"
            "-- +goose Down\nDROP INDEX t_a;\nALTER TABLE t ALTER a DROP NOT NULL;\n"
        ),
        "m/00003_more.sql": "-- +goose Up\nALTER TABLE t ADD b int;\n-- +goose Down\nALTER TABLE t DROP b;\n",
    }
    settings = Settings(provider="bundled", postgres=18)
    report = validate(MemoryTree(files), MemoryTree(files | change), settings)
    strict, more = report.migrations
    failing, following = strict.up.statements
    assert failing.error is not None and failing.error.sqlstate == "23502"
    assert following.ran and following.indexes_built == ("public.t_a",)
    assert strict.rollback.status is RollbackStatus.UNPROVEN
    assert "empty tables" in strict.rollback.reason
    assert more.up.statements[0].locks[0].relation == "public.t"
    assert more.rollback.status is RollbackStatus.UNPROVEN
    assert more.rows_before == {}
    assert report.verdict is Verdict.FAIL


ECTO = "priv/repo/migrations"


def ecto(name: str, change: str) -> str:
    functions = change if "def " in change else f"def change do\n{change}\nend"
    return f"defmodule M.{name} do\nuse Ecto.Migration\n{functions}\nend\n"


def test_what_code_in_the_base_may_have_made_is_not_missed() -> None:
    base = {f"{ECTO}/1_a.exs": ecto("A", "create table(:a)\nMyApp.make_b()")}
    report = run(base, {**base, f"{ECTO}/2_b.exs": ecto("B", "alter table(:b) do\nadd :c, :text\nend")})
    assert errors(report, "b") == ["42P01"]
    assert found(report, "apply-fails") == []
    assert report.verdict is Verdict.UNPROVEN
    assert (f"{ECTO}/1_a.exs", 5) in {(one.path, one.line) for one in report.unproven}


def test_rows_that_code_in_the_base_has_changed_take_nothing_from_what_is_proven() -> None:
    base = {f"{ECTO}/1_a.exs": ecto("A", 'create table(:a)\nM.Repo.update_all("a", set: [x: 1])')}
    report = run(base, {**base, f"{ECTO}/2_b.exs": ecto("B", "alter table(:a) do\nadd :c, :text\nend")})
    assert report.unproven == ()
    assert migration(report, "b").rollback.status is RollbackStatus.RESTORED


def test_a_part_that_is_code_makes_a_migration_and_its_way_back_unproven() -> None:
    both = "def up do\ncreate table(:a)\nMyApp.fix()\nend\ndef down do\nMyApp.unfix()\ndrop table(:a)\nend"
    report = run({}, {f"{ECTO}/1_a.exs": ecto("A", both)})
    assert len(statements(report, "a")) == 1
    assert report.verdict is Verdict.UNPROVEN
    proof = migration(report, "a").rollback
    assert proof.status is RollbackStatus.UNPROVEN
    assert "line 8" in proof.reason


def test_an_error_in_a_heredoc_points_at_its_own_line() -> None:
    report = run({}, {f"{ECTO}/1_a.exs": ecto("A", 'execute """\nSELECT 1\nFROM nowhere\n""", ""')})
    (finding,) = found(report, "apply-fails")
    (seen,) = statements(report, "a")
    assert seen.error is not None
    assert (finding.line, seen.error.line) == (4, 6)


def test_a_finding_is_accepted_in_a_comment_of_elixir() -> None:
    base = {f"{ECTO}/1_a.exs": ecto("A", "create table(:a) do\nadd :b, :text\nend")}
    drop = "# migration:ignore drop-column reason: nobody reads it\nalter table(:a) do\nremove :b, :text\nend"
    report = run(base, {**base, f"{ECTO}/2_b.exs": ecto("B", drop)})
    assert found(report, "drop-column") == []
    assert [one.rule for one in report.suppressed] == ["drop-column"]


def test_a_down_that_does_not_end_leaves_the_fate_of_the_data_open_which_is_never_green() -> None:
    files = {"db/m/001_a.sql": goose("CREATE TABLE kept (id int PRIMARY KEY, n int);", "DROP TABLE kept;")}
    slow = goose("UPDATE kept SET n = 1 WHERE id = 1;", "SELECT pg_sleep(600);")
    report = run(files, files | {"db/m/002_b.sql": slow}, limits=Limits(statement_seconds=2))
    assert migration(report, "b").rollback.status is RollbackStatus.UNPROVEN
    ((_, reason),) = unproven_at(report, "db/m/002_b.sql")
    assert "it is open what becomes of the data" in reason
    assert report.verdict is Verdict.UNPROVEN


def test_its_own_check_that_made_up_rows_do_not_pass_is_unproven_and_one_that_nothing_passes_fails() -> None:
    base = {f"{GOOSE}/1_a.sql": goose("CREATE TABLE a (id int PRIMARY KEY, b text);", "DROP TABLE a;")}
    looks = "DO $$ BEGIN IF EXISTS (SELECT FROM a) THEN RAISE EXCEPTION 'rows of old'; END IF; END $$;"
    always = "DO $$ BEGIN PERFORM count(*) FROM a; RAISE EXCEPTION 'never'; END $$;"
    asks, refuses = (run(base, {**base, f"{GOOSE}/2_b.sql": goose(block(code))}) for code in (looks, always))
    assert asks.verdict is Verdict.UNPROVEN
    assert any("rows of old" in one.reason and "seed:" in one.reason for one in asks.unproven)
    assert [one.rule for one in refuses.findings if one.rule == "apply-fails"] == ["apply-fails"]
    assert refuses.verdict is Verdict.FAIL


def test_a_down_that_misses_what_a_failed_base_would_have_made_is_unproven() -> None:
    base = {"db/migrations/1_a.sql": dbmate("CREATE TABLE devices (id nothing_like_it);")}
    up = dbmate("DROP INDEX IF EXISTS devices_serial;", "CREATE INDEX devices_serial ON devices (id);")
    report = run(base, {**base, "db/migrations/2_b.sql": up})
    assert not found(report, "rollback-fails")
    assert migration(report, "b").rollback.reason.endswith("is not whole, which may be why.")
