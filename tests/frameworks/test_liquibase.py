import pytest
from reading import lines, message, only, problems, read, sql

from checks.frameworks import find_histories
from checks.frameworks.liquibase import changesets_of
from checks.frameworks.liquibase_sql import cuts_at_semicolons, runs_on_postgres
from checks.model.migrations import History, Migration, TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "liquibase"
HEADER = "--liquibase formatted sql\n"


def changelog(text: str, **settings: object) -> History:
    return read(TOOL, {"a.sql": HEADER + text}, **settings)


def find(files: dict[str, str]) -> list[History]:
    return list(find_histories(MemoryTree(files), Settings()))


def test_changesets_with_their_rollbacks_and_lines() -> None:
    history = changelog(
        "\n--changeset bob:1\nCREATE TABLE a (id int);\n--rollback DROP TABLE a;\n"
        "\n-- changeset bob:2 labels:x\nSELECT 1;\nSELECT 2;\n"
    )
    first, second = history.migrations
    assert (first.name, first.version) == ("bob:1", "m/a.sql::1::bob")
    assert (sql(first.up), lines(first.up)) == (["CREATE TABLE a (id int)"], [4])
    assert (sql(first.down), lines(first.down)) == (["DROP TABLE a"], [5])
    assert (sql(second.up), second.down) == (["SELECT 1", "SELECT 2"], None)
    assert lines(second.up) == [8, 9]
    assert not history.strict_order
    assert history.problems == ()


def test_each_changeset_has_its_own_transaction_unless_told() -> None:
    history = changelog("--changeset a:1\nSELECT 1;\n--changeset a:2 runInTransaction:false\nSELECT 2;\n")
    modes = [each.up.transaction for each in history.migrations if each.up]
    assert modes == [TransactionMode.TRANSACTION, TransactionMode.AUTOCOMMIT]


def test_editing_one_changeset_changes_no_other() -> None:
    one = changelog("--changeset a:1\nSELECT 1;\n--changeset a:2\nSELECT 2;\n")
    two = changelog("--changeset a:1\nSELECT 'edited';\n\n--changeset a:2\nSELECT 2;\n")
    same = [a.digest == b.digest for a, b in zip(one.migrations, two.migrations, strict=True)]
    assert same == [False, True]


def test_a_rollback_may_go_over_lines_or_a_comment_or_say_there_is_none() -> None:
    history = changelog(
        "--changeset a:1\nSELECT 1;\n--rollback DROP TABLE\n--rollback   a;\n"
        "--changeset a:2\nSELECT 2;\n/* liquibase rollback\nDROP TABLE b;\nDROP TABLE c;\n*/\n"
        "--changeset a:3\nSELECT 3;\n--rollback not required\n"
    )
    assert [sql(each.down) for each in history.migrations] == [
        ["DROP TABLE\n  a"],
        ["DROP TABLE b", "DROP TABLE c"],
        [],
    ]


def test_a_rollback_may_name_another_changeset() -> None:
    history = changelog(
        "--changeset a:1\nCREATE TABLE a (id int);\n"
        "--changeset a:2\nDROP TABLE a;\n--rollback changesetId:1 changesetAuthor:a\n"
    )
    assert sql(history.migrations[1].down) == ["CREATE TABLE a (id int)"]


@pytest.mark.parametrize(
    ("dbms", "runs"),
    [
        ("", True),
        ("postgresql", True),
        ("h2,postgresql", True),
        ("!oracle", True),
        ("all", True),
        ("mysql", False),
        ("!postgresql", False),
        ("none", False),
    ],
)
def test_the_dbms_decides_whether_it_runs(dbms: str, runs: bool) -> None:
    assert runs_on_postgres(dbms) is runs
    history = changelog(
        f"--changeset a:1 dbms:{dbms}\nSELECT 1;\n" if dbms else "--changeset a:1\nSELECT 1;\n"
    )
    assert len(history.migrations) == int(runs)


def test_ignored_changesets_comments_and_preconditions_leave_nothing_behind() -> None:
    history = changelog(
        "--changeset a:1 ignore:true\nSELECT 1;\n--changeset a:2 context:test\n--comment: why\n"
        "--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:0 SELECT 0\nSELECT 2;\n"
    )
    assert sql(only(history).up) == ["SELECT 2"]


