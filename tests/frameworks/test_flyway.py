import pytest
from reading import lines, message, only, problems, read, sql

from checks.change import compare_histories
from checks.frameworks import find_histories
from checks.frameworks.flyway_config import configurations
from checks.frameworks.flyway_files import refuses_transaction
from checks.frameworks.flyway_names import normal_version
from checks.frameworks.view import View
from checks.model.migrations import History, Script, TransactionMode
from checks.rules import check
from checks.rules.review import Review
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "flyway"


def find(files: dict[str, str]) -> list[History]:
    return list(find_histories(MemoryTree(files), Settings()))


def mode(script: Script | None) -> TransactionMode:
    assert script is not None
    return script.transaction


def test_versions_are_compared_number_by_number_and_repeatables_come_last() -> None:
    names = ["V10__d.sql", "V1_2__b.sql", "V1.10__c.sql", "V1__a.sql", "R__z_view.sql", "R__a_view.sql"]
    history = read(TOOL, dict.fromkeys(names, "SELECT 1;"))
    assert [(each.version, each.name) for each in history.migrations] == [
        ("1", "a"),
        ("1.2", "b"),
        ("1.10", "c"),
        ("10", "d"),
        ("R__a view", "a view"),
        ("R__z view", "z view"),
    ]
    assert [each.repeatable for each in history.migrations] == [False] * 4 + [True] * 2
    assert history.strict_order


@pytest.mark.parametrize(
    ("text", "version"),
    [("01", "1"), ("1.0.0", "1"), ("2024_01_02", "2024.1.2"), ("1.", None), ("a", None), ("", None)],
)
def test_leading_zeros_and_trailing_ones_do_not_count(text: str, version: str | None) -> None:
    assert normal_version(text) == version


def test_an_undo_script_is_the_way_back() -> None:
    history = read(TOOL, {"V1__a.sql": "SELECT 1;", "U1__a.sql": "SELECT -1;"})
    assert sql(only(history).down) == ["SELECT -1"]
    assert history.has_downs
    assert not read(TOOL, {"V1__a.sql": "SELECT 1;"}).has_downs


def test_a_location_is_read_with_all_below_it() -> None:
    history = read(
        TOOL, {"2023/V1__a.sql": "SELECT 1;", "2024/V2__b.sql": "SELECT 2;", ".x/V3__c.sql": "SELECT 3;"}
    )
    assert [each.version for each in history.migrations] == ["1", "2"]


def test_a_migration_is_one_transaction() -> None:
    assert mode(only(read(TOOL, {"V1__a.sql": "SELECT 1;"})).up) is TransactionMode.TRANSACTION


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE INDEX CONCURRENTLY i ON a (b)", True),
        ("create unique index /* soon */ concurrently i on a (b)", True),
        ("DROP INDEX CONCURRENTLY IF EXISTS i", True),
        ("VACUUM (ANALYZE) a", True),
        ("REINDEX (VERBOSE) DATABASE d", True),
        ("DISCARD ALL", True),
        ("ALTER SYSTEM SET a = 1", True),
        ("REINDEX TABLE CONCURRENTLY a", False),
        ("ALTER TYPE mood ADD VALUE 'x'", False),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", False),
        ("INSERT INTO a VALUES ('VACUUM')", False),
    ],
)
def test_flyway_finds_some_statements_that_refuse_a_transaction(statement: str, expected: bool) -> None:
    assert refuses_transaction(statement) is expected
    found = only(read(TOOL, {"V1__a.sql": f"-- first\n{statement};"}))
    wanted = TransactionMode.AUTOCOMMIT if expected else TransactionMode.TRANSACTION
    assert mode(found.up) is wanted


def test_a_file_that_mixes_both_kinds_is_refused() -> None:
    text = "CREATE TABLE a (b int);\n\nCREATE INDEX CONCURRENTLY i ON a (b);\n"
    history = read(TOOL, {"V1__a.sql": text})
    assert only(history).up is None
    assert problems(history) == [("near-miss", "V1__a.sql", 3)]
    assert "mixed" in message(history)


