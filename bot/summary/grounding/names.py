"""Every table, column, index, constraint, type, file and version that is named is in what is cited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from postgast import PgQueryError, pg_query_pb2, scan

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.words import COMMON_NAMES, ORDINARY, TECHNICAL

UNKNOWN = "`{name}` is not in this report; name only what the report names"
NOT_CITED = "`{name}` is not in what the sentence cites; cite the finding, statement or migration that has it"
NO_TYPE = "the type `{name}` is not in what the sentence cites"

_WORD = re.compile(r"[^\W\d][\w$]*|\d[\d.]*")
_LOOKS_LIKE_A_NAME = re.compile(
    r"[A-Za-z]\w*_|_\w|\w/\w|[a-z]{2,}\.[a-z_]{2,}|^[a-z]+[A-Z]|[a-z][A-Z][a-z]+[A-Z]|^0\d{3,}$|^\d{8,}"
)
_MODE = re.compile(r"(?:access|row|share|update|exclusive)+(?:lock)?", re.IGNORECASE)
_TYPES = {
    "varchar": "character", "char": "character", "bpchar": "character", "int": "integer", "int4": "integer",
    "int8": "bigint", "int2": "smallint", "bool": "boolean", "timestamptz": "timestamp", "timetz": "time",
    "decimal": "numeric", "float8": "precision", "float4": "real", "serial": "integer", "bigserial": "bigint",
}  # fmt: skip
_TYPE = re.compile(
    r"\b(bigint|smallint|integer|int[248]?|jsonb?|uuid|inet|cidr|boolean|bool|timestamptz|timestamp|numeric|decimal"
    r"|varchar|bpchar|bytea|citext|hstore|xml|tsvector|double precision|float[48]|(?<=\bto )money|(?<=\bis )money|(?<=\btype )money|(?<=\binto )money|(?<=\bas )money|(?<=\ba )money|(?<=becomes )money|(?<=now )money)\b"
)
_ON = r"(?:on|to|of|in|from|for|against|into|with)"
_HELD = (
    r"(?:locks?|writes?|reads?|queries|traffic|indexes|index|scans?|rows?|values?|access|selects?|inserts?|updates?|deletes?"
    r"|sessions?|transactions?|readers|writers|writing|reading|attempt|changes?|columns?|constraints?|pause|waiting|references"
    r"|contents|data|rewrite|check|build|contained|interruption|locked|blocked|blocking|open|adds?|added|depend|§)"
)
_DOES = (
    r"(?:back up|restor(?:e|es|ing)|rewrites?|rewrote|rewriting|scans|scanned|scanning|alters|altered|adds?|added|adding|gains"
    r"|loses|creates?|created|drops?|dropped|blocks|touches|extends|watch|named|called|using|joins|shuts|filled|locks|removes"
    r"|removed|export|column,|one table,|with only|becomes|without|uses|use|with|since|because|while|being|namely|querying|over|made|now an?|start to use|recreates|introduces|will have|gives)"
)
_CUES = (
    re.compile(rf"\b{_HELD} {_ON} ([a-z]+)\b"),
    re.compile(rf"\b{_DOES} ([a-z]+)\b"),
    re.compile(
        r"\b(?:reads|writes|copies) (?:all of )?([a-z]+) (?:completely|fully|entirely|in full|anew)\b"
    ),
    re.compile(r"\b(?:tables?|columns?|index|constraint),? ([a-z]+)\b"),
    re.compile(r"\b([a-z]+) (?:tables?|columns?|constraints?|index)\b"),
    re.compile(r"^([a-z]+)(?:,| is| was| had| holds| has| gets| stays)\b"),
    re.compile(
        r"\b([a-z]+) (?:is (?:still |being )?(?:frozen|busy|locked|blocked|rewritten|scanned)|stays|can(?:not|'t) be (?:queried|read|written)|will be locked)\b"
    ),
    re.compile(
        r"\b(?:(?:read|write|written|query|queries|selects|need|generated for|goes through|looks at|away|takes|get|gets|reads|type of|copy of) (?:or write |all of )?)([a-z]+)\b"
    ),
    re.compile(r"[:,] ([a-z]+)(?: is (?:new|added|dropped|gone)|[.]?$)"),
)
_PLURAL_CUE = re.compile(r"\b(?:on|against|into|from|table|tables) ([a-z]{3,}s)\b")
_ENGLISH_ENDING = re.compile(r"(?:ed|ing|ly|able|ible|ive|ful|ous|ary|est|ness|ment|tion|ity|less|al|ic)$")
_STARTS_SMALL = re.compile(r"^([a-z]+)\b(?![-'])")


def reasons(claim: Claim) -> Iterator[str]:
    seen = set()
    for name in (*_written_as_names(claim), *_in_the_place_of_names(claim)):
        if name not in seen:
            seen.add(name)
            yield (NOT_CITED if _is_in(name, claim.whole.words, claim.whole.text) else UNKNOWN).format(
                name=name
            )
    yield from (NO_TYPE.format(name=name) for name in _types(claim) if name not in seen)


def _written_as_names(claim: Claim) -> Iterator[str]:
    """Between backticks, spelled like an identifier, or the name of a relation of this Report."""
    for code in claim.reading.codes:
        if not _code_is_known(code, claim):
            yield code
    for token in claim.reading.tokens:
        is_name = bool(_LOOKS_LIKE_A_NAME.search(token)) or (
            token.lower() in claim.reading.names and token.lower() not in ORDINARY
        )
        if is_name and not _MODE.fullmatch(token) and not _is_cited(token, claim):
            yield token


def _code_is_known(code: str, claim: Claim) -> bool:
    squeezed = " ".join(code.lower().rstrip(";").split())
    if re.search(rf"(?<!\w){re.escape(squeezed)}(?!\w)", claim.cited.text):
        return True
    return all(
        word.lower() in claim.cited.words
        or _is_keyword(word)
        or _is_number_of(word, claim)
        or _is_common(word)
        for word in _WORD.findall(code)
    )


def _is_common(word: str) -> bool:
    return word.lower() in TECHNICAL or bool(_MODE.fullmatch(word))


def _is_number_of(word: str, claim: Claim) -> bool:
    """Numbers between backticks are looked at where all numbers are."""
    return word[0].isdigit()


@cache
def _is_keyword(word: str) -> bool:
    """Written in capitals, as SQL's own words are."""
    if not word.isupper():
        return False
    try:
        tokens = scan(word.lower()).tokens
    except PgQueryError:
        return False
    return (len(tokens) == 1 and tokens[0].keyword_kind != pg_query_pb2.NO_KEYWORD) or word in (
        "CONCURRENTLY",
        "SQL",
    )


