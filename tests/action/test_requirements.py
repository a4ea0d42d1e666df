"""What the Action installs beside itself: all of it pinned, with its digests, as pyproject.toml wants it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from runner import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TEXT = (ROOT / "requirements" / "action.txt").read_text()
LINE = re.compile(r"^([\w.-]+)==(\S+?)(?: ;.*)? \\$", re.MULTILINE)
PINNED = {canonicalize_name(name): Version(version) for name, version in LINE.findall(TEXT)}
OURS = canonicalize_name(PROJECT["project"]["name"])


def wanted(extra: str) -> Iterator[Requirement]:
    """What pyproject.toml names for an extra, those of the extras in it too."""
    for text in PROJECT["project"]["optional-dependencies"].get(extra, PROJECT["project"]["dependencies"]):
        one = Requirement(text)
        if canonicalize_name(one.name) == OURS:
            for inner in one.extras:
                yield from wanted(inner)
        else:
            yield one


def needed(requirement: Requirement, seen: set[str]) -> Iterator[Requirement]:
    """It and all that it depends on, as far as the pinned version of it is installed here."""
    if not (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
        return
    yield requirement
    key = f"{canonicalize_name(requirement.name)}[{','.join(sorted(requirement.extras))}]"
    if key in seen or Version(metadata.version(requirement.name)) != PINNED.get(
        canonicalize_name(requirement.name)
    ):
        return  # another version may depend on something else
    seen.add(key)
    for text in metadata.requires(requirement.name) or ():
        inner = Requirement(text)
        extras = requirement.extras or {""}
        if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras):
            inner.marker = None
            yield from needed(inner, seen)


def test_everything_is_pinned_as_the_project_wants_it() -> None:
    build = [Requirement(text) for text in PROJECT["build-system"]["requires"]]
    asked = [*build, *wanted("none"), *wanted("action")]
    assert len(asked) > 12
    wrong = [str(one) for one in asked if PINNED.get(canonicalize_name(one.name)) not in one.specifier]
    assert wrong == [], "make requirements/action.txt again: its first lines say how"


def test_so_is_all_that_they_depend_on() -> None:
    seen: set[str] = set()
    names = {
        canonicalize_name(found.name)
        for one in [*wanted("none"), *wanted("action")]
        for found in needed(one, seen)
    }
    assert len(names) > 12 and names <= PINNED.keys()


def test_each_pin_has_its_digests() -> None:
    pins = re.split(r"^(?=[\w.-]+==)", TEXT, flags=re.MULTILINE)[1:]
    assert len(pins) == len(PINNED) and all("--hash=sha256:" in pin for pin in pins)
