from __future__ import annotations

from datetime import date

import pytest

from checks.model.findings import Certainty, Finding, Severity, Suppression
from checks.rules.suppress import suppress

PATH = "db/migrations/1.sql"
TODAY = date(2026, 6, 1)


def finding(
    rule: str = "drop-table", line: int = 2, end_line: int | None = None, path: str = PATH
) -> Finding:
    return Finding(
        id=f"{rule}:{path}:{line}",
        rule=rule,
        severity=Severity.ERROR,
        certainty=Certainty.OBSERVED,
        path=path,
        line=line,
        end_line=end_line or line,
        message="",
    )


def accepted(text: str, *findings: Finding) -> tuple[Suppression, ...]:
    kept, suppressions, problems = suppress(findings, {PATH: text}, TODAY)
    assert (kept, problems) == ((), ())
    return suppressions


def refused(text: str, *findings: Finding) -> str:
    kept, suppressions, problems = suppress(findings, {PATH: text}, TODAY)
    assert (kept, suppressions) == (findings, ())
    assert [problem.rule for problem in problems] == ["suppression-without-effect"]
    return problems[0].message


def test_the_line_before_the_statement() -> None:
    found = finding()
    (suppression,) = accepted("-- migration:ignore drop-table reason: nobody reads it\nDROP TABLE a;", found)
    assert suppression == Suppression(
        rule="drop-table", path=PATH, line=1, reason="nobody reads it", findings=(found,)
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("-- migration:ignore drop-table reason: x\n-- more words\n\nDROP TABLE a;", 4),
        ("DROP TABLE a; -- migration:ignore drop-table reason: x", 1),
        ("--migration:ignore   drop-table   reason:x\nDROP TABLE a;", 2),
        ("DROP\n-- migration:ignore drop-table reason: x\nTABLE a;", 1),
    ],
    ids=["other comments between", "behind the statement", "spaces", "inside the statement"],
)
def test_places(text: str, line: int) -> None:
    assert accepted(text, finding(line=line, end_line=text.count("\n") + 1))


def test_several_rules_and_a_date() -> None:
    text = "-- migration:ignore drop-table, truncate reason: a: b, c until: 2026-06-01\nDROP TABLE a;"
    suppressions = accepted(text, finding(), finding("truncate"))
    assert [(item.rule, item.reason, item.until) for item in suppressions] == [
        ("drop-table", "a: b, c", "2026-06-01"),
        ("truncate", "a: b, c", "2026-06-01"),
    ]


def test_the_whole_file() -> None:
    text = "-- migration:ignore-file drop-table reason: x\nSELECT 1;\nDROP TABLE a;\nDROP TABLE b;"
    (suppression,) = accepted(text, finding(line=3), finding(line=4))
    assert len(suppression.findings) == 2


def test_a_statement_alone_is_meant() -> None:
    text = "-- migration:ignore drop-table reason: x\nDROP TABLE a;\nDROP TABLE b;"
    kept, suppressions, problems = suppress([finding(line=2), finding(line=3)], {PATH: text}, TODAY)
    assert [found.line for found in kept] == [3]
    assert len(suppressions) == 1
    assert not problems


def test_another_file_is_not_meant() -> None:
    other = finding(path="db/migrations/2.sql")
    assert "no finding" in refused("-- migration:ignore-file drop-table reason: x", other)


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        ("drop-table", "`reason: …` is missing"),
        ("drop-table reason:", "`reason: …` is missing"),
        ("reason: x", "Name the rule"),
        ("drop-tabel reason: x", "no rule `drop-tabel`"),
        ("drop-table reason: x until: soon", "is no date"),
        ("drop-table reason: x until:", "is no date"),
        ("drop-table reason: x until: 2026-05-31", "Ran out on 2026-05-31"),
        ("truncate reason: x", "no finding of `truncate`"),
    ],
)
def test_what_does_not_count_is_said(directive: str, message: str) -> None:
    assert message in refused(f"-- migration:ignore {directive}\nDROP TABLE a;", finding())


def test_a_word_that_only_begins_like_it_is_a_comment() -> None:
    kept, suppressions, problems = suppress([], {PATH: "-- migration:ignored drop-table"}, TODAY)
    assert (kept, suppressions, problems) == ((), (), ())
