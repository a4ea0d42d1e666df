from __future__ import annotations

import re

import pytest
from sample_reports import currency, failing_report, hostile_report, hostile_summary, passing_report

from bot.publish.layout import width_of
from bot.publish.rollback import rollback_line
from bot.publish.terminal import terminal
from checks.model.report import MigrationTrace, Report

ANSI = re.compile(r"\x1b\[[\d;]*m")


def test_the_verdict_is_the_first_word() -> None:
    assert terminal(failing_report()).startswith("FAIL  20260603090000_require_currency fails on rows")


@pytest.mark.parametrize("width", [80, 100, 140, 160])
@pytest.mark.parametrize("report", [passing_report(), failing_report()], ids=["passing", "failing"])
def test_no_line_is_wider_than_the_terminal(report: Report, width: int) -> None:
    copied = _scripts(report)
    lines = [line for line in terminal(report, width=width).splitlines() if line.strip() not in copied]
    assert max(width_of(line) for line in lines) <= width


def _scripts(report: Report) -> set[str]:
    advice = [one.advice for one in report.findings if one.advice]
    return {line.strip() for one in advice for file in one.files for line in file.content.splitlines()}


def test_a_script_is_there_to_be_copied_so_none_of_its_lines_is_cut() -> None:
    shown = {line.strip() for line in terminal(failing_report(), width=40).splitlines()}
    assert _scripts(failing_report()) <= shown


def test_colours_change_nothing_but_colours() -> None:
    coloured = terminal(failing_report(), colour=True)
    assert ANSI.search(coloured)
    assert ANSI.sub("", coloured) == terminal(failing_report())


def test_a_lock_says_what_it_blocks_and_until_when() -> None:
    page = terminal(failing_report(), width=160)
    header = next(line for line in page.splitlines() if "lock on live tables" in line)
    row = next(line for line in page.splitlines() if "CREATE INDEX orders_customer_id_idx ON" in line)
    assert row[header.index("lock on live") :].startswith("SHARE orders ")
    assert row[header.index("blocks") :].startswith("writes ")
    assert row[header.index("until") :].startswith("commit, 1")


def test_a_narrow_terminal_gets_a_paragraph_per_statement() -> None:
    page = terminal(failing_report(), width=80)
    assert "lock on live tables" not in page
    assert "SHARE orders: blocks writes until commit, 1 statement later" in page


def test_a_lock_on_a_new_table_is_not_shown() -> None:
    assert "ACCESS EXCLUSIVE coupons" not in terminal(failing_report(), width=160)


def test_a_migration_without_anything_to_read_is_one_line() -> None:
    assert "ok: 1 statement, no lock that anybody waits for; rollback restored" in terminal(
        passing_report(), width=160
    )


def test_an_error_stands_below_its_statement_and_the_rest_is_not_run() -> None:
    lines = terminal(failing_report(), width=160).splitlines()
    failed = next(number for number, line in enumerate(lines) if "ADD COLUMN currency" in line)
    assert (
        'error 23502: column "currency" of relation "orders" contains null values (line 2)'
        in lines[failed + 1]
    )
    assert "hint: Give it a default." in lines[failed + 2]
    assert lines[failed + 3].endswith("not run")


def test_the_rollback_is_one_line() -> None:
    page = terminal(failing_report(), width=160)
    assert "rollback  data lost: customers.phone 1,000 values; the schema is restored" in page
    assert "rollback  differs: index public.orders_customer_id_idx is gone" in page
    assert "rollback  unproven: the up script failed" in page


def test_nulls_that_stay_filled_are_not_called_lost() -> None:
    found = next(one for one in failing_report().migrations if one.rollback.data_lost)
    losses = tuple(
        one.model_copy(update={"column": None, "only_nulls": True}) for one in found.rollback.data_lost
    )
    filled = found.model_copy(update={"rollback": found.rollback.model_copy(update={"data_lost": losses})})
    assert rollback_line(filled) == "filled NULLs stay filled: customers 1,000 rows; the schema is restored"


def test_what_was_tried_says_what_came_of_it() -> None:
    page = terminal(failing_report(), width=160)
    assert (
        "tried     Without NOT NULL on `orders.currency` → it works. Up runs. Repair the rows first." in page
    )
    assert "Line 3 moved before line 2 → still fails at line 2: it holds NULL (SQLSTATE 23502)." in page


def test_findings_say_where_and_the_remedy_is_printed() -> None:
    page = terminal(failing_report(), width=160)
    assert "db/migrations/20260602090000_drop_phone.sql:2" in page
    assert "Safer, proven: Build it CONCURRENTLY" in page
    assert "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);" in page


def test_it_ends_with_what_to_do_next() -> None:
    _, _, steps = terminal(failing_report(), width=160).partition("\nNext\n")
    assert (
        steps.splitlines()[0]
        == "  1. Mend what fails (1 error): db/migrations/20260603090000_require_currency.sql:2."
    )


def test_isolation_is_always_said() -> None:
    assert "PostgreSQL 18.4, bundled; isolation: namespace" in terminal(passing_report())


def test_strangers_text_cannot_move_the_cursor_or_fake_a_line() -> None:
    page = terminal(hostile_report(), summary=hostile_summary())
    hidden = [character for character in page if not character.isprintable() and character != "\n"]
    assert hidden == []
    assert "\\x1b[2J" in page
    assert "\\u202egnp.exe" in page
    assert not any(line.startswith("next") for line in page.splitlines())


def test_a_long_script_shows_what_somebody_waits_for() -> None:
    failed, later = currency().up.statements
    long = currency().model_copy(update={"up": MigrationTrace(statements=(failed, *[later] * 200))})
    page = terminal(failing_report().model_copy(update={"migrations": (long,)}), width=160)
    assert "ALTER TABLE orders ADD COLUMN currency" in page
    assert "COMMENT ON" not in page
    assert "… 200 more statements: --format json has all" in page