def test_changesets_that_run_again_are_repeatable() -> None:
    history = changelog("--changeset a:1 runOnChange:true\nSELECT 1;\n--changeset a:2\nSELECT 2;\n")
    assert [each.repeatable for each in history.migrations] == [True, False]


def test_parameters_come_from_properties_and_the_configuration() -> None:
    text = "--property name:owner value:app\n--changeset a:1\nALTER TABLE a OWNER TO ${owner};\nSELECT '${env}';\n"
    assert sql(only(changelog(text, placeholders={"env": "prod"})).up)[1] == "SELECT 'prod'"
    history = changelog(text)
    assert (only(history).up, only(history).opaque_line) == (None, 5)
    assert problems(history) == [("missing-placeholder", "a.sql", 5)]
    assert "${env}" in message(history)


FUNCTION = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nDECLARE x int := 1;\nBEGIN\n  RETURN x;\nEND $$;\nSELECT 1;\n"


def test_a_body_that_liquibase_cuts_is_said_and_run_as_cut() -> None:
    history = changelog(f"--changeset a:1\n{FUNCTION}")
    assert problems(history) == [("near-miss", "a.sql", 4)]
    assert "splitStatements:false" in message(history)
    assert sql(only(history).up)[0].endswith("DECLARE x int := 1")


@pytest.mark.parametrize(
    "text",
    [
        f"--changeset a:1 splitStatements:false\n{FUNCTION}",
        "--changeset a:1 endDelimiter:@@\n" + FUNCTION.replace("$$;\n", "$$;\n@@\n"),
        "--changeset a:1\nCREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1;\nEND $$;\nSELECT 1;\n",
        "--changeset a:1\nINSERT INTO a VALUES ('$$'); SELECT '$$';\n",
    ],
)
def test_a_body_that_liquibase_leaves_whole(text: str) -> None:
    history = changelog(text)
    assert history.problems == ()
    assert len(sql(only(history).up)) == 2


def test_semicolons_in_strings_and_comments_do_not_cut() -> None:
    assert cuts_at_semicolons("SELECT ';', \";\" /* ; */ -- ;\n;") == [29]


def test_a_delimiter_on_a_line_of_its_own() -> None:
    text = "--changeset a:1 endDelimiter:/\nSELECT 4 / 2\n/\nSELECT '/\n';\n/\n"
    assert sql(only(changelog(text)).up) == ["SELECT 4 / 2", "SELECT '/\n'"]


def test_lines_that_liquibase_ignores() -> None:
    text = (
        "--changeset a:1\nSELECT 1;\n--ignoreLines:start\nSELECT 'no';\n--ignoreLines:end\n"
        "--ignoreLines:1\nSELECT 'no';\nSELECT 2;\n"
    )
    assert sql(only(changelog(text)).up) == ["SELECT 1", "SELECT 2"]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("--changeset a:1\nSELECT 1;\n--changset a:2\nSELECT 2;\n", 4, "`--changeset` was meant"),
        ("--changeset a:1\nSELECT 1;\n-- change set a:2\nSELECT 2;\n", 4, "`--changeset` was meant"),
        ("--changeset a:1\nSELECT 1;\n-changeset a:2\n", 4, "refuses the whole file"),
        ("--changeset a\nSELECT 1;\n--changeset a:2\nSELECT 1;\n", 2, "refuses the whole file"),
        ("--changeset a:1\nSELECT 1;\n-rollback DROP TABLE a;\n", 4, "expects `--rollback`"),
        ("--changeset a:1\n--changeset a:2\nSELECT 1;\n", 2, "has no SQL"),
    ],
)
def test_near_misses_in_a_file(text: str, line: int, word: str) -> None:
    history = changelog(text)
    assert ("near-miss", "a.sql", line) in problems(history)
    assert any(word in problem.message for problem in history.problems)


def test_sql_before_the_first_changeset_never_runs() -> None:
    history = changelog("-- a comment\nSELECT 0;\n--changeset a:1\nSELECT 1;\n")
    assert problems(history) == [("near-miss", "a.sql", 3)]


def test_a_file_without_the_header_is_one_changeset() -> None:
    history = read(TOOL, {"a.sql": "-- notes\n--changeset a:1\nSELECT 1;\n--rollback SELECT 2;\n"})
    assert only(history).down is None
    assert problems(history) == [("near-miss", "a.sql", 1)]


