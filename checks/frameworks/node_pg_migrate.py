"""node-pg-migrate: ``<number>_name.sql`` with up and down sections; JavaScript and TypeScript are code.

Every file of the folder that does not begin with a dot is a migration and must begin with a number (17 digits are
a UTC time, everything else is taken as the number it is); they run by number, then by name. In a SQL file,
``-- Up Migration`` and ``-- Down Migration`` (any case, more dashes and blanks allowed) begin the sections.
Without an up marker the whole file is the up script, a down section included; without a down marker there is no
way back. Paired ``.up.sql`` and ``.down.sql`` files are read as pairs only with the loader ``sql``
(``migrationLoaderStrategies``). Each section is one query.

All pending migrations share one transaction, unless ``--no-single-transaction`` is given: then each has its own.
``pgm.noTransaction()`` exists in code only. A migration older than the newest applied one is refused (``checkOrder``).

Source: ``sqlMigration.ts``, ``migrationLoader.ts``, ``migration.ts``, ``runner.ts`` of node-pg-migrate 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from checks.frameworks.files import (
    Part,
    depends_on,
    digest,
    line_of,
    near_miss,
    opaque,
    script,
    source,
    whole_file,
)
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.view import View, base_name
from checks.model.migrations import History, Migration, Problem, Script, TransactionMode
from checks.settings import Settings

_UP = re.compile(r"^[^\S\n]*--[\s-]{0,30}up\s{1,30}migration", re.IGNORECASE | re.MULTILINE)
_DOWN = re.compile(r"^[^\S\n]*--[\s-]{0,30}down\s{1,30}migration", re.IGNORECASE | re.MULTILINE)
_CODE = (".js", ".ts", ".cjs", ".mjs", ".cts", ".mts")
_NAME = re.compile(r"(\d+)[_-].*\.(?:sql|[cm]?[jt]s)")
_PAIRED = re.compile(r"\.(up|down)\.sql$")
_TABLE = """CREATE TABLE public.pgmigrations (
    id serial PRIMARY KEY,
    name varchar(255) NOT NULL,
    run_on timestamp NOT NULL
)"""


class NodePgMigrate:
    name = "node-pg-migrate"

    def claims(self, view: View) -> Iterable[Claim]:
        for folder in view.folders:
            files = [path for path in view.files(folder) if _NAME.fullmatch(base_name(path))]
            ours = [path for path in files if _is_ours(view, path)]
            if ours and (folder.endswith("migrations") or any(path.endswith(".sql") for path in ours)):
                yield Claim(self.name, folder, Strength.DIRECTIVE, tuple(ours))
            elif (
                files
                and folder.endswith("migrations")
                and depends_on(view, folder, "package.json", '"node-pg-migrate"')
            ):
                yield Claim(self.name, folder, Strength.DEPENDENCY, tuple(files))

    def read(self, view: View, folder: str, settings: Settings) -> History:
        mode = _mode(view, folder)
        files = [path for path in view.files(folder) if not base_name(path).startswith(".")]
        numbered = sorted((path for path in files if re.match(r"\d", base_name(path))), key=_order)
        pairs = {_PAIRED.sub("", path) for path in numbered if path.endswith(".up.sql")}
        units = [
            path for path in numbered if not (path.endswith(".down.sql") and _PAIRED.sub("", path) in pairs)
        ]
        read = [_migration(view, path, mode) for path in units]
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(migration for migration, _ in read),
            problems=(
                *(problem for _, found in read for problem in found),
                *_without_number(files),
                *_unpaired(view, folder, numbered),
            ),
            strict_order=True,
            bookkeeping=(_TABLE,),
        )


def _is_ours(view: View, path: str) -> bool:
    if path.endswith(".sql"):
        return view.holds(path, "igration", "IGRATION") and bool(
            _UP.search(source(view, path).text) or _DOWN.search(source(view, path).text)
        )
    return view.holds(path, "node-pg-migrate", "(pgm", "pgm:")


def _mode(view: View, folder: str) -> TransactionMode:
    manifest = view.nearest(folder, "package.json")
    own = manifest is not None and view.holds(manifest, "--no-single-transaction")
    return TransactionMode.TRANSACTION if own else TransactionMode.ALL_PENDING


def _order(path: str) -> tuple[int, list[tuple[bool, int, str]]]:
    """The number, then the name with its own numbers compared as numbers."""
    name = base_name(path)
    digits = re.match(r"\d+", name)
    pieces = re.findall(r"\d+|[^\W\d]+", name)
    natural = [(not piece.isdigit(), int(piece) if piece.isdigit() else 0, piece.lower()) for piece in pieces]
    return _number(digits[0] if digits else "0"), natural


def _number(prefix: str) -> int:
    """Milliseconds for a 17-digit UTC time, else the number itself."""
    if len(prefix) != 17:
        return int(prefix)
    try:
        moment = datetime.strptime(prefix[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return int(prefix)
    return int(moment.timestamp()) * 1000 + int(prefix[14:])


def _migration(view: View, path: str, mode: TransactionMode) -> tuple[Migration, list[Problem]]:
    stem = base_name(path).rpartition(".")[0]
    version = stem.removesuffix(".up")
    name = re.sub(r"^\d+[_-]?", "", version)
    if path.endswith(_CODE):
        return opaque(view, version, name, [path], "a JavaScript or TypeScript migration, which is code"), []
    down_file = _PAIRED.sub(".down.sql", path)
    files = (path, down_file) if down_file != path and view.has(down_file) else (path,)
    texts = [source(view, file) for file in files]
    broken = [text.problem for text in texts if text.problem]
    if broken:
        return opaque(view, version, name, files, broken[0].message, broken[0].line), broken
    if path.endswith(".up.sql"):
        up = whole_file(path, texts[0].text, mode)
        down = whole_file(down_file, texts[1].text, mode) if len(texts) > 1 else None
    else:
        up, down = _sections(path, texts[0].text, mode)
    migration = Migration(
        version=version, name=name, path=path, files=files, digest=digest(view, files), up=up, down=down
    )
    return migration, list(_down_in_up(path, texts[0].text))


def _sections(path: str, text: str, mode: TransactionMode) -> tuple[Script, Script | None]:
    up, down = _UP.search(text), _DOWN.search(text)
    up_from = up.start() if up else 0
    down_from = down.start() if down else len(text)
    up_to = down_from if up and down and down_from > up_from else len(text)
    up_script = _slice(path, text, up_from, up_to, mode)
    if not down:
        return up_script, None
    down_to = up_from if up and up_from > down_from else len(text)
    return up_script, _slice(path, text, down_from, down_to, mode)


def _slice(path: str, text: str, start: int, end: int, mode: TransactionMode) -> Script:
    return script(path, [Part(text[start:end], line_of(text, start))], mode)


def _down_in_up(path: str, text: str) -> Iterator[Problem]:
    down = _DOWN.search(text)
    if down and not _UP.search(text):
        line = line_of(text, down.end())
        message = (
            "Without a line `-- Up Migration` node-pg-migrate runs the whole file as the up script, this down section "
            "included. Put `-- Up Migration` above the first statement."
        )
        yield near_miss(path, line, message)


def _without_number(files: Iterable[str]) -> Iterator[Problem]:
    for path in files:
        if not re.match(r"\d", base_name(path)):
            message = (
                "node-pg-migrate takes every file of this folder for a migration and stops at one whose name does not "
                "begin with a number. Give it one, or move it away (or name it in --ignore-pattern)."
            )
            yield near_miss(path, 1, message)


def _unpaired(view: View, folder: str, numbered: Iterable[str]) -> Iterator[Problem]:
    paired = [path for path in numbered if path.endswith(".down.sql")]
    manifest = view.nearest(folder, "package.json")
    if paired and not (manifest and view.holds(manifest, "migrationLoaderStrategies")):
        message = (
            "node-pg-migrate runs this file as an up migration: pairs of .up.sql and .down.sql need the loader `sql` in "
            "`migrationLoaderStrategies`, and no such setting is in package.json."
        )
        yield near_miss(paired[0], 1, message)


FRAMEWORK = NodePgMigrate()
