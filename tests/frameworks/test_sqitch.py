from reading import message, only, problems, read, sql

from checks.change import compare
from checks.frameworks import find_histories
from checks.model.migrations import ChangeKind, History, TransactionMode
from checks.settings import Settings
from checks.trees import MemoryTree

TOOL = "sqitch"
HEAD = "%syntax-version=1.0.0\n%project=shop\n\n"


def plan(*entries: str) -> str:
    """``a`` or ``@tag``; the n-th line has the n-th minute."""
    planned = (f"{entry} 2026-01-01T00:{minute:02}:00Z A <a@b.c>" for minute, entry in enumerate(entries))
    return HEAD + "\n".join(planned) + "\n"


def shop(entries: tuple[str, ...], **scripts: str) -> History:
    files = {f"deploy/{name.replace('__', '@')}.sql": text for name, text in scripts.items()}
    return read(TOOL, {"sqitch.plan": plan(*entries), **files})


def test_the_plan_says_the_order_and_psql_commits_each_statement() -> None:
    files = {
        "sqitch.plan": plan("b", "a [b] "),
        "deploy/a.sql": "BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;",
        "deploy/b.sql": "SELECT 1;",
        "revert/a.sql": "DROP TABLE a;",
    }
    history = read(TOOL, files)
    assert [each.name for each in history.migrations] == ["b", "a"]
    first, second = history.migrations
    assert first.down is None
    assert sql(second.up) == ["BEGIN", "CREATE TABLE a (id int)", "COMMIT"]
    assert sql(second.down) == ["DROP TABLE a"]
    assert second.up is not None
    assert second.up.transaction is TransactionMode.AUTOCOMMIT


def test_folders_in_names_notes_and_blank_lines() -> None:
    text = (
        HEAD
        + "# a note\n\nschema/app 2026-01-01T00:00:00Z A B <a@b.c> # why\n@v1 2026-01-01T00:00:00Z A <a@b.c>\n"
    )
    history = read(TOOL, {"sqitch.plan": text, "deploy/schema/app.sql": "SELECT 1;"})
    assert only(history).path == "m/deploy/schema/app.sql"
    assert history.problems == ()


def test_a_reworked_change_reads_its_old_script_under_the_tag() -> None:
    history = shop(
        ("a", "@v1", "b", "@v2", "a [a@v1]"), a="SELECT 'new';", a__v1="SELECT 'old';", b="SELECT 1;"
    )
    assert [sql(each.up) for each in history.migrations] == [["SELECT 'old'"], ["SELECT 1"], ["SELECT 'new'"]]
    assert len({each.version for each in history.migrations}) == 3


def test_reworking_adds_one_change_and_leaves_the_old_one_as_it_was() -> None:
    base = shop(("a", "@v1"), a="SELECT 'old';")
    head = shop(("a", "@v1", "a"), a="SELECT 'new';", a__v1="SELECT 'old';")
    changed = compare(base, head).migrations
    assert [(each.kind, sql(each.migration.up)) for each in changed] == [(ChangeKind.ADDED, ["SELECT 'new'"])]


def test_psql_commands_make_it_opaque_at_their_line() -> None:
    history = shop(("a", "b"), a="SELECT 1;\n\\copy a from 'x.csv'\n", b="\\set ON_ERROR_STOP 1\nSELECT 2;")
    first, second = history.migrations
    assert (first.up, first.opaque_line) == (None, 2)
    assert "\\copy" in str(first.opaque)
    assert problems(history) == [("psql-command", "deploy/a.sql", 2)]
    assert sql(second.up) == ["SELECT 2"]


def test_variables_of_the_project_are_known() -> None:
    files = {
        "sqitch.conf": '[core]\n\tengine = pg\n[deploy "variables"]\n\towner = app\n',
        "sqitch.plan": plan("a"),
        "deploy/a.sql": "ALTER TABLE a OWNER TO :owner;",
    }
    assert "the psql variable :owner" in str(only(read(TOOL, files)).opaque)


def test_a_change_without_its_script_stops_sqitch() -> None:
    history = shop(("a", "b"), a="SELECT 1;")
    assert problems(history) == [("near-miss", "sqitch.plan", 5)]
    assert "m/deploy/b.sql" in message(history)


def test_a_script_that_the_plan_does_not_name_never_runs() -> None:
    assert problems(shop(("a",), a="SELECT 1;", b="SELECT 2;")) == [("near-miss", "deploy/b.sql", 1)]


def test_a_line_that_sqitch_cannot_read_is_said() -> None:
    history = read(TOOL, {"sqitch.plan": HEAD + "a\n", "deploy/a.sql": "SELECT 1;"})
    assert ("near-miss", "sqitch.plan", 4) in problems(history)


def test_the_configuration_says_where_and_for_which_engine() -> None:
    def find(conf: str) -> list[str]:
        files = {
            "sqitch.conf": conf,
            "db/sqitch.plan": plan("a"),
            "db/deploy/a.sql": "SELECT 1;",
            "db/x/a.sql": "",
        }
        return [history.id for history in find_histories(MemoryTree(files), Settings())]

    assert find("[core]\n\tengine = pg\n\ttop_dir = db\n") == ["sqitch:db"]
    assert "sqitch:db" not in find("[core]\n\tengine = mysql\n\ttop_dir = db\n")
