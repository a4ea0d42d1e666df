"""What the examples of the rules did on each version of PostgreSQL: ``observed.json``, and its place on the pages.

``python -m checks.examples`` writes the file; the tests hold it to what the version at hand does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("observed.json")
_LONGEST_SQL = 90
_HEAD = """\
## Observed

What PostgreSQL did with these examples, on each version: the table locks on what was there before, and the work done while
they are held.

| | PostgreSQL | statement | locks | does |
|---|---|---|---|---|
"""

Example = Literal["bad", "good"]


class Seen(BaseModel):
    """One statement, and what PostgreSQL did for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sql: str
    locks: tuple[str, ...] = ()
    """``SHARE users``; of relations that were there before, ordered by name."""
    does: tuple[str, ...] = ()
    """``rewrites users``, ``error 23502: …``."""


class Observed(BaseModel):
    """Both examples of one rule on one version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fires: bool
    """Whether the rule found the bad example."""
    good_is_quiet: bool = True
    """Whether it found nothing in the good one."""
    rests_on_a_run: bool
    """Whether that finding names observations as its evidence."""
    bad: tuple[Seen, ...] = ()
    good: tuple[Seen, ...] = ()


Versions = Mapping[int, Observed]
"""By major version of PostgreSQL."""


@cache
def all_observed() -> Mapping[str, Versions]:
    """By rule. Empty for rules whose examples are not SQL."""
    if not FILE.exists():
        return {}
    return {
        rule: {
            version: Observed.model_validate(group["seen"])
            for group in groups
            for version in group["versions"]
        }
        for rule, groups in json.loads(FILE.read_text()).items()
    }


def section(rule: str) -> str:
    """The part of the rule's page; nothing for a rule that reads files and needs no run."""
    versions = all_observed().get(rule, {})
    if not any(seen.rests_on_a_run for seen in versions.values()):
        return ""
    rows = [*_rows("bad", versions), *_rows("good", versions)]
    return f"\n{_HEAD}{''.join(rows)}{_silent(versions)}"


def _rows(example: Example, versions: Versions) -> Iterator[str]:
    """Neighbouring versions that did the same share their rows."""
    for _, same in groupby(versions.items(), key=lambda item: _of(example, item[1])):
        group = list(same)
        name = _named([version for version, _ in group])
        for seen in _of(example, group[0][1]):
            locks, does = (", ".join(_cell(text) for text in texts) for texts in (seen.locks, seen.does))
            yield f"| {example} | {name} | `{_cell(_short(seen.sql))}` | {locks or 'none'} | {does} |\n"


def _of(example: Example, seen: Observed) -> tuple[Seen, ...]:
    return seen.bad if example == "bad" else seen.good


def _silent(versions: Versions) -> str:
    quiet = [version for version, seen in versions.items() if not seen.fires]
    return f"\nThe rule has nothing to say of the bad example on {_named(quiet)}.\n" if quiet else ""


def _named(versions: Sequence[int]) -> str:
    if len(versions) == 1:
        return str(versions[0])
    if versions[-1] - versions[0] == len(versions) - 1:
        return f"{versions[0]} to {versions[-1]}"
    return ", ".join(map(str, versions))


def _short(sql: str) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= _LONGEST_SQL else line[: _LONGEST_SQL - 1] + "…"


def _cell(text: str) -> str:
    """A pipe ends a cell, even between backticks (GitHub Flavored Markdown, 4.10)."""
    return " ".join(text.split()).replace("|", "\\|").replace("`", "'")


def as_json(observed: Mapping[str, Versions]) -> str:
    """The file's text, of all rules; versions that did the same are said once."""
    rows = {rule: [*_groups(versions)] for rule, versions in sorted(observed.items())}
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def _groups(versions: Versions) -> Iterator[dict[str, object]]:
    for seen, same in groupby(sorted(versions.items()), key=lambda item: item[1]):
        yield {
            "versions": [version for version, _ in same],
            "seen": seen.model_dump(mode="json", exclude_defaults=True),
        }
