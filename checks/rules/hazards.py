"""What other tools look for, and which rule finds it here: ``hazards.toml``, and the page that is written from it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("hazards.toml")
_PAGE = """\
# The hazards of the field

Fifteen tools look at migrations of PostgreSQL. What they look for, merged, are {count} hazards. This table says of each which
[rule](rules/README.md) finds it here, and where there is none, or another one, why. The names that a tool has for it are on the page of
the rule.
"""


class Hazard(BaseModel):
    """One thing that can go wrong, whatever it is called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    area: str
    rules: tuple[str, ...]
    """The rules that find it; none when it is not looked for, and ``why`` says the reason."""
    why: str = ""
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


def page() -> str:
    """``docs/hazards.md``."""
    parts = [_PAGE.format(count=len(all_hazards()))]
    for area, hazards in groupby(all_hazards().items(), key=lambda item: item[1].area):
        rows = "".join(_row(id, hazard) for id, hazard in hazards)
        parts.append(
            f"## {area[0].upper()}{area[1:]}\n\n| hazard | | found by | |\n|---|---|---|---|\n{rows}"
        )
    return "\n".join(parts)


def _row(id: str, hazard: Hazard) -> str:
    rules = ", ".join(f"[{rule}](rules/{rule}.md)" for rule in hazard.rules)
    return f"| {id} | {_cell(hazard.about)} | {rules or '—'} | {_cell(hazard.why)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