def test_its_own_configuration_decides_over_what_flyway_finds() -> None:
    text = "CREATE TABLE a (b int);\nDROP INDEX CONCURRENTLY i;\n"
    history = read(TOOL, {"V1__a.sql": text, "V1__a.sql.conf": "# why\nexecuteInTransaction=false\n"})
    assert mode(only(history).up) is TransactionMode.AUTOCOMMIT
    assert only(history).files == ("m/V1__a.sql", "m/V1__a.sql.conf")
    assert history.problems == ()


def test_a_script_that_should_not_execute_is_recorded_and_runs_nothing() -> None:
    history = read(TOOL, {"V1__a.sql": "SELECT 1;", "V1__a.sql.conf": "shouldExecute=false"})
    assert sql(only(history).up) == []
    history = read(TOOL, {"V1__a.sql": "SELECT 1;", "V1__a.sql.conf": "shouldExecute=${env}==prod"})
    assert "shouldExecute" in str(only(history).opaque)


def test_placeholders_come_from_the_configuration_in_any_case() -> None:
    files = {
        "flyway.conf": "flyway.placeholders.Owner=app\n",
        "V1__a.sql": "ALTER TABLE a OWNER TO ${OWNER}; -- ${flyway:table}",
    }
    assert sql(only(read(TOOL, files)).up) == ["ALTER TABLE a OWNER TO app"]
    history = read(TOOL, {"V1__a.sql": "SELECT 1;\nSELECT '${who}';"}, placeholders={"who": "me"})
    assert sql(only(history).up) == ["SELECT 1", "SELECT 'me'"]


def test_a_placeholder_without_a_value_is_opaque_at_its_line() -> None:
    history = read(TOOL, {"V1__a.sql": "SELECT 1;\nSELECT '${who}';"})
    assert "${who}" in str(only(history).opaque)
    assert only(history).opaque_line == 2
    assert problems(history) == [("missing-placeholder", "V1__a.sql", 2)]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("V1_name.sql", "V1__name.sql"),
        ("v1__name.sql", "V1__name.sql"),
        ("V1-name.sql", "V1__name.sql"),
        ("V__name.sql", "V<version>__name.sql"),
        ("r__name.sql", "R__name.sql"),
        ("1__name.sql", "V1__name.sql"),
        ("V1.2_name.sql", "V1.2__name.sql"),
        ("R1__name.sql", "R__name.sql"),
    ],
)
def test_a_name_that_flyway_skips_is_said(name: str, meant: str) -> None:
    history = read(TOOL, {"V9__ok.sql": "SELECT 1;", name: "SELECT 2;"})
    assert [each.version for each in history.migrations] == ["9"]
    assert problems(history) == [("near-miss", name, 1)]
    assert f"Probably {meant} was meant" in message(history)


def test_other_files_beside_them_are_nobodys_mistake() -> None:
    assert (
        read(TOOL, {"V1__a.sql": "SELECT 1;", "README.sql": "", "seed.sql": "", "V2__b.txt": ""}).problems
        == ()
    )


def test_a_configuration_without_its_script_is_said() -> None:
    history = read(TOOL, {"V1__a.sql": "SELECT 1;", "V2__b.sql.conf": "executeInTransaction=false"})
    assert problems(history) == [("near-miss", "V2__b.sql.conf", 1)]


def test_callbacks_around_all_are_repeatable_and_around_each_belong_to_it() -> None:
    history = read(
        TOOL,
        {
            "V1__a.sql": "SELECT 1;",
            "beforeMigrate.sql": "SELECT 0;",
            "afterMigrate__grants.sql": "SELECT 9;",
            "beforeEachMigrate.sql": "\nSET ROLE app;",
        },
    )
    assert [(each.name, each.repeatable) for each in history.migrations] == [
        ("beforeMigrate", True),
        ("a", False),
        ("grants", True),
    ]
    assert (sql(history.migrations[1].up), lines(history.migrations[1].up)) == (
        ["SET ROLE app", "SELECT 1"],
        [2, 1],
    )


