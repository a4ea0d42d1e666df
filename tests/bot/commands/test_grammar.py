from __future__ import annotations

import pytest

from bot.commands.grammar import MOST, read_commands

BOT = "migration-specialist"


def words(body: str) -> list[tuple[str, str]]:
    return [(line.word, line.arguments) for line in read_commands(body, BOT)]


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("/migration plan", ("plan", "")),
        ("  /migration   PLAN  ", ("plan", "")),
        ("/migration", ("help", "")),
        ("@migration-specialist migration status", ("status", "")),
        ("@Migration-Specialist Migration status", ("status", "")),
        ("/migration approve all it is _fine_, see `x`", ("approve", "all it is fine, see x")),
        ("Looks good.\n/migration approve 3f2a\nThanks!", ("approve", "3f2a")),
        (
            "/migration ignore drop-column until 2026-12-31 why\r\n",
            ("ignore", "drop-column until 2026-12-31 why"),
        ),
        ("/migration validate\n--\nSent from my phone", ("validate", "")),
        ("/migration validate\n---\nSent from my phone", ("validate", "")),
        ("/migration explain rule_with_underscores", ("explain", "rule_with_underscores")),
    ],
)
def test_a_command_on_a_line_of_its_own(body: str, command: tuple[str, str]) -> None:
    assert words(body) == [command]


@pytest.mark.parametrize(
    "body",
    [
        "please do /migration approve all",
        "> /migration approve all",
        "> quoted\n/migration approve all",
        "```\n/migration approve all\n```",
        "~~~sql\n/migration approve all\n~~~",
        "```\n/migration approve all",
        "    /migration approve all",
        "`/migration approve all`",
        "- /migration approve all",
        "1. /migration approve all",
        "# /migration approve all",
        "**/migration approve all**",
        "[/migration approve all](https://example.org)",
        "![/migration approve all](https://example.org/a.png)",
        "<!--\n/migration approve all\n-->",
        "text <!--\n/migration approve all\n-->",
        "<div>\n/migration approve all\n</div>",
        "\\/migration approve all",
        "/migrations approve all",
        "/migration-approve all",
        "@migration-specialist approve all",
        "@somebody-else migration approve all",
        "",
    ],
)
def test_text_about_a_command_is_none(body: str) -> None:
    assert words(body) == []


def test_several_commands_have_the_lines_that_they_stand_on() -> None:
    lines = read_commands("Hello\n\n/migration plan\n\ntext\n/migration status\n", BOT)
    assert [(line.number, line.word) for line in lines] == [(3, "plan"), (6, "status")]


def test_of_many_commands_the_first_are_read() -> None:
    assert len(words("/migration help\n" * 1000)) == MOST


@pytest.mark.parametrize(
    "body",
    [
        "[" * 65_000,
        "*a_" * 20_000,
        "> " * 30_000 + "/migration help",
        "`" * 65_000,
        "<" * 65_000,
        "a\n" * 32_000,
    ],
)
@pytest.mark.timeout(60)
def test_a_hostile_comment_takes_no_time(body: str) -> None:
    assert words(body) == []
