"""Differences as text, in the manner of a unified diff, grouped by object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff
from itertools import groupby

from checks.model.differences import Difference, DifferenceKind

SIGNS = {DifferenceKind.ADDED: "+", DifferenceKind.REMOVED: "-"}
LONG = 100
"""Characters from which two values are shown as a diff of their lines instead of side by side."""


def render(differences: Iterable[Difference]) -> str:
    """``+ column public.users.email text not null``, one object after the other; empty for no difference.

    ``+`` is new, ``-`` is gone, ``~`` has changed.
    """
    groups = groupby(differences, key=lambda difference: (difference.object_type, difference.name))
    return "\n".join(line for _, group in groups for line in lines(list(group)))


def lines(group: list[Difference]) -> Iterator[str]:
    for difference in group:
        sign = SIGNS.get(difference.kind)
        yield from changed(difference) if sign is None else one_sided(sign, difference)


def one_sided(sign: str, difference: Difference) -> Iterator[str]:
    head = f"{sign} {difference.object_type} {difference.name}"
    first, *rest = (difference.before or difference.after or "").splitlines() or [""]
    if not rest:
        yield f"{head} {first}".rstrip()
        return
    yield head
    yield from (f"{sign}     {line}".rstrip() for line in (first, *rest))


def changed(difference: Difference) -> Iterator[str]:
    head = f"~ {difference.object_type} {difference.name}: {difference.property}"
    before, after = difference.before or "none", difference.after or "none"
    if "\n" not in before + after and len(before) + len(after) < LONG:
        yield f"{head} {before} → {after}"
        return
    yield head
    body = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    yield from (f"{line[:1]}     {line[1:]}".rstrip() for line in list(body)[2:] if not line.startswith("@@"))