def test_a_baseline_counts_only_when_what_it_replaces_is_gone() -> None:
    both = read(TOOL, {"V1__a.sql": "SELECT 1;", "B1__base.sql": "SELECT 0;", "V2__b.sql": "SELECT 2;"})
    assert [each.name for each in both.migrations] == ["a", "b"]
    squashed = read(TOOL, {"B1__base.sql": "SELECT 0;", "V2__b.sql": "SELECT 2;"})
    assert [each.name for each in squashed.migrations] == ["base", "b"]


def test_java_migrations_are_opaque_and_stand_in_their_place() -> None:
    root = "app/src/main/resources/db/migration"
    (history,) = find(
        {
            f"{root}/V1__a.sql": "SELECT 1;",
            f"{root}/V3__c.sql": "SELECT 3;",
            "app/src/main/java/db/migration/V2__Fill.java": "class V2__Fill {}",
        }
    )
    assert [each.name for each in history.migrations] == ["a", "Fill", "c"]
    assert history.migrations[1].opaque == "a migration in java, which is code"


def test_rows_in_the_file_are_opaque() -> None:
    found = only(read(TOOL, {"V1__a.sql": "CREATE TABLE a (b int);\nCOPY a FROM STDIN;\n1\n\\.\n"}))
    assert "COPY" in str(found.opaque)
    assert found.opaque_line == 2


def test_settings_that_change_the_transaction_and_the_order() -> None:
    history = read(
        TOOL, {"flyway.toml": "[flyway]\ngroup = true\noutOfOrder = true\n", "V1__a.sql": "SELECT 1;"}
    )
    assert mode(only(history).up) is TransactionMode.ALL_PENDING
    assert not history.strict_order


def test_several_locations_are_one_history() -> None:
    (history,) = find(
        {
            "flyway.conf": "flyway.locations=filesystem:sql/common, filesystem:sql/postgresql\n",
            "sql/common/V1__a.sql": "SELECT 1;",
            "sql/postgresql/V2__b.sql": "SELECT 2;",
        }
    )
    assert history.id == "flyway:sql/common"
    assert [each.name for each in history.migrations] == ["a", "b"]


def test_spring_boot_names_the_location_the_schema_and_placeholders() -> None:
    resources = "app/src/main/resources"
    (history,) = find(
        {
            f"{resources}/application.yml": (
                "spring:\n  datasource:\n    url: jdbc:postgresql://db/x\n  flyway:\n    locations: classpath:db/{vendor}\n"
                "    default-schema: shop\n    placeholders:\n      owner: app\n"
            ),
            f"{resources}/db/postgresql/V1__a.sql": "SELECT '${owner}';",
        }
    )
    assert history.folder == f"{resources}/db/postgresql"
    assert sql(only(history).up) == ["SELECT 'app'"]
    assert history.search_path == '"shop"'
    assert history.bookkeeping[0] == 'CREATE SCHEMA IF NOT EXISTS "shop"'


def test_another_database_is_not_ours() -> None:
    files = {"flyway.conf": "flyway.url=jdbc:mysql://db/x\n", "db/migration/V1__a.sql": "SELECT 1;"}
    assert find(files) == []
    files["flyway.conf"] = "flyway.url=jdbc:postgresql://db/x\n"
    assert [history.id for history in find(files)] == ["flyway:db/migration"]


def test_a_broken_configuration_leaves_the_defaults() -> None:
    (history,) = find({"flyway.toml": "[flyway\n", "db/migration/V1__a.sql": "SELECT 1;"})
    assert len(history.migrations) == 1


@pytest.mark.parametrize(
    "folder", ["mysql-persistence/src/main/resources/db/migration", "src/main/resources/db/migration_sqlite"]
)
def test_a_folder_named_for_another_database_is_not_ours(folder: str) -> None:
    assert find({f"{folder}/V1__a.sql": "SELECT 1;"}) == []