def _is_cited(token: str, claim: Claim) -> bool:
    return token.lower() in TECHNICAL or _is_in(token, claim.cited.words, claim.cited.text)


def _is_in(name: str, words: frozenset[str], text: str) -> bool:
    name = name.lower()
    if "/" in name or ":" in name or "-" in name:
        return name in text
    return all(part in words for part in _WORD.findall(name))


def _in_the_place_of_names(claim: Claim) -> Iterator[str]:
    """Plain words where English would have a name: ``writes to invoices``, ``the invoices table``."""
    english = claim.english
    found = [word for cue in _CUES for word in cue.findall(english) if word in COMMON_NAMES]
    found += [
        word for word in _PLURAL_CUE.findall(english) if word not in ORDINARY and not _is_no_plural(word)
    ]
    first = _STARTS_SMALL.match(claim.reading.text.strip())
    if first and first.group(1) not in ORDINARY and not _ENGLISH_ENDING.search(first.group(1)):
        found.append(first.group(1))
    return (word for word in found if not _is_cited(word, claim))


def _is_no_plural(word: str) -> bool:
    return word.endswith(("ss", "us", "is"))


def _types(claim: Claim) -> Iterator[str]:
    for name in _TYPE.findall(claim.reading.text.lower()):
        words = {name, _TYPES.get(name, name), *name.split()[1:]}
        if words.isdisjoint(claim.cited.words):
            yield name
