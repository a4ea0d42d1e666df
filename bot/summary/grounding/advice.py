"""Nothing that destroys is recommended, and nobody is told to do without the review."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim
from bot.summary.grounding.phrases import phrases

DESTROYS = (
    "it recommends `{what}`, which destroys or switches something off; say what was seen, not to do that"
)
BYPASSES = "it tells people to do without the review ({what}); the review is not the summary's to decide"

_VERB = r"(?:drop|truncate|delete|remove|wipe|purge|erase|recreate|destroy|nuke|overwrite|(?:empty|clear|reset|flush)(?= (?:the|all|it|its|every)\b| §(?! is| was)))"
_SWITCH = r"(?:disable|turn off|switch off|deactivate|bypass|suspend|kill|terminate|skip)"
_START = r"(?:^(?!approve or)|[.;:,!] |\b(?:then|and|or|first|just|simply|should|must|can|could|may|to|please|instead|recommend(?:ed)?(?: to)?|suggest(?:ed)?(?: to)?|consider|fix is|helps to|advise|by|better|best to|safe to|need to|try|run|fails|so|also|beforehand) )"
_IMPERATIVE = re.compile(rf"{_START}(?P<verb>{_VERB}|{_SWITCH})\b(?P<what>[^.;,]*)")
_GERUND = re.compile(
    r"\b(?:consider|recommend|suggest|advise|try|by|start by|worth|helps?)\s(?:\w+ )?(?P<verb>emptying|dropping|truncating|deleting|removing|wiping|emptying|disabling|killing|purging|resetting)\b(?P<what>[^.;,]*)"
)
_HELPS = re.compile(
    r"\b(?P<verb>deleting|dropping|truncating|emptying|removing|wiping|disabling)\b(?P<what>[^.;,]*)\b(?:helps?|fix(?:es)?|solves?|enough|makes?|gets?|works)\b"
)
_SQL = re.compile(
    r"\b(?:DROP\s+(?:TABLE|SCHEMA|DATABASE|COLUMN|CONSTRAINT|INDEX|TRIGGER|VIEW|TYPE|ROLE|OWNED)|TRUNCATE|DELETE\s+FROM|(?:a|with|run|the) DELETE|DISABLE\s+(?:TRIGGER|ROW)|pg_terminate_backend|pg_cancel_backend|session_replication_role|CASCADE)",
    re.IGNORECASE,
)
_SAID = phrases("advice")
_FLAGS = _SAID["flags"]
_TOLD = re.compile(
    r"\b(?:run|use|execute|issue|do|try|with|via|fix is|makes it pass|beforehand|first|helps|then|instead|should|set|apply|remove|reload)\b"
)
_SMALL_THINGS = re.compile(
    r"^(?: the| a| any| its| this| that)? ?(?:lock|doubt|default|comment|risk|wait|need|concurrently|word|not null|statement|step|timeout|error|cause|ambiguity|transaction|down|the way)\b"
)
_WAY = re.compile(r"\b(?:deploy|release|ship)\b.*\bfirst\b")
_OBJECT = re.compile(
    r"\b(?:drop|truncate|delete)\s+(?:(?:table|column|constraint|index|view|type|from|concurrently|if|exists|only)\s+)*(?:\"?\w+\"?\.)?\"?(\w+)"
)
_LISTED = re.compile(r"\b(?:inserts?|updates?|selects?),? (?:and|or|nor) deletes?\b")
"""What other sessions do: ``INSERT, UPDATE or DELETE``."""

_BYPASS = _SAID["bypass"]
_SOMEBODY = re.compile(
    r"\b(?:have|get|ask|let|needs?(?! to wait)|requires?|must have) (?:\w+ ){0,4}(?:approve|to approve|approval)\b|\b(?:somebody|someone|a person|people|who) (?:\w+ ){0,3}(?:to |must |should |can )?approves?\b|\bhas to approve\b"
)


def reasons(claim: Claim) -> Iterator[str]:
    what = next(_destroys(claim), None)
    if what:
        yield DESTROYS.format(what=what)
    bypass = _BYPASS.search(_SOMEBODY.sub(" ", claim.english))
    if bypass:
        yield BYPASSES.format(what=bypass.group(0).strip(" ,.;:"))


def _destroys(claim: Claim) -> Iterator[str]:
    english = claim.english
    english = _LISTED.sub(" ", english)
    for found in (*_IMPERATIVE.finditer(english), *_GERUND.finditer(english), *_HELPS.finditer(english)):
        if not _SMALL_THINGS.search(found["what"]) and not _is_what_the_author_does(found["verb"], claim):
            yield (found["verb"] + found["what"]).strip()
    flag = _FLAGS.search(english)
    if flag:
        yield flag.group(0)
    sql = _SQL.search(claim.reading.text)
    if sql and not _is_in_the_change(sql.group(0), claim):
        yield sql.group(0)


def _is_what_the_author_does(verb: str, claim: Claim) -> bool:
    """The cited statements do it themselves, and only code has to go first."""
    stem = {"dropping": "drop", "deleting": "delete", "truncating": "truncate", "removing": "drop"}.get(
        verb, verb
    )
    stem = "drop" if stem == "remove" else stem
    does = any(stem in one.sql.lower() and _names_its_object(one.sql, claim) for one in claim.statements)
    return does and not re.search(r"\b(?:first|beforehand|again|before)\b", claim.english)


def _names_its_object(sql: str, claim: Claim) -> bool:
    dropped = set(_OBJECT.findall(sql.lower()))
    return bool({name.rpartition(".")[2] for name in claim.reading.named} & dropped)


def _is_in_the_change(words: str, claim: Claim) -> bool:
    """It is told as the author's own statement, or as part of an advice that was proven."""
    squeezed = " ".join(words.lower().split())
    own = any(squeezed in " ".join(one.sql.lower().split()) for one in claim.statements)
    advised = any(squeezed in " ".join(one.message.lower().split()) for one in claim.cited.findings)
    return (own or advised) and not _TOLD.search(claim.english)