def test_a_folder_in_another_databases_sql_is_not_ours() -> None:
    assert find({"db/migration/V1__a.sql": "CREATE TABLE a (id int AUTO_INCREMENT) ENGINE=InnoDB;"}) == []


def test_the_vendors_folder_is_the_location() -> None:
    files = {"db/migration/POSTGRESQL/V1__a.sql": "SELECT 1;", "db/migration/MYSQL/V1__a.sql": "SELECT 2;"}
    assert [history.id for history in find(files)] == ["flyway:db/migration/POSTGRESQL"]


INDEX = "CREATE INDEX CONCURRENTLY users_email_idx ON users (email);"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"db/migration/V2__i.sql": INDEX}, True),
        ({"db/migration/V2__i.sql": "DROP INDEX CONCURRENTLY users_email_idx;"}, False),
        ({"db/migration/V2__i.sql": "CREATE INDEX users_email_idx ON users (email);"}, False),
        (
            {
                "db/migration/V2__i.sql": "REINDEX INDEX CONCURRENTLY users_email_idx;",
                "db/migration/V2__i.sql.conf": "executeInTransaction=false",
            },
            True,
        ),
        ({"db/migration/V2__i.sql": INDEX, "flyway.conf": "flyway.postgresql.transactional.lock=false"}, False),
        ({"db/migration/V2__i.sql": INDEX, "flyway.conf": "flyway.postgresql.transactional.lock=true"}, True),
        ({"db/migration/V2__i.sql": INDEX, "flyway.conf": "flyway.group=false"}, True),
        ({"db/migration/V2__i.sql": INDEX, "flyway.toml": "[flyway.postgresql.transactional]\nlock = false"}, False),
        ({"db/migration/V2__i.sql": INDEX, "application.yml": "spring:\n  flyway:\n    postgresql:\n      transactional-lock: false\n"}, False),
        ({"db/migration/V2__i.sql": INDEX, "App.java": 'Map.of("flyway.postgresql.transactional.lock", "false")'}, False),
        ({"db/migration/V2__i.sql": INDEX, "versions.gradle": 'ext["flyway.version"] = "7.15.0"'}, False),
        ({"db/migration/V2__i.sql": INDEX, "build.gradle": "implementation 'org.flywaydb:flyway-core:11.14.1'"}, True),
        ({"db/migration/V2__i.sql": INDEX, "pom.xml": "<artifactId>flyway-core</artifactId>\n<version>9.0.4</version>"}, False),
        ({"db/migration/V2__i.sql": INDEX, "pom.xml": "<artifactId>spring-boot-starter-parent</artifactId>\n  <version>2.7.18</version>"}, False),
        ({"db/migration/V2__i.sql": INDEX, "pom.xml": "<artifactId>spring-boot-starter-parent</artifactId>\n  <version>3.5.2</version>"}, True),
        ({"db/migration/V2__i.sql": INDEX, ".github/workflows/ci.yml": "env: {FLYWAY_POSTGRESQL_TRANSACTIONAL_LOCK: 'false'}"}, False),
    ],
)  # fmt: skip
def test_concurrently_behind_flyways_own_lock(files: dict[str, str], found: bool) -> None:
    tree = MemoryTree({"db/migration/V1__u.sql": "CREATE TABLE users (email text);", **files})
    (change,) = compare_histories([], find_histories(tree, Settings()))
    findings = [(one.rule, one.path, one.line) for one in check([Review(change, Settings())])]
    assert findings == ([("flyway-concurrently-with-lock", "db/migration/V2__i.sql", 1)] if found else [])


def test_its_settings_as_they_are_written() -> None:
    for name, text in {
        "flyway.conf": "flyway.postgresql.transactional.lock=false",
        "flyway.toml": "[flyway]\npostgresql.transactional.lock = false",
        "application.properties": "spring.flyway.postgresql.transactional-lock=false",
    }.items():
        (config,) = configurations(View(MemoryTree({name: text, "db/V1__a.sql": "SELECT 1;"})))
        assert not config.transactional_lock, name
