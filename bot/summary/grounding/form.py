"""A sentence is plain text: nothing that links, mentions, formats, hides or calls a command."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim

LONGEST = 400
"""Characters of one sentence."""
LONGEST_HEADLINE = 160
MOST = 8
"""Sentences of one part."""

LENGTH = "it has {length} characters; at most {most} are shown"
TOO_MANY = f"the part has more than {MOST} sentences"
EMPTY = "it is empty"
HIDDEN = "it holds a character that shows nothing or turns text around (U+{code:04X})"
FOREIGN = "it holds `{word}`, which mixes in letters of another script"
NOT_PLAIN = "it holds {what}; write plain sentences, with names between backticks at most"

_SHOWS_NOTHING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_NOT_PLAIN = {
    "an address": r"(?i)\b[a-z][a-z0-9+.-]{1,11}://|\bwww\.|\b(?:mailto|javascript|data|xmpp):\S",
    "an e-mail address": r"[\w.+-]+@[\w-]+\.\w",
    "a mention": r"(?<![\w`])@[A-Za-z0-9]",
    "a number of an issue": r"(?<![\w&])#\d|\b(?i:gh)-\d|\b[\w.-]+/[\w.-]+#\d",
    "a link or a picture": r"\]\s*\(|\]\s*\[|!\[|\]:",
    "HTML": r"<\s*/?\s*[A-Za-z!?]|&#?\w{2,31};",
    "a heading, a list or a quotation": r"^\s*(?:#{1,6}\s|>|[-*+]\s|\d+[.)]\s|\|)",
    "a fence": r"```|~~~",
    "bold or struck text": r"\*\*|(?<!\w)__\w|~~",
    "a slash command": r"(?:^|\s|`)/[a-z]+\s?[a-z]*\b(?![\w./])",
    "a command of a shell": r"\b(?:curl|wget|sudo|chmod|bash)\b|\|\s*sh\b|\brm -",
    "the first person": r"\b(?:I|[Mm]y|[Mm]e|[Mm]yself)\b(?!['’]?[-/])|\bI['’]m\b",
    "more than one line": r"[\r\n]",
}
_PATTERNS = {what: re.compile(pattern) for what, pattern in _NOT_PLAIN.items()}
_WORD = re.compile(r"[^\W\d_]+")


def reasons(claim: Claim) -> Iterator[str]:
    yield from _length(claim)
    hidden = next((one for one in claim.text if unicodedata.category(one) in _SHOWS_NOTHING), None)
    if hidden and hidden not in "\r\n":
        yield HIDDEN.format(code=ord(hidden))
    for what, pattern in _PATTERNS.items():
        if pattern.search(claim.text):
            yield NOT_PLAIN.format(what=what)
    for word in _WORD.findall(claim.text):
        if not _is_latin(word) and word.lower() not in claim.whole.text:
            yield FOREIGN.format(word=word)
    for word in _WORD.findall(claim.reading.prose):
        if not _is_latin(word) and any(letter.isascii() for letter in word):
            yield FOREIGN.format(word=word)


def _length(claim: Claim) -> Iterator[str]:
    most = LONGEST_HEADLINE if claim.part == "headline" else LONGEST
    if not claim.text.strip():
        yield EMPTY
    if len(claim.text) > most:
        yield LENGTH.format(length=len(claim.text), most=most)
    if claim.index >= MOST:
        yield TOO_MANY


def _is_latin(word: str) -> bool:
    return word.isascii() or all("LATIN" in unicodedata.name(letter, "") for letter in word)
