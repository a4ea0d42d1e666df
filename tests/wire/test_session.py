"""What a connection keeps from one migration to the next, and whose words are no part of any."""

from __future__ import annotations

from checks.model.migrations import History
from checks.trees import MemoryTree
from checks.wire.history import history_of
from checks.wire.recorded import Recorded

FLYWAY = 'INSERT INTO "flyway_schema_history" ("installed_rank", "script") VALUES ({0}, \'V{0}__x.sql\')'


def _heard(*said: tuple[int, str]) -> History:
    """Statements with the number of their connection, in order; a transaction is open from BEGIN to COMMIT."""
    recorded: list[Recorded] = []
    opened: set[int] = set()
    for place, (connection, sql) in enumerate(said):
        recorded.append(
            Recorded(
                connection=connection, sql=sql, sent=sql, started=place, in_transaction=connection in opened
            )
        )
        (opened.add if sql == "BEGIN" else opened.discard)(connection) if sql in ("BEGIN", "COMMIT") else None
    return history_of(recorded, MemoryTree({}, "head"))


def _texts(history: History) -> list[list[str]]:
    return [[one.sql for one in migration.up.statements] for migration in history.migrations if migration.up]


def test_a_setting_goes_on_into_the_next_migration() -> None:
    path = "SELECT set_config('search_path', 'shop', false)"
    heard = _heard(
        (1, "SET lock_timeout = '2s'"), (1, "BEGIN"), (1, path), (1, "CREATE TABLE a ()"), (1, FLYWAY.format(1)),
        (1, "COMMIT"), (1, "BEGIN"), (1, "CREATE TABLE b ()"), (1, FLYWAY.format(2)), (1, "COMMIT"),
        (1, "RESET ALL"), (1, "BEGIN"), (1, "CREATE TABLE c ()"), (1, FLYWAY.format(3)), (1, "COMMIT"),
    )  # fmt: skip
    assert _texts(heard) == [
        ["SET lock_timeout = '2s'", "BEGIN", path, "CREATE TABLE a ()", "COMMIT"],
        ["SET lock_timeout = '2s'", path, "BEGIN", "CREATE TABLE b ()", "COMMIT"],
        ["RESET ALL", "BEGIN", "CREATE TABLE c ()", "COMMIT"],
    ]


def test_what_says_only_what_is_so_anyway_is_left_out() -> None:
    heard = _heard(
        (1, "SET ROLE 'app'"), (1, """SELECT set_config('search_path', '"public","$user", public', false)"""),
        (1, "CREATE TABLE a ()"), (1, FLYWAY.format(1)),
    )  # fmt: skip
    assert _texts(heard) == [["CREATE TABLE a ()"]]


def test_a_connection_that_holds_the_lock_is_no_part_of_a_migration() -> None:
    """Its open transaction would not let CREATE INDEX CONCURRENTLY run."""
    heard = _heard(
        (1, "BEGIN"), (1, "SELECT pg_try_advisory_xact_lock(7)"), (2, "CREATE INDEX CONCURRENTLY i ON a (b)"),
        (1, FLYWAY.format(1)), (1, "COMMIT"),
    )  # fmt: skip
    assert _texts(heard) == [["CREATE INDEX CONCURRENTLY i ON a (b)"]]


def test_a_migration_that_says_nothing_is_counted_and_no_migration() -> None:
    heard = _heard((1, "CREATE TABLE a ()"), (1, FLYWAY.format(1)), (1, FLYWAY.format(2)))
    assert _texts(heard) == [["CREATE TABLE a ()"]]
    assert len(heard.silent) == 1


def test_without_a_line_in_a_book_the_statements_are_counted() -> None:
    [one] = _heard((1, "CREATE TABLE a ()"), (1, "CREATE TABLE b ()")).migrations
    assert one.up and [statement.line for statement in one.up.statements] == [1, 2]
