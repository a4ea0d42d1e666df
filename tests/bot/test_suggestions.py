from __future__ import annotations

import pytest
from sample_reports import context, finding, passing_report

from bot.publish.suggestions import Suggestion, suggestions
from checks.model.findings import Advice, AdviceFile, Severity
from checks.model.report import Report

PATH = "db/1.sql"
OLD = "-- up\nCREATE INDEX i ON t (a);\n-- down\nDROP INDEX i;\n"
NEW = "-- up\nCREATE INDEX CONCURRENTLY i ON t (a);\n-- down\nDROP INDEX i;\n"


def report(content: str, *, proven: bool = True, path: str = PATH) -> Report:
    advice = Advice(title="Build it @all", proven=proven, files=(AdviceFile(path=path, content=content),))
    found = finding("index-without-concurrently", Severity.ERROR, PATH, 2, advice=advice)
    return passing_report().model_copy(update={"findings": (found,)})


def made(given: Report, old: str = OLD, lines: range = range(1, 5)) -> tuple[Suggestion, ...]:
    around = context(given, head_files={PATH: old}, diff_lines={PATH: frozenset(lines)})
    return suggestions(given, around)


def test_only_the_lines_that_change_are_replaced() -> None:
    (one,) = made(report(NEW))
    assert (one.path, one.start_line, one.line) == (PATH, None, 2)
    assert "```suggestion\nCREATE INDEX CONCURRENTLY i ON t (a);\n```" in one.body
    assert "@all" not in one.body


def test_a_line_that_is_put_in_takes_its_neighbour_along() -> None:
    (one,) = made(report("-- no transaction\n" + OLD))
    assert one.line == 1 and "```suggestion\n-- no transaction\n-- up\n```" in one.body


def test_changes_at_two_places_are_one_block() -> None:
    (one,) = made(report("-- no transaction\n" + NEW))
    assert (one.start_line, one.line) == (None, 2) or (one.start_line, one.line) == (1, 2)


@pytest.mark.parametrize(
    "given",
    [
        report(NEW, proven=False),
        report(NEW, path="db/2.sql"),
        report(OLD),
        report(NEW.replace("i ON", "\u202ei ON")),
    ],
    ids=["not proven", "another file", "nothing changes", "hidden characters"],
)
def test_what_cannot_be_taken_over_blindly_is_not_suggested(given: Report) -> None:
    assert made(given) == ()


def test_lines_outside_of_the_diff_take_no_suggestion() -> None:
    assert made(report(NEW), lines=range(3, 5)) == ()


def test_a_fence_in_the_file_does_not_end_the_block() -> None:
    (one,) = made(report(NEW.replace("(a)", "(a) /*\n```\n*/")))
    assert "````suggestion\n" in one.body and one.body.endswith("\n````")


def test_two_findings_do_not_fight_for_a_line() -> None:
    given = report(NEW)
    assert len(made(given.model_copy(update={"findings": given.findings * 2}))) == 1
