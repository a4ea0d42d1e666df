import pytest

from checks.errors import SettingsError
from checks.frameworks import find_histories
from checks.frameworks.find import known_frameworks
from checks.frameworks.view import View, ignore_pattern
from checks.settings import FolderSettings, Settings
from checks.trees import MemoryTree

GOOSE = "-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n"
DBMATE = "-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n"
SQL_MIGRATE = "-- +migrate Up\nCREATE TABLE a (id int);\n-- +migrate Down\nDROP TABLE a;\n"
PAIR = {"1_a.up.sql": "CREATE TABLE a (id int);", "1_a.down.sql": "DROP TABLE a;"}


def found(files: dict[str, str | bytes], **settings: object) -> list[tuple[str, str]]:
    histories = find_histories(MemoryTree(files), Settings.model_validate(settings))
    return [(history.tool, history.folder) for history in histories]


def inside(folder: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def test_a_framework_is_found_by_being_there() -> None:
    expected = {"golang-migrate", "goose", "dbmate", "sql-migrate", "sqlx", "diesel", "numbered"}
    assert expected <= set(known_frameworks())


def test_several_tools_in_several_folders_come_sorted_by_folder() -> None:
    files = {
        "z/migrations/1_a.sql": GOOSE,
        "db/migrations/20240101_a.sql": DBMATE,
        "b/1.sql": SQL_MIGRATE,
        **inside("api/migrations", PAIR),
    }
    assert found(files) == [
        ("golang-migrate", "api/migrations"),
        ("sql-migrate", "b"),
        ("dbmate", "db/migrations"),
        ("goose", "z/migrations"),
    ]


def test_a_folder_at_the_root_is_found() -> None:
    assert found({"1_a.sql": GOOSE}) == [("goose", "")]


def test_no_migrations_at_all() -> None:
    assert found({"README.md": "# hello", "src/query.sql": "SELECT 1"}) == []


def test_a_directive_wins_over_file_names() -> None:
    assert found({"migrations/1_a.up.sql": GOOSE, "migrations/2_b.up.sql": GOOSE}) == [
        ("goose", "migrations")
    ]


def test_one_stray_directive_does_not_win_a_folder_of_another_tool() -> None:
    files = {f"migrations/{number}_a.up.sql": "SELECT 1;" for number in range(1, 6)}
    assert found({**files, "migrations/3_a.up.sql": GOOSE}) == [("golang-migrate", "migrations")]


def test_a_dependency_tells_sqlx_from_golang_migrate() -> None:
    pair = inside("migrations", PAIR)
    assert found(pair) == [("golang-migrate", "migrations")]
    assert found({**pair, "Cargo.toml": '[dependencies]\nsqlx = "0.8"'}) == [("sqlx", "migrations")]


def test_a_folder_with_files_of_two_tools_is_a_problem_that_names_both() -> None:
    tree = MemoryTree({"m/1_a.sql": GOOSE, "m/2_b.sql": GOOSE, "m/3_c.sql": DBMATE})
    (history,) = find_histories(tree, Settings())
    assert history.tool == "goose"
    mixed = [problem for problem in history.problems if problem.rule == "mixed-folder"]
    assert [problem.path for problem in mixed] == ["m/3_c.sql"]
    assert "goose (2 files)" in mixed[0].message
    assert "dbmate" in mixed[0].message


def test_files_of_another_tool_beside_diesels_folders_are_a_problem() -> None:
    tree = MemoryTree({"migrations/2024_a/up.sql": "SELECT 1;", **inside("migrations", PAIR)})
    (history,) = find_histories(tree, Settings())
    assert "mixed-folder" in [problem.rule for problem in history.problems]


@pytest.mark.parametrize(
    "folder",
    [
        "node_modules/x/migrations",
        "vendor/x/migrations",
        "db/seeds",
        "migrations/mysql",
        "migrations/sqlite3",
        "migrations/ClickHouse",
        "sqlite/migrations",
        "mysql_migrations",
        "migrations-sqlite",
    ],
)
def test_vendored_code_seeds_and_other_databases_are_left_out(folder: str) -> None:
    assert found({f"{folder}/1_a.sql": GOOSE}) == []


def test_a_folder_that_only_mentions_another_database_is_kept() -> None:
    assert found({"mysql_import/migrations/1_a.sql": GOOSE}) == [("goose", "mysql_import/migrations")]


def test_a_file_of_another_database_is_left_out() -> None:
    tree = MemoryTree({"m/1_a.up.sql": "SELECT 1;", "m/1_a.mysql.up.sql": "SELECT 2;"})
    (history,) = find_histories(tree, Settings())
    assert [migration.path for migration in history.migrations] == ["m/1_a.up.sql"]


CLICKHOUSE = "-- migrate:up\nCREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id;\n-- migrate:down\n"
SQLITE = "-- +goose Up\nCREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);"


@pytest.mark.parametrize("text", [CLICKHOUSE, SQLITE])
def test_a_folder_whose_sql_is_of_another_database_is_left_out(text: str) -> None:
    assert found({f"migrations/{number}_a.sql": text for number in range(30)}) == []


def test_one_foreign_word_does_not_make_a_folder_foreign() -> None:
    files: dict[str, str | bytes] = {f"m/{number}_a.sql": GOOSE for number in range(1, 10)}
    assert found({**files, "m/10_a.sql": GOOSE + "-- was AUTO_INCREMENT"}) == [("goose", "m")]
    mixed = {"m/1_a.sql": GOOSE + "SELECT 1::int;", "m/2_b.sql": SQLITE}
    assert found(mixed) == [("goose", "m")]


def test_ignored_globs_are_left_out() -> None:
    files = {"a/testdata/1_a.sql": GOOSE, "b/1_a.sql": GOOSE, "c/d/1_a.sql": GOOSE}
    assert found(files, ignore=["testdata", "c/**"]) == [("goose", "b")]
    assert found({"a/testdata/1_a.sql": GOOSE}) == [("goose", "a/testdata")]


@pytest.mark.parametrize(
    ("glob", "path", "ignored"),
    [
        ("docs", "docs/a.sql", True),
        ("docs", "x/docs/a.sql", True),
        ("docs/", "docs/a.sql", True),
        ("x/docs", "y/x/docs/a.sql", False),
        ("**/docs", "y/x/docs/a.sql", True),
        ("*.old.sql", "m/1.old.sql", True),
        ("m/*.sql", "m/n/1.sql", False),
        ("m/**/*.sql", "m/n/o/1.sql", True),
        ("m/?.sql", "m/1.sql", True),
        ("m/1.sql", "m/1xsql", False),
        ("/m/1.sql", "m/1.sql", True),
    ],
)
def test_globs(glob: str, path: str, ignored: bool) -> None:
    pattern = ignore_pattern([glob])
    assert pattern is not None
    assert bool(pattern.fullmatch(path)) is ignored


def test_configured_folders_narrow_the_search_and_name_the_database() -> None:
    files = {"a/migrations/1_a.sql": GOOSE, "b/1_a.sql": GOOSE, "c/1_a.sql": GOOSE}
    folders = [FolderSettings(path="./a/", database="users"), FolderSettings(path="b", tool="goose")]
    histories = find_histories(MemoryTree(files), Settings(folders=tuple(folders)))
    assert [(each.folder, each.database) for each in histories] == [("a/migrations", "users"), ("b", "")]


def test_the_configuration_gives_the_order_of_its_folders() -> None:
    files = {"a/1_a.sql": GOOSE, "b/x/1_a.sql": GOOSE, "b/y/1_a.sql": GOOSE}
    assert found(files, folders=[{"path": "b"}, {"path": "a"}]) == [
        ("goose", "b/x"),
        ("goose", "b/y"),
        ("goose", "a"),
    ]


def test_what_is_vendored_inside_a_configured_folder_stays_out() -> None:
    files = {"vendor/api/migrations/1_a.sql": GOOSE, "vendor/api/node_modules/x/migrations/1_a.sql": GOOSE}
    assert found(files, folders=[{"path": "vendor/api"}]) == [("goose", "vendor/api/migrations")]


def test_the_closest_configured_folder_counts() -> None:
    folders = (FolderSettings(path="a", database="one"), FolderSettings(path="a/b", database="two"))
    histories = find_histories(MemoryTree({"a/b/1_a.sql": GOOSE}), Settings(folders=folders))
    assert [history.database for history in histories] == ["two"]


def test_a_configured_tool_reads_the_folder_whatever_it_looks_like() -> None:
    histories = find_histories(
        MemoryTree({"db/seeds/1_a.sql": "CREATE TABLE a (id int);"}),
        Settings(folders=(FolderSettings(path="db/seeds", tool="sqlx"),)),
    )
    assert [(each.tool, each.folder, len(each.migrations)) for each in histories] == [("sqlx", "db/seeds", 1)]


def test_a_configured_folder_that_is_not_there_yet_is_no_history() -> None:
    assert found({"a/1_a.sql": GOOSE}, folders=[{"path": "b", "tool": "goose"}]) == []


def test_an_unknown_tool_names_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="unknown tool 'gose'") as error:
        found({}, folders=[{"path": "m", "tool": "gose"}])
    assert "goose" in error.value.hint


