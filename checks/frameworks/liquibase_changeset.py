"""One changeset of formatted SQL as a migration: its parameters, where it is cut, its way back."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checks.frameworks.files import Part, fill_placeholders, line_of, near_miss, script
from checks.frameworks.liquibase_sql import (
    FormattedChangeset,
    cut,
    cuts_at_delimiter,
    cuts_at_semicolons,
    text_of,
)
from checks.frameworks.psql import dollar_quoted
from checks.model.migrations import Migration, Problem, Script, TransactionMode

_PLACEHOLDER = re.compile(r"\$\{(?P<name>[\w.:-]{1,200})\}")
_NO_ROLLBACK = re.compile(r"\s*(?:not required|empty)", re.IGNORECASE)
_OTHER_CHANGESET = re.compile(r"changesetId:(?P<id>\S+)", re.IGNORECASE)


def read_changeset(
    path: str, changeset: FormattedChangeset, others: Sequence[FormattedChangeset], values: Mapping[str, str]
) -> tuple[Migration, Problem | None]:
    """``others`` are the changesets of the file (a rollback may name one), ``values`` the parameters by name."""
    maker = _Scripts(path, changeset, values)
    up = maker.script(text_of(changeset.sql), "splitStatements", "endDelimiter")
    down = maker.rollback(others)
    migration = Migration(
        version=f"{path}::{changeset.id}::{changeset.author}",
        name=f"{changeset.author}:{changeset.id}",
        path=path,
        files=(path,),
        digest=_digest(changeset),
        up=None if maker.opaque else up,
        down=down,
        opaque=maker.opaque,
        opaque_line=maker.opaque_line,
        repeatable=changeset.flag("runOnChange", False) or changeset.flag("runAlways", False),
        checksummed=hashlib.sha256(" ".join(_words(changeset)).encode()).hexdigest(),
        accepts_edits=changeset.accepts_edits,
    )
    return migration, maker.problem


def _digest(changeset: FormattedChangeset) -> str:
    """Over what makes the changeset what it is, wherever in the file it stands."""
    attributes = [f"{key}:{value}" for key, value in sorted(changeset.attributes.items())]
    lines = [line for _, line in (*changeset.sql, (0, "--rollback"), *changeset.rollback)]
    return hashlib.sha256("\n".join([*attributes, *lines]).strip().encode()).hexdigest()


def _words(changeset: FormattedChangeset) -> list[str]:
    """Of its SQL with its comments: white space, attributes and rollback are no part of Liquibase's checksum."""
    return [word for _, line in changeset.sql for word in line.split()]


@dataclass
class _Scripts:
    path: str
    changeset: FormattedChangeset
    values: Mapping[str, str]
    problem: Problem | None = None
    opaque: str | None = None
    opaque_line: int = 1
    mode: TransactionMode = field(init=False)

    def __post_init__(self) -> None:
        alone = not self.changeset.flag("runInTransaction", True)
        self.mode = TransactionMode.AUTOCOMMIT if alone else TransactionMode.TRANSACTION

    def script(self, part: Part | None, splits: str, delimiter: str) -> Script:
        """The part as Liquibase cuts it; ``splits`` and ``delimiter`` are the attributes that say how."""
        part = self._filled(part) if part else None
        return script(self.path, self._pieces(part, splits, delimiter) if part else [], self.mode)

    def rollback(self, others: Sequence[FormattedChangeset]) -> Script | None:
        """The way back; None when the author gave none (Liquibase makes none up for SQL)."""
        text = "\n".join(line for _, line in self.changeset.rollback)
        if not text.strip():
            return None
        if _NO_ROLLBACK.match(text):
            return script(self.path, [], self.mode)
        named = _OTHER_CHANGESET.search(text)
        if named:
            earlier = next((other for other in others if other.id == named["id"]), None)
            return self.script(text_of(earlier.sql), "splitStatements", "endDelimiter") if earlier else None
        return self.script(
            text_of(self.changeset.rollback), "rollbackSplitStatements", "rollbackEndDelimiter"
        )

    def _filled(self, part: Part) -> Part:
        if "${" not in part.text:
            return part
        text, missing = fill_placeholders(part.text, _PLACEHOLDER, self.values, part.line)
        if missing and not self.opaque:
            name, line = f"${{{missing[0].name}}}", missing[0].line
            message = (
                f"Nothing gives {name} a value, so Liquibase sends it as it stands. Define it with `--property`, or name "
                "its value under `placeholders` in the configuration."
            )
            self.problem = Problem(rule="missing-placeholder", path=self.path, line=line, message=message)
            self.opaque, self.opaque_line = f"nothing gives {name} a value", line
        return Part(text, part.line)

    def _pieces(self, part: Part, splits: str, delimiter: str) -> list[Part]:
        if not self.changeset.flag(splits, True):
            return [part]
        wanted = self.changeset.attributes.get(delimiter.lower())
        if wanted:
            return cut(part, cuts_at_delimiter(part.text, wanted), len(wanted))
        cuts = cuts_at_semicolons(part.text) if "$" in part.text else []
        broken = _inside(cuts, dollar_quoted(part.text)) if cuts else None
        if broken is None:
            return [part]
        self.problem = near_miss(
            self.path,
            part.line - 1 + line_of(part.text, broken),
            "Liquibase cuts the statement at this semicolon, inside a dollar-quoted body: it does not know dollar quotes. "
            "Add splitStatements:false, or an endDelimiter, to the changeset.",
        )
        return cut(part, cuts)


def _inside(positions: Sequence[int], spans: Sequence[tuple[int, int]]) -> int | None:
    """The first position that lies in one of the spans."""
    starts = [start for start, _ in spans]
    for position in positions:
        place = bisect_right(starts, position) - 1
        if place >= 0 and position < spans[place][1]:
            return position
    return None
