"""A sentence taken apart: its names, its clauses, and its words without the names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from bot.summary.grounding.words import AMBIGUOUS

NAME = "§"
"""Stands for a name where only the English around it counts."""

_CODE = re.compile(r"`([^`]*)`")
_TOKEN = re.compile(r"[\w$]+(?:[./:-][\w$]+)*")
_CLAUSES = re.compile(
    r"[;,:.!?](?=\s|$)|\s[—–-]\s|\b(?:but|yet|while|though|although|whereas|because|since|so that|however|even if)\b"
)
_WHERE_A_NAME_IS = re.compile(
    r"(?<![\w`])(?:(?:on|to|of|from|into|against|in|that use|blocking) (?:the |all of )?(?P<behind>\w+)(?![\w`.])"
    r"|(?P<ahead>\w+)(?= (?:is|was|has|gets|stays|remains|will) ))"
)
_SQL_NOT = re.compile(r"\b(?:NOT NULL|NOT VALID|IF NOT EXISTS|NO TRANSACTION|not null|not valid)\b")
"""Negates nothing of the English around it."""


def clauses_of(english: str) -> tuple[str, ...]:
    return tuple(clause.strip() for clause in _CLAUSES.split(english) if clause.strip())


@dataclass(frozen=True)
class Reading:
    text: str
    names: frozenset[str]
    """What counts as a name in this Report, in lower case."""

    @cached_property
    def marked(self) -> str:
        """With backticks around an ambiguous word where it must be a name: ``writes to readers``."""
        return _WHERE_A_NAME_IS.sub(self._marked, self.text)

    def _marked(self, found: re.Match[str]) -> str:
        word = found["behind"] or found["ahead"]
        is_name = word.lower() in self.names and word.lower() in AMBIGUOUS
        return found[0].replace(word, f"`{word}`") if is_name else found[0]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """What stands between backticks."""
        return tuple(found.strip() for found in _CODE.findall(self.marked))

    @cached_property
    def prose(self) -> str:
        """What stands outside of backticks; ``§`` for each of them."""
        return _CODE.sub(NAME, self.marked)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The words outside of backticks; paths, dotted and hyphenated names are one word."""
        return tuple(_TOKEN.findall(self.prose.replace(NAME, " ")))

    @cached_property
    def english(self) -> str:
        """In lower case, with ``§`` for each name, spelled out or between backticks."""
        text = _CODE.sub(lambda found: self._code(found.group(1)), self.marked)
        text = _SQL_NOT.sub(lambda found: found.group(0).replace(" ", ""), text)
        text = _TOKEN.sub(lambda found: self._word(found.group(0)), text)
        return " ".join(text.lower().replace("’", "'").split())

    @cached_property
    def named(self) -> frozenset[str]:
        """The names in it, in lower case, as they are written."""
        plain = {token.lower() for token in self.tokens if self._word(token) == NAME}
        return frozenset(plain | {code.lower().strip('"') for code in self.codes})

    def names_one_of(self, name: str) -> bool:
        """Whether it names ``public.orders``, as ``orders`` or in full, or an object of it."""
        short = name.lower().rpartition(".")[2]
        return any(short in written.split(".") or short == written for written in self.named)

    def _code(self, content: str) -> str:
        is_words = content.isupper() or " " in content.strip()
        return f" {content} " if is_words and content.lower() not in self.names else NAME

    def _word(self, token: str) -> str:
        """A name that is an English word as well stays one."""
        lower = token.lower()
        return (
            NAME
            if (lower in self.names and lower not in AMBIGUOUS) or "_" in token or "/" in token
            else token
        )
