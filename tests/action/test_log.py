"""What the runner reads: lines that are commands, and files that are outputs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from runner import ROOT, commands, read_outputs

from bot.action.log import MOST_SHOWN, line
from bot.action.results import write_outputs

HOSTILE = [
    "::error::pwned",
    "a\n::error::pwned",
    "a\r\n::warning::pwned",
    "100% of %0A::error::x",
    "a: b, c=d",
    "##[error]x",
    "\u2028::error::pwned\x85::error::pwned",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_command_is_one_line_and_says_the_same(text: str) -> None:
    (found,) = commands(line("error", text, {"file": text, "title": text}))
    name, given, said = found
    assert name == "error" and set(given) == {"file", "title"}
    assert said == given["file"] == given["title"]
    if text.isprintable():
        assert said == text


PRINTING = """
import sys
from bot.action.log import Log
from bot.publish.check_output import Annotation
from bot import console

text = sys.argv[1]
log = Log()
log.text(f"{text}\\n")
console.note(text)
print(text, file=sys.stderr)
log.notice(text)
log.text(f"{text}\\n")
mark = Annotation(path="a.sql", start_line=1, end_line=2, annotation_level="failure", message=text, title="t")
log.annotate([mark] * 30)
"""


def test_text_between_our_commands_is_no_command() -> None:
    text = "\n".join(["::error::pwned", "##[error]pwned", "::stop-commands::x", "::x::", "::error::pwned"])
    shown = subprocess.run(
        [sys.executable, "-c", PRINTING, text], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = commands(shown.stdout)
    assert shown.stderr == "", "there is one pipe, or lines overtake each other"
    assert [name for name, *_ in found if name != "stop-commands"] == ["notice"] + ["error"] * MOST_SHOWN
    assert "20 more findings" in shown.stdout


@pytest.mark.parametrize("value", ["a\nverdict=pass", "a\nEOF\nverdict<<EOF\npass\nEOF", "", "x<<y"])
def test_an_output_sets_no_other(tmp_path: Path, value: str) -> None:
    write_outputs(tmp_path / "output", {"report": value, "verdict": "fail"})
    assert read_outputs((tmp_path / "output").read_text()) == {"report": value, "verdict": "fail"}
