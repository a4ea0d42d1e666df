"""Text without values and secrets: what is sent to a model has their shape only.

A shape keeps length, case and punctuation: ``'Ada 7'`` becomes ``'Xxx 9'``. Patterns are our own, because the kept
library of patterns (bc-detect-secrets) tells where a line holds a secret, not which characters it is made of, and
knows no keys of Anthropic, Google or GitLab.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable

import postgast
from postgast import pg_query_pb2 as pg

from checks.sql.parse import command_tag

LONGEST_SHAPE = 24
_DURATION = re.compile(r"\d+\s?(?:us|ms|s|min|h|d|kB|MB|GB)?")
"""The value of a setting such as ``lock_timeout``, which is nobody's data."""
_DATA_COMMANDS = ("INSERT", "UPDATE", "DELETE", "MERGE", "SELECT", "COPY", "VALUES")
_STRINGS = (pg.SCONST, pg.USCONST, pg.BCONST, pg.XCONST)
_NUMBERS = (pg.ICONST, pg.FCONST)
_COMMENTS = (pg.SQL_COMMENT, pg.C_COMMENT)
_OPEN_LITERAL = re.compile(r"'[^']*\Z")
_DOLLAR = re.compile(r"(\$\w*\$)(.*)\1", re.DOTALL)

_SECRETS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",  # JSON Web Token, RFC 7519
        r"\b(?:AKIA|ASIA|AGPA|AROA)[A-Z0-9]{12,}\b",  # Amazon
        r"\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}",
        r"\bglpat-[\w-]{16,}|\bnpm_\w{30,}|\bpypi-[\w-]{16,}",
        r"\bsk-[\w-]{16,}|\b[spr]k_(?:live|test)_\w{10,}",  # Anthropic, OpenAI, Stripe
        r"\bxox[abeoprs]-[\w-]{10,}",  # Slack
        r"\bAIza[\w-]{30,}",  # Google
        r"\bSG\.[\w-]{16,}\.[\w-]{16,}",  # SendGrid
        r"(?<=://)[^\s/:@]*:[^\s/@]+(?=@)",  # user and password of a connection string
        r"(?i)(?<=bearer )[\w.~+/=-]{12,}",
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # e-mail
        r"\b[0-9a-fA-F]{32,}\b",
    )
)
_NAMED_SECRET = re.compile(
    r"""(?ix)(?P<name>\b[\w-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|credential)[\w-]*\b
    \s*(?:=>|[:=])\s*["']?)(?P<value>[^\s"',;()]{4,})(?!\S*\()"""
)
_LONG_WORD = re.compile(r"(?<![\w/.+-])[\w+/=-]{20,}(?![\w/.-])")
_VALUES = (
    re.compile(r"(?<=\)=\().*?(?=\)(?:\s|\.|,|$))", re.MULTILINE),  # Key (email)=(ada@example.com)
    re.compile(r"(?<=[Ff]ailing row contains \().*(?=\))"),
    re.compile(r'(?<=: ")[^"]*(?=")'),  # invalid input syntax for type integer: "abc"
    re.compile(r'(?<=\bvalue ")[^"]*(?=")'),
    re.compile(r"(?<![\w'])'(?:[^'\n]|'')*'"),
)


def masked(text: str) -> str:
    """Any text: what the server says of rows, what is quoted, and secrets are their shapes."""
    for pattern in _VALUES:
        text = pattern.sub(_shape_unless_setting, text)
    return _without_secrets(text)


def masked_sql(sql: str) -> str:
    """A statement with its literals as shapes; in commands that move rows also numbers. Its names stay."""
    try:
        tokens = list(postgast.scan(sql).tokens)
    except postgast.PgQueryError:
        return masked(_OPEN_LITERAL.sub(lambda found: shape(found.group(0)), sql))
    moves_rows = command_tag(sql).startswith(_DATA_COMMANDS)
    source, parts, end = sql.encode(), [], 0
    for token in tokens:
        parts.append(source[end : token.start].decode())
        text = source[token.start : token.end].decode()
        parts.append(_masked_token(token.token, text, moves_rows=moves_rows))
        end = token.end
    return _without_secrets("".join([*parts, source[end:].decode()]))


def _masked_token(kind: int, text: str, *, moves_rows: bool) -> str:
    dollar = _DOLLAR.fullmatch(text)
    if kind in _STRINGS and dollar:
        return dollar[1] + masked_sql(dollar[2]) + dollar[1]
    if kind in _STRINGS:
        start = text.index("'")
        return text[:start] + _shape_unless_setting(text[start:])
    if kind in _NUMBERS and moves_rows:
        return shape(text)
    return masked(text) if kind in _COMMENTS else text


def shape(text: str) -> str:
    """Letters as ``x`` and ``X``, digits as ``9``; the rest stays, and what is too long ends with ``…``."""
    shown = "".join(_shape_of(character) for character in text[:LONGEST_SHAPE])
    return shown if len(text) <= LONGEST_SHAPE else f"{shown}…"


def _shape_of(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return character


def _shape_unless_setting(found: re.Match[str] | str) -> str:
    text = found if isinstance(found, str) else found.group(0)
    if text.startswith("'") and text.endswith("'") and len(text) > 1:
        inner = text[1:-1]
        return text if _DURATION.fullmatch(inner) else f"'{shape(inner)}'"
    return shape(text)


def _without_secrets(text: str) -> str:
    for pattern in _SECRETS:
        text = pattern.sub(lambda found: shape(found.group(0)), text)
    text = _NAMED_SECRET.sub(lambda found: found["name"] + shape(found["value"]), text)
    return _LONG_WORD.sub(_shape_if_random, text)


def _shape_if_random(found: re.Match[str]) -> str:
    word = found.group(0)
    return shape(word) if _looks_random(word) else word


_KINDS: tuple[Callable[[str], bool], ...] = (str.islower, str.isupper, str.isdigit)


def _looks_random(word: str) -> bool:
    """All kinds of characters, hardly one of them twice: no name that a person would give."""
    entropy = -sum(count / len(word) * math.log2(count / len(word)) for count in Counter(word).values())
    return entropy > 3.7 and all(any(map(kind, word)) for kind in _KINDS)
