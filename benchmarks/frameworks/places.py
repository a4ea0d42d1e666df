"""A project's statements, each with the line that sent it and the line that is told for it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.frameworks.ears import ALEMBIC, ASK, DJANGO, RUBY
from benchmarks.frameworks.project import Project
from checks.model.migrations import History
from checks.sandbox.cluster import Cluster
from checks.sandbox.server import Role
from checks.trees.directory import DirectoryTree
from checks.wire import asking
from checks.wire.command import variables
from checks.wire.history import history_of, text_of
from checks.wire.lines import lines_of
from checks.wire.proxy import listening
from checks.wire.recorded import Recorded

_NO_CHANGE = ("SELECT", "SHOW", "SET ", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
_MARK = re.compile(r" /\* place (.*?):(\d+) \*/")
_VERSIONS = r"/versions/(?:\w+/)?[^/]+\.py$"


@dataclass(frozen=True)
class Place:
    file: str
    text: str
    sql: str
    true: int
    told: int
    is_guess: bool


def placed(name: str, project: Project, server: Cluster, cache: Path) -> Iterator[tuple[str, list[Place]]]:
    """With the name of the tool, and of the way in which the lines are told."""
    if name == "rails":
        yield name, [*_by_file(project, server, cache)]
        return
    heard, true = _marked(name, project, server, cache)
    tree = DirectoryTree(project.files, "files")
    history = history_of(heard, tree)
    yield name, [*_by_history(history, true, tree, project)]
    if name == "django":
        asked = _asked(history, project, server, cache, tree)
        yield "django, sqlmigrate", [*_by_history(asked, true, tree, project)]


def _by_file(project: Project, server: Cluster, cache: Path) -> Iterator[Place]:
    """Rails writes a line for each statement: its file, the line, its text."""
    ear, log = cache / "ear.rb", cache / "places.tsv"
    ear.write_text(RUBY)
    log.write_text("")
    _run(project, server, {"RUBYOPT": f"-r{ear}", "PLACES": str(log)}, project.migrate)
    sent: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in log.read_text().splitlines():
        path, line, statement = row.split("\t", 2)
        own = "schema_migrations" in statement or "ar_internal_metadata" in statement
        if not own and not statement.upper().startswith(_NO_CHANGE):
            sent[path].append((int(line), statement))
    for path, statements in sent.items():
        text = Path(path).read_text()
        told = lines_of([one for _, one in statements], text)
        for (line, statement), one in zip(statements, told, strict=True):
            yield Place(path, text, statement, line, one.line, one.is_guess)


True_ = dict[tuple[str, str], list[int]]
"""A file and a statement → the lines that sent it, in their order."""


def _marked(name: str, project: Project, server: Cluster, cache: Path) -> tuple[list[Recorded], True_]:
    folder = cache / f"ear-{name}"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text({"django": DJANGO, "alembic": ALEMBIC}[name])
    heard = _run(project, server, {"PLACES": _VERSIONS, "EAR": str(folder)}, project.migrate)
    plain, true = list[Recorded](), True_()
    for one in sorted(heard, key=lambda one: one.started):
        sql = _MARK.sub("", one.sql, count=1)
        if mark := _MARK.search(one.sql):
            true.setdefault((str(Path(mark[1]).resolve()), sql), []).append(int(mark[2]))
        plain.append(one.model_copy(update={"sql": sql}))
    return plain, true


def _by_history(history: History, true: True_, tree: DirectoryTree, project: Project) -> Iterator[Place]:
    left = {key: [*lines] for key, lines in true.items()}
    for migration in history.migrations:
        text, file = text_of(tree, migration.path), str((project.files / migration.path).resolve())
        for one in migration.up.statements if migration.up else ():
            lines = left.get((file, one.sql))
            if lines and not one.sql.upper().lstrip().startswith(_NO_CHANGE):
                yield Place(migration.path, text, one.sql, lines.pop(0), one.line, one.line_is_guess)


def _asked(history: History, project: Project, server: Cluster, cache: Path, tree: DirectoryTree) -> History:
    script, answers = cache / "ask.py", cache / "asked.json"
    script.write_text(ASK)
    folder = {"EAR": str(project.folder)}
    _run(project, server, folder, (project.migrate[0], str(script), str(answers)))
    printed: dict[str, str] = json.loads(answers.read_text())
    asking.MOST_ASKED = len(history.migrations)
    none = history.model_copy(update={"migrations": ()})
    command = ("python", "manage.py", "migrate")
    return asking.with_lines(
        history, none, tree, command, lambda asked: printed.get(".".join(asked[-2:]), "")
    )


def _run(
    project: Project, server: Cluster, more: dict[str, str], command: Sequence[str]
) -> tuple[Recorded, ...]:
    """``EAR`` goes to the front of Python's path."""
    server.create("lines")
    with server.connect("lines", Role.ADMIN) as admin:
        for extension in project.extensions:
            admin.execute(f'CREATE EXTENSION "{extension}" SCHEMA public'.encode())
    with listening(server.address) as proxy:
        where = variables(proxy.port, server, "lines")
        environment = {**os.environ, **where, **project.more(where), **more}
        path = (more.get("EAR"), environment.get("PYTHONPATH"))
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, path))
        subprocess.run(command, cwd=project.folder, env=environment, capture_output=True, check=False)
    server.drop("lines")
    return proxy.recorded
