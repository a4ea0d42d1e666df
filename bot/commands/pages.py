"""The part of ``docs/commands.md`` about comments, written from what each command declares.

``python -m bot.commands.pages docs/commands.md`` writes it; the tests hold the committed one to what it writes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bot.commands.command import Command
from bot.commands.registry import all_commands

BEGIN = "<!-- Written by `python -m bot.commands.pages docs/commands.md`. -->\n"
END = "<!-- End of what is written. -->\n"
NEEDS_APP = " Needs the App: an Action keeps nothing."


def page() -> str:
    """All commands, between the two marks."""
    return BEGIN + "\n" + "\n".join(map(_section, all_commands().values())) + "\n" + END


def with_page(document: str) -> str:
    """The document with what stands between the marks written anew. Raises ValueError when it has no marks."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the document has no lines {BEGIN.strip()} and {END.strip()}")
    return before + page() + after


def _section(command: Command) -> str:
    return "\n".join(_lines(command)) + "\n"


def _lines(command: Command) -> Iterator[str]:
    yield f"### /migration {command.word}"
    yield ""
    yield "```"
    yield f"/migration {command.word} {command.usage}".strip()
    yield "```"
    yield ""
    yield command.description
    yield ""
    yield f"For: {command.who.value}." + (NEEDS_APP if command.kept else "")
    examples = [example for example in command.examples if example != f"/migration {command.word}"]
    if examples:
        yield ""
        yield from (f"- `{example}`" for example in examples)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_page(path.read_text()))
