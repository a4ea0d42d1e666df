"""Nothing that destroys is recommended, and nobody is told to do without the review."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summary.grounding.claim import Claim

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
_FLAGS = re.compile(
    r"(?<![\w-])--?(?:force|fake|skip|no-verify|allow|accept|yes|ignore|unsafe|no-check|admin)[\w-]*|\bfsync\b|\bautovacuum\b|\bgit push\b|\bforce[- ]push|\bsuperuser\b"
)
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

_BYPASS = re.compile(
    r"(?:^|[.;:,!] |\b(?:please|should|can|may|just|simply|and|then|to|or|must|now|could|would) )(?:just |simply |please )?(?:approve|merge|lgtm|ship it|skip|ignore|override|overrule|dismiss|suppress|waive|bypass|disregard|mute|silence|force|accept the risk|push (?:it )?(?:straight|directly)|mark (?:it|this) as|comment /|add an ignore|turn off the (?:check|required|review)|close this|disable the (?:check|rule|review))\b"
    r"|\b(?:no|without|not) (?:\w+ ){0,3}(?:human|person|reviewers?|reviews?|approvals?)\b(?! (?:was|is|has) (?:open|given))|\breview is not (?:necessary|needed|required)|\b(?:findings?|warnings?|checks?|review|report|errors?) (?:can|may|could|should) (?:safely )?be (?:ignored|skipped|bypassed|dismissed|overridden|waived|suppressed)"
    r"|\bfalse positives?\b|\blgtm\b|\bship it\b|\bare noise\b|\balready approved\b|\bhave (?:already )?approved\b|\bis approved\b|\bas (?:the|an) (?:admin\w*|owner|maintainer)\b|\bprevious instructions\b|\bsystem prompt\b|\bas an ai\b|\blanguage model\b|\bdo not bother\b|\bno need to (?:wait|read|review|check|ask)|\bwithout (?:waiting|asking|further|a review|review)|\bfeel free\b|\bstraight to production\b|\bmerge (?:it|this|now|immediately|anyway|without)\b"
    r"|\bbranch protection\b|\bskip ci\b|\brequired check\b|\bdismiss\b|\bhas (?:already )?approved\b|\bsigned (?:this |it )?off\b|\bfalse (?:alarms?|positives?)\b|\bapproval (?:was|has been|is) (?:already )?(?:given|granted)|\b(?:not|no) (?:have|need) to (?:read|look|review|approve|check)|\bnot (?:need|have) to be (?:read|reviewed|approved)|\bdo(?:es)? not matter\b|\b(?:can|may|should) be skipped\b|\bplease merge\b|\bmerge now\b|\b(?:was|were|has been|have been|is|are|been|it) (?:already )?approved\b(?! by (?:an?y? |some|people))|\bapproved by (?!an?y? |some|people)|\b(?:not|no) need(?:s|ed)? (?:to be |a |for )?(?:an? )?(?:review|approv|read|check)\w*|\bnobody (?:has|needs) to (?:review|approve|look|read|check)|\b(?:findings?|warnings?|errors?|problems?) (?:as )?(?:resolved|closed|done|settled|irrelevant|harmless)|\bset the status\b|\bto success\b|\bmay merge\b|\bgo ahead\b|\bdisregard\b|\bmerge\b[^.;]*\bwithout\b|\bcall this safe\b|\bapprove (?:it|this)\b|\bignore (?:comment|the|this|all|any|previous)\b"
)
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