SQL = HEADER + "--changeset a:{0}\nSELECT {0};\n"


@pytest.mark.parametrize(
    ("name", "master"),
    [
        (
            "master.yaml",
            "databaseChangeLog:\n  - include:\n      file: changes/b.sql\n      relativeToChangelogFile: true\n"
            "  - include:\n      file: db/changelog/changes/a.sql\n",
        ),
        (
            "master.xml",
            '<?xml version="1.0"?>\n<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">\n'
            '  <include file="changes/b.sql" relativeToChangelogFile="true"/>\n'
            '  <include file="db/changelog/changes/a.sql"/>\n</databaseChangeLog>\n',
        ),
        (
            "master.json",
            '{"databaseChangeLog": [\n\t{"include": {"file": "changes/b.sql"}},\n\t{"include": {"file": "changes/a.sql"}}]}',
        ),
    ],
)
def test_the_master_changelog_says_the_order(name: str, master: str) -> None:
    root = "src/main/resources/db/changelog"
    (history,) = find(
        {
            f"{root}/{name}": master,
            f"{root}/changes/a.sql": SQL.format(1),
            f"{root}/changes/b.sql": SQL.format(2),
        }
    )
    assert history.id == f"liquibase:{root}"
    assert [each.name for each in history.migrations] == ["a:2", "a:1"]


def test_include_all_reads_a_folder_by_path() -> None:
    (history,) = find(
        {
            "db/changelog.yaml": "databaseChangeLog:\n- includeAll:\n    path: changes/\n",
            "db/changes/2.sql": SQL.format(2),
            "db/changes/1/z.sql": SQL.format(1),
        }
    )
    assert [each.name for each in history.migrations] == ["a:1", "a:2"]


def test_a_structured_changeset_is_opaque_at_its_line() -> None:
    xml = (
        '<databaseChangeLog>\n  <changeSet id="1" author="a">\n    <createTable tableName="x"/>\n    <rollback/>\n'
        '  </changeSet>\n  <changeSet id="2" author="a" dbms="mysql"><sql>SELECT 1</sql></changeSet>\n</databaseChangeLog>'
    )
    (history,) = find({"db/changelog.xml": xml})
    assert "createTable" in str(only(history).opaque)
    assert only(history).opaque_line == 2
    assert only(history).name == "a:1"


def test_a_file_that_no_changelog_includes_never_runs() -> None:
    (history,) = find(
        {
            "db/changelog.yaml": "databaseChangeLog:\n- include:\n    file: a.sql\n",
            "db/a.sql": SQL.format(1),
            "db/old/b.sql": SQL.format(2),
        }
    )
    assert problems(history) == [("near-miss", "old/b.sql", 1)]


def test_an_include_without_its_file_stops_liquibase() -> None:
    (history,) = find({"db/changelog.yaml": "databaseChangeLog:\n- include:\n    file: gone.sql\n"})
    assert problems(history) == [("near-miss", "changelog.yaml", 2)]
    assert "gone.sql is not found" in message(history)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("changelog.xml", "<databaseChangeLog><oops></databaseChangeLog>"),
        ("changelog.xml", '<!DOCTYPE x [<!ENTITY a "b">]><databaseChangeLog>&a;</databaseChangeLog>'),
        ("changelog.yaml", "databaseChangeLog:\n- [\n"),
        ("changelog.yaml", "databaseChangeLog: " + "[" * 200_000),
    ],
)
def test_a_changelog_that_cannot_be_read_is_said(name: str, text: str) -> None:
    history = read(TOOL, {name: text})
    assert history.migrations == ()
    assert [rule for rule, _, _ in problems(history)] == ["unreadable-file"]


def test_changelogs_that_include_each_other_end() -> None:
    loop = "databaseChangeLog:\n- include:\n    file: {}\n- changeSet: {{id: 1, author: {}}}\n"
    history = read(TOOL, {"changelog-a.yaml": loop.format("changelog-b.yaml", "x"), "changelog-b.yaml": ""})
    assert len(history.migrations) == 1


