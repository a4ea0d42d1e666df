"""The phrasings of ``phrases/``, and how a model spells what fills their slots."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Literal

from benchmarks.grounding.facts import Fact

Part = Literal["tuned", "fresh"]
"""What the checker was written against, and what was written when it was done."""
_FOLDER = Path(__file__).with_name("phrases")
_PLURAL = re.compile(
    r"(?i)\b(?:1|one) (?:more )?(?:statement|migration|finding)s? (?:are|were|run|make)\b|\bthere are (?:1|one)\b"
)
"""A phrasing for several, filled with one."""
_WORDS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


@cache
def phrasings(file: str, part: Part) -> dict[str, tuple[str, ...]]:
    """Kind → phrasings of ``true`` or ``false``."""
    found: dict[str, list[str]] = defaultdict(list)
    kind = ""
    for line in (_FOLDER / f"{part}_{file}.txt").read_text().splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            found[kind].append(line)
    return {kind: tuple(lines) for kind, lines in found.items()}


def slots_of(phrase: str) -> dict[str, None]:
    """In the order in which they stand there: what is drawn by lot is drawn in that order."""
    return {name: None for _, name, _, _ in Formatter().parse(phrase) if name}


def spell(phrase: str, fact: Fact, chance: random.Random) -> str | None:
    """The phrase filled from the fact; None when the fact lacks a value for it."""
    values = {name: _spelled(name, fact, chance) for name in slots_of(phrase)}
    if None in values.values():
        return None
    text = phrase.format(**values)
    if _PLURAL.search(text):
        return None
    return (
        text[0].upper() + text[1:]
        if text[0] != "`" and "_" not in text.split()[0] and _is_word(phrase)
        else text
    )


def _is_word(phrase: str) -> bool:
    """Whether it begins with a word of its own or a count, and not with a name."""
    return not phrase.startswith("{") or phrase.split("}")[0].endswith(("count", "mode_", "duration_"))


def _spelled(slot: str, fact: Fact, chance: random.Random) -> str | None:
    kind = slot.rstrip("_")
    if kind == "migration":
        return _migration(fact, chance)
    if kind == "a_mode":
        mode = _mode(str(fact.slots["mode"]), chance)
        return f"{'an' if mode.strip('`')[0] in 'AEae' else 'a'} {mode}"
    if kind == "table_plain":
        return str(fact.slots.get("table", "")).removeprefix("public.") or None
    value = fact.slots.get(kind)
    return None if value is None else _value(kind, value, chance)


def _value(kind: str, value: str | int | float, chance: random.Random) -> str:
    match kind:
        case "table" | "index":
            return _name(str(value), 1, chance)
        case "column" | "constraint":
            return _name(str(value), 2, chance)
        case "mode":
            return _mode(str(value), chance)
        case "type" | "old" | "new" | "message" | "sqlstate":
            return chance.choice((f"`{value}`", str(value)))
        case "file":
            return chance.choice((str(value), f"`{value}`", str(value).rpartition("/")[2]))
        case "duration":
            return _duration(float(value), chance)
        case "rows" | "touched":
            return chance.choice((f"{value:,}", str(value)))
        case "n_word":
            return _WORDS[int(value)]
        case _ if kind.endswith("_count"):
            return _count(kind, int(value), chance)
        case _:
            return str(value)


def _name(value: str, parts: int, chance: random.Random) -> str:
    """As most write it: without the schema, often between backticks, seldom with the table before it."""
    pieces = value.split(".")
    name = pieces[-1] if chance.random() < 0.8 else ".".join(pieces[-parts:])
    name = value if chance.random() < 0.1 else name
    return f"`{name}`" if chance.random() < 0.6 else name


def _mode(value: str, chance: random.Random) -> str:
    return chance.choices(
        (value, f"`{value}`", value.title().replace(" ", ""), value.lower()), (70, 14, 6, 10)
    )[0]


def _duration(milliseconds: float, chance: random.Random) -> str:
    ways = [f"{milliseconds:.1f} ms", f"about {milliseconds / 1000:.4f} s"]
    if milliseconds >= 1:
        ways += [f"{milliseconds:.0f} ms", f"about {milliseconds:.0f} ms", f"~{milliseconds:.0f}ms"]
        ways += [f"{milliseconds:.0f} milliseconds", f"roughly {milliseconds:.1f} milliseconds"]
    else:
        ways += ["less than a millisecond", "under 1 ms"]
    if milliseconds >= 10:
        ways += [f"{milliseconds / 1000:.3f} seconds", f"{milliseconds / 1000:.2f}s"]
    return chance.choice(ways)


def _count(kind: str, value: int, chance: random.Random) -> str:
    nouns = {
        "migrations": ("migration",),
        "statements": ("statement",),
        "behind": ("statement", "more statement"),
        "findings": ("finding",),
        "warnings": ("warning",),
        "errors": ("error",),
    }[kind.removesuffix("_count")]
    noun = chance.choice(nouns) + ("s" if value != 1 else "")
    return f"{chance.choice((str(value), _WORDS[value] if value <= 12 else str(value)))} {noun}"


def _migration(fact: Fact, chance: random.Random) -> str | None:
    if fact.place is None:
        return None
    file = fact.place.path.rpartition("/")[2]
    names = [fact.place.name, file, fact.place.path, fact.place.version]
    names = [one for one in names if len(one) > 5] or [file]
    chosen = chance.choice(names)
    return chance.choice((f"`{chosen}`", chosen))