def test_an_unreadable_file_is_opaque_and_a_problem() -> None:
    files: dict[str, str | bytes] = {"m/1_a.sql": GOOSE, "m/2_b.sql": b"-- +goose Up\nSELECT 'a\xff';"}
    (history,) = find_histories(MemoryTree(files), Settings())
    assert [(each.rule, each.path, each.line) for each in history.problems] == [
        ("unreadable-file", "m/2_b.sql", 2)
    ]
    assert history.migrations[1].up is None
    assert "not UTF-8" in (history.migrations[1].opaque or "")


def test_each_file_is_read_once() -> None:
    reads: list[str] = []

    class Counting(MemoryTree):
        def read(self, path: str) -> bytes:
            reads.append(path)
            return super().read(path)

    find_histories(Counting({"m/1_a.sql": GOOSE, "m/2_b.sql": DBMATE}), Settings())
    assert sorted(reads) == ["m/1_a.sql", "m/2_b.sql"]


def test_the_digest_follows_the_bytes() -> None:
    def digest(content: str) -> str:
        (history,) = find_histories(MemoryTree({"m/1_a.sql": content}), Settings())
        return history.migrations[0].digest

    assert digest(GOOSE) == digest(GOOSE)
    assert digest(GOOSE) != digest(GOOSE + "\n")


def test_statements_are_cut_when_somebody_asks_and_go_to_json() -> None:
    (history,) = find_histories(MemoryTree({"m/1_a.sql": GOOSE}), Settings())
    up = history.migrations[0].up
    assert up is not None
    assert "statements" not in up.__dict__
    assert up.model_dump(mode="json")["statements"][0]["sql"] == "CREATE TABLE a (id int)"
    copy = type(history).model_validate_json(history.model_dump_json())
    assert copy.migrations[0].up == up
    assert up == copy.migrations[0].up
    assert hash(up) == hash(up.model_copy())


def test_the_view_knows_the_nearest_file_above() -> None:
    view = View(MemoryTree({"a/go.mod": "", "go.mod": "", "a/b/c/1.sql": ""}))
    assert view.nearest("a/b/c", "go.mod") == "a/go.mod"
    assert view.nearest("", "go.mod") == "go.mod"
    assert view.nearest("a", "Cargo.toml") is None
    assert view.subfolders("a") == ("b",)
