"""What other tools look for, and which rule finds it here: ``hazards.toml``, and the page that is written from it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from pathlib import Path

from pydantic import BaseModel, ConfigDict

PROVEN, SAID = "proven", "said"
_HEAD = "| hazard | | found by | way out | |\n|---|---|---|---|---|\n"
_FILE = Path(__file__).with_name("hazards.toml")
_PAGE = """\
# The hazards of the field

Fifteen tools look at migrations of PostgreSQL. What they look for, merged, are {count} hazards. This table says of each which
[rule](rules/README.md) finds it here, and where there is none, or another one, why. The names that a tool has for it are on the page of
the rule.

The way out is *proven* when it is written for the table at hand, in files of the migration tool, and was run before it is
shown: same schema, same rows, weaker or shorter locks. It is *said* when the message and the page of the rule say it: the example there
was run, on its own table. {proven} of the {found} that are found have a proven one, {said} one that is said.
"""


class Hazard(BaseModel):
    """One thing that can go wrong, whatever it is called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    area: str
    rules: tuple[str, ...]
    """The rules that find it; none when it is not looked for, and ``why`` says the reason."""
    why: str = ""
    way: str = ""
    """``proven``: there is a way out that is run before it is shown; else why there is none that is."""
    tools: Mapping[str, str] = {}
    """Tool → the name of the check there."""


@cache
def all_hazards() -> Mapping[str, Hazard]:
    """By id, in the order of the file."""
    return {id: Hazard.model_validate(row) for id, row in tomllib.loads(_FILE.read_text()).items()}


def names_elsewhere(rule: str) -> Mapping[str, tuple[str, ...]]:
    """Tool → what it calls that which this rule finds."""
    names: dict[str, list[str]] = {}
    for hazard in all_hazards().values():
        for tool, name in hazard.tools.items() if rule in hazard.rules else ():
            if name not in names.setdefault(tool, []):
                names[tool].append(name)
    return {tool: tuple(found) for tool, found in names.items()}


def page(rules: Mapping[str, str]) -> str:
    """``docs/hazards.md``. ``rules``: each one's documentation."""
    hazards = all_hazards().values()
    ways = [_way(hazard, rules) for hazard in hazards if hazard.rules]
    proven, said = (sum(way.startswith(word) for way in ways) for word in (PROVEN, SAID))
    parts = [_PAGE.format(count=len(hazards), found=len(ways), proven=proven, said=said)]
    for area, group in groupby(all_hazards().items(), key=lambda item: item[1].area):
        rows = "".join(_row(id, hazard, rules) for id, hazard in group)
        parts.append(f"## {area[0].upper()}{area[1:]}\n\n{_HEAD}{rows}")
    return "\n".join(parts)


def _row(id: str, hazard: Hazard, rules: Mapping[str, str]) -> str:
    found = ", ".join(f"[{rule}](rules/{rule}.md)" for rule in hazard.rules)
    way = _way(hazard, rules) if hazard.rules else "—"
    return f"| {id} | {_cell(hazard.about)} | {found or '—'} | {_cell(way)} | {_cell(hazard.why)} |\n"


def _way(hazard: Hazard, rules: Mapping[str, str]) -> str:
    if hazard.way == PROVEN:
        return PROVEN
    word = SAID if any("\n## Good\n" in rules[rule] for rule in hazard.rules) else "none"
    return f"{word}: {hazard.way}" if hazard.way else word


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
