from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt
from sample_reports import (
    CURRENCY_PATH,
    HOSTILE,
    failing_report,
    finding,
    hostile_report,
    hostile_summary,
    passing_report,
)

from bot.publish.markdown import LARGEST, markdown
from bot.summary.model import Summary
from checks.model.findings import Severity

FENCE = re.compile(r"^(`{3,})\w*\n.*?\n\1$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`|<code>.*?</code>")


def outside_code(text: str) -> str:
    """Without code, and without summaries, which are HTML that Markdown does not read."""
    text = re.sub(
        r"^<details><summary>.*</summary>$", "<details><summary></summary>", text, flags=re.MULTILINE
    )
    return CODE.sub("", FENCE.sub("", text))


def test_the_verdict_is_the_heading() -> None:
    assert markdown(failing_report()).startswith(
        "## ❌ FAIL: 20260603090000\\_require\\_currency fails on rows"
    )
    assert markdown(passing_report()).startswith("## ✅ PASS: ")


def test_every_row_of_a_table_has_as_many_cells_as_its_header() -> None:
    for report in (failing_report(), hostile_report()):
        tables = re.findall(r"(?:^\|.*\n)+", markdown(report), re.MULTILINE)
        assert tables
        for table in tables:
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(cells) == 1, table


@pytest.mark.parametrize("summary", [None, hostile_summary()])
def test_strangers_text_is_only_text(summary: Summary | None) -> None:
    text = outside_code(markdown(hostile_report(), summary))
    assert "@everyone" not in text
    assert "<script" not in text
    assert "https://" not in text
    assert "](" not in text.replace("\\](", "")
    assert not re.search(r"(?<!\\)`", text)
    assert "\x1b" not in text and "\u202e" not in text


def test_the_only_html_is_ours() -> None:
    text = markdown(hostile_report(), hostile_summary())
    tags = set(re.findall(r"</?[a-z]+", outside_code(text)))
    assert tags == {"<details", "</details", "<summary", "</summary", "<sub", "</sub"}


def test_fences_are_closed_by_themselves_only() -> None:
    fences = FENCE.findall(markdown(hostile_report()))
    assert fences and all(len(fence) == 4 for fence in fences)


def test_a_fix_that_works_is_shown_as_it_was_run() -> None:
    text = markdown(failing_report())
    assert "🔧 Tried: Without NOT NULL on `orders.currency` → it works." in text
    assert "```sql\n-- +goose Up\nALTER TABLE orders ADD COLUMN currency text;\n```" in text
    assert "🔸 Tried: Line 3 moved before line 2 → still fails at line 2" in text


def test_an_escalation_has_its_form_and_a_redesign_that_does_not_work_says_so() -> None:
    text = markdown(failing_report(), hostile_summary())
    titles = re.findall(r"^(?:### (.*)|\*\*([\w ]+):\*\*)", text, re.MULTILINE)
    shown = ["".join(one) for one in titles]
    begin = shown.index("⚠️ HAIKU ESCALATION RECOMMENDED")
    assert shown[begin + 1 : begin + 8] == [
        "Error Type",
        "Details",
        "What I Attempted",
        "Why Escalation Needed",
        "Suggested Action",
        "Context for Sonnet",
        "An idea that does not work yet",
    ]
    assert "⚠️ Not working: the files as they were run" in text


def test_findings_show_the_gravest_first_with_a_place() -> None:
    text = markdown(failing_report())
    assert text.index("`statement-fails`") < text.index("`index-without-concurrently`")
    assert f"`statement-fails` in `{CURRENCY_PATH}:2`" in text


def test_a_comment_is_never_larger_than_github_takes() -> None:
    many = tuple(
        finding("drop-table", Severity.ERROR, f"db/{number}.sql", 1, message=HOSTILE * 40, migration=None)
        for number in range(3_000)
    )
    text = markdown(failing_report().model_copy(update={"findings": many}))
    assert len(text) <= LARGEST
    assert text.startswith("## ❌ FAIL")
    assert re.search(r"… and 2,\d\d\d more\.", text)


def test_a_markdown_parser_finds_no_element_of_a_stranger() -> None:
    tokens = (
        MarkdownIt("commonmark", {"html": True})
        .enable(["table", "strikethrough"])
        .parse(markdown(hostile_report()))
    )
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= {
        "text", "softbreak", "code_inline", "html_inline", "strong_open", "strong_close", "text_special",
    }  # fmt: skip
    assert {child.content for child in inline if child.type == "html_inline"} == {
        "<code>",
        "</code>",
        "<sub>",
        "</sub>",
    }
    blocks = [token.content for token in tokens if token.type == "html_block"]
    assert blocks and all(block.startswith(("<details><summary>", "</details>")) for block in blocks)
    assert {token.info for token in tokens if token.type == "fence"} == {"sql", "diff"}
