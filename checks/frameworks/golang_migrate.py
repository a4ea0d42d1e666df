"""golang-migrate: ``<number>_<name>.up.sql`` and ``.down.sql``, paired by the number alone.

The whole file goes to the server as one query, without a transaction of the tool's own, unless the
database URL says ``x-multi-statement=true``: then it is cut at every semicolon, wherever it stands.
A version without one of the two files counts as an empty script. Versions below the newest applied
one are never looked at again. Source: golang-migrate v4, ``source/parse.go``, ``migrate.go``,
``database/postgres/postgres.go``, ``database/multistmt/parse.go``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from checks.frameworks.files import (
    Part,
    depends_on,
    digest,
    near_miss,
    opaque,
    script,
    source,
    whole_file,
)
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.view import View, base_name, join, parent
from checks.model.migrations import History, Migration, Problem, Script, TransactionMode
from checks.settings import Settings

_NAME = re.compile(r"(?P<version>[0-9]+)_(?P<name>.*)\.(?P<direction>down|up)\.sql")
_ALMOST = re.compile(
    r"[Vv]?(?P<version>[0-9]+)[-_. ]*(?P<name>.*?)[-_.](?P<direction>up?|down?|dwon|donw|rollback)\.(?:sql|psql|pgsql)",
    re.IGNORECASE,
)
_MAX_VERSION = 2**64 - 1
_BOOKKEEPING = "CREATE TABLE IF NOT EXISTS schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)"
_URL_FILES = re.compile(
    r"(?:GNU)?[Mm]akefile|justfile|Taskfile\.ya?ml|(?:docker-)?compose.*\.ya?ml|\.env.*|Dockerfile.*"
)


class GolangMigrate:
    name = "golang-migrate"

    def claims(self, view: View) -> Iterator[Claim]:
        for folder, names in view.sql_folders.items():
            files = tuple(join(folder, name) for name in names if _match(name))
            if any(file.endswith(".up.sql") for file in files):
                depends = depends_on(view, folder, "go.mod", "golang-migrate/migrate")
                yield Claim(self.name, folder, Strength.DEPENDENCY if depends else Strength.GRAMMAR, files)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        pairs: dict[int, dict[str, list[str]]] = defaultdict(lambda: {"up": [], "down": []})
        for path in view.files(folder):
            if match := _match(base_name(path)):
                pairs[int(match["version"])][match["direction"]].append(path)
        splits = _splits_statements(view, folder)
        problems = list(_near_misses(view, folder))
        migrations: list[Migration] = []
        for version, files in sorted(pairs.items()):
            for number, up in enumerate(files["up"]):
                down = files["down"][number : number + 1]
                migrations.append(_migration(view, version, up, down, splits, problems))
            for down_only in files["down"] if not files["up"] else ():
                problems.append(_without_up(down_only))
                migrations.append(_empty(view, version, down_only, splits, problems))
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(migrations),
            problems=tuple(problems),
            strict_order=True,
            bookkeeping=(_BOOKKEEPING,),
        )


FRAMEWORK = GolangMigrate()


def _match(name: str) -> re.Match[str] | None:
    match = _NAME.fullmatch(name)
    return match if match and int(match["version"]) <= _MAX_VERSION else None


def _migration(
    view: View, version: int, up: str, down: list[str], splits: bool, problems: list[Problem]
) -> Migration:
    match = _match(base_name(up))
    name = match["name"] if match else base_name(up)
    down_script = _script(view, down[0], splits, problems) if down else None
    up_script = _script(view, up, splits, problems)
    if up_script is None:
        return opaque(
            view,
            str(version),
            name,
            [up, *down],
            f"the file {problems[-1].message}",
            problems[-1].line,
            down_script,
        )
    return Migration(
        version=str(version),
        name=name,
        path=up,
        files=(up, *down),
        digest=digest(view, [up, *down]),
        up=up_script,
        down=down_script,
    )


def _empty(view: View, version: int, down: str, splits: bool, problems: list[Problem]) -> Migration:
    """What the tool makes of a version that has only a down file."""
    match = _match(base_name(down))
    return Migration(
        version=str(version),
        name=match["name"] if match else base_name(down),
        path=down,
        files=(down,),
        digest=digest(view, [down]),
        up=script(down, [], TransactionMode.SINGLE_QUERY),
        down=_script(view, down, splits, problems),
    )


def _script(view: View, path: str, splits: bool, problems: list[Problem]) -> Script | None:
    file = source(view, path)
    if file.problem:
        problems.append(file.problem)
        return None
    if splits:
        return script(path, _at_semicolons(file.text), TransactionMode.AUTOCOMMIT)
    return whole_file(path, file.text, TransactionMode.SINGLE_QUERY)


def _at_semicolons(text: str) -> list[Part]:
    """Cut as ``x-multi-statement`` does: at every semicolon, quoted or not."""
    parts, line = [], 1
    for piece in re.findall(r"[^;]*;|[^;]+$", text):
        parts.append(Part(piece, line))
        line += piece.count("\n")
    return parts


def _splits_statements(view: View, folder: str) -> bool:
    """Whether a Makefile, compose or env file above the folder has a database URL that switches it on."""
    while True:
        for path in view.files(folder):
            if _URL_FILES.fullmatch(base_name(path)) and view.holds(path, "x-multi-statement=true"):
                return True
        if not folder:
            return False
        folder = parent(folder)


def _without_up(path: str) -> Problem:
    wanted = base_name(path).removesuffix(".down.sql") + ".up.sql"
    return near_miss(
        path,
        1,
        f"No up file has this version, so golang-migrate records it and runs nothing. Probably {wanted} is missing "
        "or has another number.",
    )


def _near_misses(view: View, folder: str) -> Iterable[Problem]:
    for path in view.files(folder):
        name = base_name(path)
        match = _ALMOST.fullmatch(name)
        if match and not _match(name):
            direction = "up" if match["direction"].lower().startswith("u") else "down"
            meant = f"{match['version']}_{match['name'].strip('-_. ') or 'name'}.{direction}.sql"
            message = (
                f"golang-migrate skips this file without a word: it reads <number>_<name>.up.sql and "
                f"<number>_<name>.down.sql only. Probably {meant} was meant."
            )
            yield near_miss(path, 1, message)
        elif not match and re.fullmatch(r"[0-9]+[-_. ].*\.sql", name) and not _match(name):
            message = (
                "golang-migrate skips this file without a word: the name says neither .up.sql nor .down.sql. "
                f"Probably {name.removesuffix('.sql')}.up.sql was meant."
            )
            yield near_miss(path, 1, message)
