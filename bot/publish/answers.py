"""Answers to single questions (a plan, a way back, an explanation), from one template for a comment and a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from markupsafe import Markup

from bot.model import Standing
from bot.publish import markdown, view
from bot.publish.context import Context
from bot.publish.escape import markdown_text, one_line, visible
from bot.publish.layout import wrap
from bot.publish.markdown_page import Page
from bot.publish.rollback import rollback_line
from bot.publish.rule_help import without_links
from bot.publish.templating import environment
from checks.model.findings import Finding
from checks.model.report import MigrationReport, Verdict

_EMPTY_LINES = re.compile(r"\n{3,}")
Item = TypeVar("Item")

_NOWHERE = Context(standing=Standing(verdict=Verdict.UNPROVEN))
"""An answer stands by itself: its places are no links."""
LARGEST = 60_000
"""Characters; GitHub takes 65,536 of a comment, and what the answer quotes comes on top."""


def as_markdown(template: str, **values: Any) -> Markup:
    """The answer as GitHub Markdown that fits into a comment. ``template`` is a name below ``templates/answers``."""
    for detail in markdown.DETAILS:
        text = _render(template, markdown_text, MarkdownAnswer(detail, _NOWHERE), values)
        if len(text) <= LARGEST:
            break
    return Markup(text.strip())


def as_text(template: str, *, width: int = 100, **values: Any) -> str:
    """The same for a terminal, with a new line at its end."""
    return _render(template, visible, TextAnswer(max(40, min(width, 120))), values).strip() + "\n"


def _render(
    template: str, escape: Callable[[str], str], page: MarkdownAnswer | TextAnswer, values: Mapping[str, Any]
) -> str:
    known = environment(escape)
    known.filters["ours"] = page.ours  # the pages of the rules, which are part of this program
    found = known.get_template(f"answers/{template}.md.j2")
    text = found.render(page=page, view=view, rollback_line=rollback_line, script=_script, **values)
    return _EMPTY_LINES.sub("\n\n", text)


def _script(statements: Sequence[str]) -> str:
    return "".join(f"{statement};\n" for statement in statements)


class MarkdownAnswer(Page):
    """What the templates write a comment with."""

    def strong(self, text: str) -> Markup:
        return Markup("**") + self.text(text) + Markup("**")

    def ours(self, text: str) -> Markup:
        """Markdown that this program brings along."""
        return Markup(text)

    def item(self, mark: str, text: str) -> Markup:
        """An item of a list."""
        return Markup(f"{mark} {self.prose(text)}")

    def nested(self, text: str, language: str = "") -> Markup:
        """A block inside an item of a list."""
        return Markup("\n".join("  " + line for line in str(self.block(text, language)).splitlines()))


@dataclass(frozen=True)
class TextAnswer:
    """What the templates write a terminal with: the words of Markdown, without its escapes."""

    width: int

    def some(self, items: Sequence[Item]) -> Sequence[Item]:
        return items

    def left_out(self, items: Sequence[object]) -> Markup:
        return Markup("\n")

    def text(self, text: str) -> Markup:
        return Markup(one_line(text))

    def strong(self, text: str) -> Markup:
        return self.text(text)

    def ours(self, text: str) -> Markup:
        return Markup(without_links(text))

    def prose(self, text: str) -> Markup:
        return Markup(wrap(one_line(text), self.width))

    def code(self, text: str) -> Markup:
        return Markup(f"`{one_line(text)}`")

    def item(self, mark: str, text: str) -> Markup:
        lead = f"{mark} "
        return Markup(wrap(one_line(text), self.width, len(lead), lead))

    def block(self, text: str, language: str = "") -> Markup:
        return Markup("\n".join(f"    {line}".rstrip() for line in visible(text).strip("\n").splitlines()))

    def nested(self, text: str, language: str = "") -> Markup:
        return Markup("\n".join(f"  {line}" for line in str(self.block(text, language)).splitlines()))

    def severity(self, finding: Finding) -> Markup:
        return Markup(view.label(finding))

    def rollback(self, migration: MigrationReport) -> Markup:
        return self.text(rollback_line(migration))