LOG = """<databaseChangeLog>
<changeSet id="1" author="ada"{attributes}>{more}<createTable tableName="t"><column {column}/></createTable></changeSet>
</databaseChangeLog>
"""
COLUMN = 'name="id" type="int"'
YAML = """databaseChangeLog:
  - changeSet:
      id: 1
      author: ada
      changes:
        - createTable: {{tableName: t, columns: [{column}]}}
{more}"""


def the_changeset(files: dict[str, str], path: str) -> Migration:
    tree = MemoryTree({name: text.encode() for name, text in files.items()})
    ((_, found),) = changesets_of(tree, path).items()
    return found


def edited(one: str, other: str, path: str) -> tuple[bool, bool, bool]:
    """Whether what the checksum covers differs; whether it runs again, or is accepted with another checksum."""
    before, after = the_changeset({path: one}, path), the_changeset({path: other}, path)
    return before.checksummed != after.checksummed, after.repeatable, after.accepts_edits


@pytest.mark.parametrize(
    ("attributes", "more", "column", "expected"),
    [
        ("", "", 'type="int"   name="id"', (False, False, False)),
        ("", "", 'name="id" type="bigint"', (True, False, False)),
        (' context="x"', "<comment>why</comment><preConditions/><rollback/>", COLUMN, (False, False, False)),
        (' runOnChange="true"', "", COLUMN, (False, True, False)),
        ("", "<validCheckSum>ANY</validCheckSum>", 'name="id" type="bigint"', (True, False, True)),
    ],
)
def test_what_the_checksum_of_an_xml_changeset_covers(
    attributes: str, more: str, column: str, expected: tuple[bool, bool, bool]
) -> None:
    """Each was seen with Liquibase 4.33: it stops where the first of the three is true, and the other two are not."""
    base = LOG.format(attributes="", more="", column=COLUMN)
    assert edited(base, LOG.format(attributes=attributes, more=more, column=column), "c.xml") == expected


@pytest.mark.parametrize(
    ("column", "more", "expected"),
    [
        ("{column: {type: int, name: id}}", "", (False, False, False)),
        ("{column: {name: id, type: bigint}}", "", (True, False, False)),
        (
            "{column: {name: id, type: int}}",
            "      rollback: [{dropTable: {tableName: t}}]\n",
            (False, False, False),
        ),
        ("{column: {name: id, type: bigint}}", "      validCheckSum: ANY\n", (True, False, True)),
    ],
)
def test_and_of_one_in_yaml(column: str, more: str, expected: tuple[bool, bool, bool]) -> None:
    base = YAML.format(column="{column: {name: id, type: int}}", more="")
    assert edited(base, YAML.format(column=column, more=more), "c.yaml") == expected


def test_a_file_that_a_changeset_names_is_a_part_of_it() -> None:
    log = '<databaseChangeLog><changeSet id="1" author="a"><sqlFile path="x.sql"/></changeSet></databaseChangeLog>'
    one, other = (
        the_changeset({"db/c.xml": log, "db/x.sql": sql}, "db/c.xml") for sql in ("SELECT 1", "SELECT 2")
    )
    assert one.checksummed != other.checksummed


def test_a_name_that_stands_for_itself_ends() -> None:
    text = YAML.format(column="&a [*a]", more="")
    assert list(changesets_of(MemoryTree({"c.yaml": text.encode()}), "c.yaml")) == [("ada", "1")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--changeset a:1\nCREATE TABLE t\n  (id int);\n", (False, False, False)),
        (
            "--changeset a:1 context:x\nCREATE TABLE t (id int);\n--rollback DROP TABLE t;\n",
            (False, False, False),
        ),
        ("--changeset a:1\n-- more words\nCREATE TABLE t (id int);\n", (True, False, False)),
        ("--changeset a:1\n--validCheckSum: any\nCREATE TABLE t (id bigint);\n", (True, False, True)),
        ("--changeset a:1 runOnChange:true\nCREATE TABLE t (id bigint);\n", (True, True, False)),
    ],
)
def test_what_the_checksum_of_formatted_sql_covers(text: str, expected: tuple[bool, bool, bool]) -> None:
    """Seen with Liquibase 4.33, too."""
    base = f"{HEADER}--changeset a:1\nCREATE TABLE t (id int);\n"
    assert edited(base, HEADER + text, "c.sql") == expected
