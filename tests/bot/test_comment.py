from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt
from sample_reports import (
    HOSTILE,
    approval,
    context,
    failing_report,
    finding,
    hostile_report,
    hostile_summary,
    passing_report,
    waived_report,
)

from bot.model import Usage
from bot.publish.comment import LARGEST, comment, parse_marker
from bot.publish.sections import Section, fit
from checks.model.differences import Difference, DifferenceKind
from checks.model.findings import Severity
from checks.model.report import Report, SchemaDiff


def body(report: Report, **more: object) -> str:
    text = comment(report, context(report, **more))
    assert text is not None
    return text


def test_the_first_line_is_the_marker() -> None:
    marker = parse_marker(body(failing_report()))
    assert marker is not None
    assert (marker.key, marker.head) == ("acme/shop#7", "b" * 40)


def test_the_digest_is_of_what_is_said_not_of_how_long_it_took() -> None:
    slower = failing_report().model_copy(update={"duration_ms": 99_999.0})
    other = failing_report().model_copy(update={"headline": "something else"})
    digests = [parse_marker(body(one)).digest for one in (failing_report(), slower, other)]  # type: ignore[union-attr]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("text", ["", "## FAIL", "> <!-- migration-specialist:v1 key=a head=b digest=c -->"])
def test_a_comment_without_our_marker_in_its_first_line_is_not_ours(text: str) -> None:
    assert parse_marker(text) is None
    assert parse_marker(f"hello\n{body(failing_report())}") is None


def test_a_clean_report_is_no_reason_for_a_comment() -> None:
    assert comment(passing_report(), context(passing_report())) is None
    assert "✅ PASS" in body(passing_report(), comment_on_pass=True)


def test_a_comment_that_is_there_does_not_go_on_failing() -> None:
    nothing = passing_report().model_copy(update={"migrations": ()})
    assert comment(nothing, context(nothing, comment_on_pass=True)) is None
    assert "✅ PASS" in body(nothing, commented=True)


def test_a_place_is_a_link_to_the_line_of_the_head() -> None:
    assert (
        f"https://github.com/acme/shop/blob/{'b' * 40}/db/migrations/20260603090000_require_currency.sql#L2"
        in (body(failing_report()))
    )


def test_who_approved_what_and_what_is_open_is_said() -> None:
    assert "`/migration approve drop-column-2 <reason>`" in body(failing_report())
    text = comment(failing_report(), context(failing_report(), approval("drop-column-2")))
    assert text is not None
    assert (
        "`drop-column-2" not in text and "by `ada` on 2026-06-01 09:00 UTC for commit `bbbbbbbbbbbb`" in text
    )


def test_a_timeline_is_drawn_when_more_than_one_statement_lets_others_wait() -> None:
    assert "```mermaid\ngantt" in body(failing_report())
    one = failing_report().model_copy(update={"migrations": failing_report().migrations[:2]})
    assert "mermaid" not in body(one)


def test_code_that_names_what_goes_is_listed() -> None:
    usage = Usage(path="app/a.py", line=3, object="customers.phone", text="x = `phone` | @all")
    text = body(failing_report(), downstream=(usage,))
    assert "### Code that still names what goes" in text and "app/a.py#L3" in text
    assert "@all" not in text


def test_a_waived_hazard_has_a_list_of_its_own_with_who_until_when_and_why() -> None:
    text = comment(*waived_report())
    assert text is not None and "### Findings" not in text and "❌" not in text
    waived = text.partition("### Waived for this pull request\n")[2]
    assert "`adding-not-nullable-field` in [" in waived
    assert ": by `ada` until 2026-07-01: the table is small" in waived


def test_a_search_that_was_cut_short_is_said_even_when_it_found_nothing() -> None:
    text = body(failing_report(), downstream_stopped="It took more than 10 seconds.")
    code = text.partition("### Code that still names what goes\n")[2]
    assert "The search is not whole. It took more than 10 seconds." in code.partition("###")[0]


def test_a_section_without_anything_to_say_is_not_shown() -> None:
    text = body(failing_report())
    assert "### Handed over" not in text and "### Code that" not in text


def test_hostile_text_stays_text_in_a_markdown_parser() -> None:
    usage = Usage(path=HOSTILE, line=3, object=HOSTILE, text=HOSTILE)
    text = body(hostile_report(), downstream=(usage,), handoff=(HOSTILE,), summary=hostile_summary())
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    links = [str(child.attrs["href"]) for child in inline if child.type == "link_open"]
    assert links and all(
        link.startswith(("https://github.com/acme/shop/blob/", "https://migrations.example/"))
        for link in links
    )
    tags = {child.content for child in inline if child.type == "html_inline"}
    assert tags <= {"<code>", "</code>", "<sub>", "</sub>"}
    assert not any(child.type == "image" for child in inline)
    shown = re.sub(
        r"<code>.*?</code>", "", "".join(child.content for child in inline if child.type != "code_inline")
    )
    assert not re.search(r"@\w", shown) and "\u202e" not in text


def test_nothing_is_escaped_twice() -> None:
    text = body(hostile_report(), handoff=(HOSTILE,), summary=hostile_summary())
    assert "&lt;" in text and "&amp;" not in text


def test_a_comment_stays_below_its_limit_and_says_what_it_left_out() -> None:
    many = tuple(
        finding("drop-table", Severity.ERROR, f"db/{one}.sql", 1, message=HOSTILE * 40, migration=None)
        for one in range(3_000)
    )
    schema = SchemaDiff(
        text="+ x\n" * 50_000,
        differences=(Difference(kind=DifferenceKind.ADDED, object_type="table", name="x"),),
    )
    text = body(failing_report().model_copy(update={"findings": many, "schema_diff": schema}))
    assert len(text) <= LARGEST
    assert re.search(r"… and 2,9\d\d more\.", text) and "lines more" in text


def test_a_cut_is_made_between_sections_and_said() -> None:
    parts = [Section("", "verdict\n"), Section("Findings", "f" * 50), Section("Deploy", "d" * 500)]
    text = fit(parts, 300, "https://migrations.example/reports/1")
    assert "f" * 50 in text and "d" * 10 not in text
    assert "Left out: Deploy. [The full report](https://migrations.example/reports/1)" in text
