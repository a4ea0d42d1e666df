"""Primary key, references and check constraints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checks.ash.deviation import Aspect, Deviation
from checks.ash.expected import Made
from checks.ash.vocabulary import Kind
from checks.catalog import Catalog, Constraint

_COLUMNS = re.compile(r"^FOREIGN KEY \([^)]*\) REFERENCES [^(]*\([^)]*\)")
_NOT_VALID = re.compile(r" NOT VALID$")


def key_deviations(one: Made, catalog: Catalog) -> Iterator[Deviation]:
    """The columns of the primary key; its name and their order are not the snapshot's to say."""
    key = next((c for c in catalog.constraints(one.wanted.table) if c.kind == "primary key"), None)
    real, said = (key.columns if key else ()), one.wanted.snapshot.primary_key
    if {*real} != {*said}:
        texts = [", ".join(columns) or None for columns in (said, real)]
        name = texts[0] or texts[1] or ""
        yield Deviation(one.wanted.table, Kind.PRIMARY_KEY, name, Aspect.DEFINITION, *texts)


def reference_deviations(one: Made, catalog: Catalog) -> Iterator[Deviation]:
    real, said = (_of_kind("foreign key", catalog, table) for table in (one.wanted.table, one.wanted.made))
    yield from _refused(one, Kind.REFERENCE, real)
    left = dict(real)
    for name, expected in said.items():
        there = left.pop(name, None) or _same_columns(expected, left, said)
        if there is None:
            yield _deviation(one, Kind.REFERENCE, name, Aspect.MISSING, expected)
        elif _reference(expected) != _reference(there):
            left.pop(there.name, None)
            yield _deviation(one, Kind.REFERENCE, name, Aspect.DEFINITION, expected, there)
        elif there.name != name:
            del left[there.name]
            yield Deviation(one.wanted.table, Kind.REFERENCE, name, Aspect.NAME, name, there.name)
    yield from _extra(one, Kind.REFERENCE, left)


def check_deviations(one: Made, catalog: Catalog) -> Iterator[Deviation]:
    real, said = (_of_kind("check", catalog, table) for table in (one.wanted.table, one.wanted.made))
    yield from _refused(one, Kind.CHECK, real)
    for name, expected in said.items():
        there = real.get(name)
        if there is None:
            yield _deviation(one, Kind.CHECK, name, Aspect.MISSING, expected)
        elif _plain(expected) != _plain(there):
            yield _deviation(one, Kind.CHECK, name, Aspect.DEFINITION, expected, there)
    yield from _extra(one, Kind.CHECK, {name: real[name] for name in real.keys() - said.keys()})


def _of_kind(kind: str, catalog: Catalog, table: str) -> dict[str, Constraint]:
    return {one.name: one for one in catalog.constraints(table) if one.kind == kind}


def _same_columns(
    expected: Constraint, left: Mapping[str, Constraint], said: Mapping[str, Constraint]
) -> Constraint | None:
    """The same reference under another name."""
    others = (other for name, other in left.items() if name not in said)
    return next((other for other in others if _pairs(other) == _pairs(expected)), None)


def _reference(constraint: Constraint) -> object:
    """In whatever order its columns are."""
    rest = _COLUMNS.sub("", _plain(constraint))
    return constraint.references, _pairs(constraint), rest


def _pairs(constraint: Constraint) -> object:
    columns = zip(constraint.columns, constraint.referenced_columns, strict=True)
    return constraint.references, frozenset(columns)


def _plain(constraint: Constraint) -> str:
    """A constraint that is still to be validated is not another one."""
    return _NOT_VALID.sub("", constraint.definition)


def _refused(one: Made, kind: Kind, real: Mapping[str, Constraint]) -> Iterator[Deviation]:
    """What cannot even be made, and is not there."""
    for (of_kind, name), reason in one.refused.items():
        if of_kind is kind and name[:63] not in real:
            yield Deviation(one.wanted.table, kind, name, Aspect.MISSING, one.told(reason))


def _extra(one: Made, kind: Kind, left: Mapping[str, Constraint]) -> Iterator[Deviation]:
    known = {name[:63] for of_kind, name in one.refused if of_kind is kind}
    for name, constraint in sorted(left.items()):
        if name not in known and not one.wanted.snapshot.has_statement_about(name):
            yield Deviation(one.wanted.table, kind, name, Aspect.EXTRA, None, _plain(constraint))


def _deviation(
    one: Made, kind: Kind, name: str, aspect: Aspect, said: Constraint, real: Constraint | None = None
) -> Deviation:
    return Deviation(one.wanted.table, kind, name, aspect, _plain(said), _plain(real) if real else None)
