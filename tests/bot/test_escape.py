from __future__ import annotations

import re

import pytest

from bot.publish.escape import (
    html_code,
    html_text,
    markdown_block,
    markdown_code,
    markdown_prose,
    markdown_text,
    one_line,
    visible,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("Zoë, 表, 🙂", "Zoë, 表, 🙂"),
        ("two\nlines", "two\nlines"),
        ("dos\r\nline", "dos\nline"),
        ("over\rwritten", "over\\rwritten"),
        ("a\tb", "a    b"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("bell\x07 nul\x00 del\x7f", "bell\\x07 nul\\x00 del\\x7f"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\u2028", "\\u2028"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("lone \udc80", "lone \\udc80"),
    ],
)
def test_what_does_something_or_shows_nothing_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_one_line_has_no_line_break() -> None:
    assert one_line(" a\n\n  b\tc ") == "a b c"


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a plain sentence, 1.5 ms.", "a plain sentence, 1.5 ms."),
        ("@everyone", "@&#8203;everyone"),
        ("see #12", "see \\#&#8203;12"),
        ("GH-12", "GH-&#8203;12"),
        ("https://evil.example", "https&#8203;://evil.example"),
        ("www.evil.example", "www&#8203;.evil.example"),
        ("a|b", "a\\|b"),
        ("\\|", "\\\\\\|"),
        ("**b** _i_ `c` ~s~", "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~s\\~"),
        ("![x](y)", "\\!\\[x\\](y)"),
        ("<script>", "&lt;script&gt;"),
        ("&lt;", "&amp;lt;"),
        ("$x$", "\\$x\\$"),
        (":smile:", ":&#8203;smile:"),
        ("- item", "&#8203;- item"),
        ("1. item", "1&#8203;. item"),
        ("2.3", "2.3"),
        ("commit 3f2a91cd", "commit 3f2&#8203;a91cd"),
        ("20260601090000_create", "20260601090000\\_create"),
        ("&#8203;", "&amp;\\#&#8203;8203;"),
    ],
)
def test_markdown_text_shows_itself_and_nothing_else(text: str, markdown: str) -> None:
    assert markdown_text(text) == markdown


def test_inline_code_stays_readable_when_it_can() -> None:
    assert markdown_code("ALTER TABLE users ADD x text DEFAULT '@a <b> *c*'") == (
        "`ALTER TABLE users ADD x text DEFAULT '@a <b> *c*'`"
    )


@pytest.mark.parametrize("text", ["a`b", "a|b", "a\\b", "", "a`|</code>*_@x"])
def test_inline_code_that_could_break_out_is_written_in_entities(text: str) -> None:
    written = markdown_code(text)
    inside = re.fullmatch("<code>(.*)</code>", written)
    assert inside
    assert not set(inside[1]) & set("`|\\<>*_@[]")


def test_what_a_message_quotes_is_code() -> None:
    assert (
        markdown_prose("Rewrites `public.users`, *all* of it.") == "Rewrites `public.users`, \\*all\\* of it."
    )


def test_an_odd_backtick_is_only_a_backtick() -> None:
    assert markdown_prose("a ` b") == "a \\` b"


def test_a_fence_is_longer_than_any_run_of_backticks_inside() -> None:
    assert markdown_block("a\n`````\nb", "sql").splitlines() == ["``````sql", "a", "`````", "b", "``````"]


def test_html_cannot_leave_its_element() -> None:
    assert html_text("</summary><b>@x") == "&lt;/summary&gt;&lt;b&gt;@&#8203;x"
    assert html_code("</code>") == "<code>&#60;&#47;code&#62;</code>"
