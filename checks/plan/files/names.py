"""Names for migrations that come behind the ones that are there, in the folder's own grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.plan.files.rewrite import CannotWrite

_DIGITS = re.compile(r"[0-9]+")
_TIME = "%Y%m%d%H%M%S"


@dataclass(frozen=True)
class Name:
    """The name of a file or folder of one migration: ``V12__add_index.sql``."""

    before: str
    version: str
    """As it is written: ``12``, ``2026_11_28_120000``, ``1.2``."""
    separator: str
    name: str
    tail: str = ""
    """``.sql``, ``.up.sql``, or nothing for a folder."""

    def text(self, version: str, more: str) -> str:
        return f"{self.before}{version}{self.separator}{self.name}{more}{self.tail}"


def parse_name(text: str, compound: str = "") -> Name:
    """``compound``: the characters that join the parts of one version (``._`` for Flyway).

    Raises CannotWrite for a name that does not begin with a number: then nobody knows what comes next.
    """
    more = rf"(?:[{re.escape(compound)}][0-9]+)*" if compound else ""
    found = re.fullmatch(
        rf"(?P<before>[A-Za-z]?)(?P<version>[0-9]+{more})(?P<separator>[-_. #]+)(?P<name>.*?)"
        r"(?P<tail>(?:[-_.](?:up|do))?\.sql|)",
        text,
    )
    if found is None:
        raise CannotWrite(f"No number can be told from the name `{text}`, so none that follows it.")
    return Name(**found.groupdict())


def next_name(own: str, taken: Iterable[str], more: str, compound: str = "") -> str:
    """The first free name behind ``own``: right behind it where there is room, else behind all that are taken."""
    name = parse_name(own, compound)
    known = sorted(_numbers(found.version) for other in taken if (found := _parsed(other, compound)))
    version = following(name.version)
    if _numbers(version) in known and known[-1] >= _numbers(version):
        version = following(_written(name.version, known[-1]))
    return name.text(version, more)


def following(version: str) -> str:
    """The next number, as wide; of a time the next second."""
    digits = "".join(_DIGITS.findall(version))
    if len(digits) == len("20261128120000"):
        try:
            moment = datetime.strptime(digits, _TIME) + timedelta(seconds=1)
        except ValueError:
            return _counted(version)
        return _spread(version, moment.strftime(_TIME))
    return _counted(version)


def _counted(version: str) -> str:
    last = list(_DIGITS.finditer(version))[-1]
    number = str(int(last[0]) + 1).zfill(len(last[0]))
    return version[: last.start()] + number


def _spread(pattern: str, digits: str) -> str:
    """The digits in the place of the pattern's."""
    left = iter(digits)
    return _DIGITS.sub(lambda match: "".join(next(left) for _ in match[0]), pattern)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in _DIGITS.findall(version))


def _written(pattern: str, numbers: tuple[int, ...]) -> str:
    """A version like the pattern with these numbers; the parts that the pattern has not are left out."""
    left = iter(numbers)
    return _DIGITS.sub(lambda match: str(next(left, 0)).zfill(len(match[0])), pattern)


def _parsed(text: str, compound: str) -> Name | None:
    try:
        return parse_name(text, compound)
    except CannotWrite:
        return None
