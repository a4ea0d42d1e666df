"""A sqitch plan: its changes in order, with tags and reworked changes. Source: ``App::Sqitch::Plan`` 1.6."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from checks.frameworks.files import near_miss
from checks.model.migrations import Problem

_PRAGMA = re.compile(r"\s*%\s*(?P<name>[^\s=]+)\s*(?:=\s*(?P<value>.+?))?\s*")
_PLANNER = r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\s+[^<]+\s<[^>]+>"
_NAME = r"[^\s@:#\\\[\]!-/;-@^`{-~](?:[^\s@:#\\\[\]]*[^\s@:#\\\[\]!-/:-@^`{-~])?"
"""No punctuation at either end (underscore is allowed), no blank, no ``@ : # \\ [ ]``."""
_LINE = re.compile(
    rf"\s*(?:(?P<tag>@)|(?P<operator>[+-])\s*)?(?P<name>{_NAME})(?:\s+|$)(?:\[(?P<needs>[^\]]*)\]\s*)?(?:{_PLANNER})?\s*"
)


_LONGEST_LINE = 10_000
_MOST_TAGS = 100
"""Between a change and its reworking; among more, sqitch itself would look for a long time."""


@dataclass(frozen=True)
class PlannedChange:
    name: str
    planned_at: str
    """UTC, as the plan writes it: with the name it identifies the change when it is reworked later."""
    line: int
    tags: list[str] = field(default_factory=list)
    """Tags right behind it, with their ``@``."""
    rework_tags: list[str] = field(default_factory=list)
    """When the plan has the name again: the tags in between, in the order in which sqitch looks for
    ``<name><tag>.sql``."""


class Plan(NamedTuple):
    changes: tuple[PlannedChange, ...]
    problems: tuple[Problem, ...]


def read_plan(text: str, path: str) -> Plan:
    changes: list[PlannedChange] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if not content or _PRAGMA.fullmatch(content):
            continue
        found = _LINE.fullmatch(content) if len(content) < _LONGEST_LINE else None
        if not found or not found["time"] or (found["tag"] and not changes):
            problems = problems or [_syntax_error(path, number, content, found, bool(changes))]
        elif found["tag"]:
            changes[-1].tags.append(f"@{found['name']}")
        elif found["operator"] != "-":
            changes.append(PlannedChange(found["name"], found["time"], number))
    _mark_reworked(changes)
    return Plan(tuple(changes), tuple(problems))


def _syntax_error(
    path: str, line: int, content: str, found: re.Match[str] | None, has_change: bool
) -> Problem:
    if found is None:
        what = "the name is not one that sqitch allows, or something follows that it does not know"
    elif found["tag"] and not has_change:
        what = "a tag needs a change before it"
    else:
        what = "the time, the planner's name and the address in <> are missing"
    return near_miss(
        path,
        line,
        f"sqitch stops at this line of the plan: {what}. Use `sqitch add`, `sqitch rework` or `sqitch tag`.",
    )


def _mark_reworked(changes: list[PlannedChange]) -> None:
    last: dict[str, int] = {}
    tags: list[str] = []
    tags_before: list[int] = []
    for position, change in enumerate(changes):
        tags_before.append(len(tags))
        earlier = last.get(change.name)
        if earlier is not None:
            own = changes[earlier].tags
            between = tags[max(tags_before[earlier] + len(own), len(tags) - _MOST_TAGS) :]
            changes[earlier].rework_tags.extend([*reversed(between), *own])
        last[change.name] = position
        tags.extend(change.tags)
