"""What a connection has prepared, and its portals: such a statement with values (PostgreSQL docs, 54.2.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checks.wire.fields import Bind, Parse
from checks.wire.literals import LiteralError, with_values
from checks.wire.shelf import Shelf

NOT_KNOWN = "the text was not seen"


@dataclass(slots=True)
class _Prepared:
    sql: str
    types: tuple[int, ...]


@dataclass(slots=True)
class Portal:
    sql: str
    sent: str = ""
    lost: str = ""
    has_begun: bool = False
    """Another Execute fetches what the first one has left, and runs nothing again (docs, 54.2.3)."""


class Portals:
    """Both by name, as many as fit."""

    def __init__(self) -> None:
        self._prepared: Shelf[_Prepared] = Shelf()
        self._portals: Shelf[Portal] = Shelf()

    def prepare(self, parse: Parse) -> None:
        self._prepared.put(parse.name, _Prepared(parse.sql, parse.types), len(parse.sql))

    def learn(self, name: str, types: tuple[int, ...]) -> None:
        if known := self._prepared.get(name):
            known.types = types

    def bind(self, bound: Bind, being_prepared: Iterable[Parse]) -> None:
        """What is being prepared in the same breath has no answer yet: the first of the name counts."""
        new = next((parse for parse in being_prepared if parse.name == bound.statement), None)
        known = _Prepared(new.sql, new.types) if new else self._prepared.get(bound.statement)
        portal = _filled(known, bound) if known else Portal("", lost=NOT_KNOWN)
        self._portals.put(bound.portal, portal, len(portal.sql))

    def get(self, name: str) -> Portal:
        return self._portals.get(name) or Portal("", lost=NOT_KNOWN)

    def close(self, kind: bytes, name: str) -> None:
        """``S``: the statement; ``P``: the portal."""
        if kind == b"S":
            self._prepared.drop(name)
        else:
            self._portals.drop(name)

    def end(self) -> None:
        """Portals end with their transaction."""
        self._portals.clear()

    def forget(self) -> None:
        self._portals.clear()
        self._prepared.clear()


def _filled(prepared: _Prepared, bound: Bind) -> Portal:
    try:
        return Portal(with_values(prepared.sql, bound, prepared.types), prepared.sql)
    except LiteralError as error:
        return Portal(prepared.sql, prepared.sql, str(error))
