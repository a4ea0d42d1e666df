"""sqitch: ``sqitch.plan`` says what is deployed in which order; the scripts are ``deploy/<name>.sql`` and ``revert/<name>.sql``.

A change that the plan has again is reworked: the earlier one's scripts are then ``<name>@<tag>.sql``, with a tag
from between. ``sqitch deploy`` stops at a change without a deploy script, and never looks at a script that
the plan does not name.

Scripts go to psql as they are (``--set ON_ERROR_STOP=1``), so each statement commits by itself unless the script says
BEGIN and COMMIT. psql's meta-commands are not run: see ``checks.frameworks.psql``. ``verify`` scripts are not read.
A deployed change is known by an id over its plan line and the lines before it; an edited script is only reported
(``sqitch status``, script hash).

Source: ``App::Sqitch::Plan``, ``::Plan::Change``, ``::Engine::pg`` and ``pg.sql`` of sqitch 1.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from checks.errors import FileError
from checks.frameworks.files import digest, near_miss, opaque, source, whole_file
from checks.frameworks.framework import Claim, Strength
from checks.frameworks.psql import read_psql
from checks.frameworks.sqitch_plan import PlannedChange, read_plan
from checks.frameworks.view import View, base_name, is_inside, join, parent
from checks.model.migrations import History, Migration, Problem, Script, TransactionMode
from checks.settings import Settings

_MOST_PROBLEMS = 20
_ENGINES = ("pg", "yugabyte")
_BUILT_IN = ("DBNAME", "USER", "HOST", "PORT", "ENCODING", "VERSION", "SERVER_VERSION_NUM", "registry")
_REGISTRY = (
    "CREATE SCHEMA IF NOT EXISTS sqitch",
    """CREATE TABLE sqitch.releases (
    version real PRIMARY KEY, installed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    installer_name text NOT NULL, installer_email text NOT NULL)""",
    """CREATE TABLE sqitch.projects (
    project text PRIMARY KEY, uri text UNIQUE, created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    creator_name text NOT NULL, creator_email text NOT NULL)""",
    """CREATE TABLE sqitch.changes (
    change_id text PRIMARY KEY, script_hash text, change text NOT NULL,
    project text NOT NULL REFERENCES sqitch.projects ON UPDATE CASCADE, note text NOT NULL DEFAULT '',
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(), committer_name text NOT NULL,
    committer_email text NOT NULL, planned_at timestamptz NOT NULL, planner_name text NOT NULL,
    planner_email text NOT NULL, UNIQUE (project, script_hash))""",
    """CREATE TABLE sqitch.tags (
    tag_id text PRIMARY KEY, tag text NOT NULL,
    project text NOT NULL REFERENCES sqitch.projects ON UPDATE CASCADE,
    change_id text NOT NULL REFERENCES sqitch.changes ON UPDATE CASCADE, note text NOT NULL DEFAULT '',
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(), committer_name text NOT NULL,
    committer_email text NOT NULL, planned_at timestamptz NOT NULL, planner_name text NOT NULL,
    planner_email text NOT NULL, UNIQUE (project, tag))""",
)


class Project(NamedTuple):
    """Where a plan's scripts are, from ``sqitch.conf``."""

    plan: str
    deploy: str
    revert: str
    extension: str
    variables: tuple[str, ...]
    """Names that psql gives a value."""


class Sqitch:
    name = "sqitch"

    def claims(self, view: View) -> Iterable[Claim]:
        for project in _projects(view):
            scripts = tuple(path for path in view.paths() if is_inside(path, project.deploy))
            inside = tuple(
                other
                for other in view.folders
                if any(
                    is_inside(other, place) for place in (project.deploy, project.revert, _verify(project))
                )
            )
            yield Claim(self.name, parent(project.plan), Strength.MARKER, (project.plan, *scripts), inside)

    def read(self, view: View, folder: str, settings: Settings) -> History:
        projects = [project for project in _projects(view) if parent(project.plan) == folder]
        if not projects:
            return History(tool=self.name, folder=folder, migrations=())
        project = projects[0]
        read = source(view, project.plan)
        plan = read_plan(read.text, project.plan)
        deployable = [
            change for change in plan.changes if view.has(_file(view, project, change, project.deploy))
        ]
        migrations = [_migration(view, project, change) for change in deployable]
        return History(
            tool=self.name,
            folder=folder,
            migrations=tuple(migration for migration, _ in migrations),
            problems=(
                *(problem for _, found in migrations for problem in found),
                *((read.problem,) if read.problem else plan.problems),
                *_without_script(view, project, plan.changes),
                *_without_plan(view, project, plan.changes),
            ),
            strict_order=True,
            bookkeeping=_REGISTRY,
        )


def _projects(view: View) -> Iterator[Project]:
    """Every plan for PostgreSQL: those called ``sqitch.plan``, and the ones that a ``sqitch.conf`` names."""
    seen: set[str] = set()
    for path in view.paths():
        name = base_name(path)
        if name not in ("sqitch.plan", "sqitch.conf"):
            continue
        conf = view.nearest(parent(path), "sqitch.conf")
        core = _conf(view, conf) if conf else {}
        plan = (
            path
            if name == "sqitch.plan"
            else _place(parent(path), core.get("plan_file") or _default_plan(core))
        )
        if core.get("engine", "pg") in _ENGINES and view.has(plan) and plan not in seen:
            seen.add(plan)
            yield _project(plan, parent(conf) if conf else parent(plan), core)


def _default_plan(core: dict[str, str]) -> str:
    return join(core.get("top_dir", "."), "sqitch.plan")


def _project(plan: str, base: str, core: dict[str, str]) -> Project:
    top = _place(base, core["top_dir"]) if "top_dir" in core else parent(plan)

    def place(name: str) -> str:
        return _place(base, core[f"{name}_dir"]) if f"{name}_dir" in core else join(top, name)

    variables = tuple(key.removeprefix("variable ") for key in core if key.startswith("variable "))
    return Project(
        plan, place("deploy"), place("revert"), core.get("extension", "sql"), (*_BUILT_IN, *variables)
    )


def _verify(project: Project) -> str:
    return join(parent(project.deploy), "verify")


def _place(base: str, path: str) -> str:
    parts = [part for part in join(base, path).split("/") if part not in ("", ".")]
    return "/".join(parts)


def _conf(view: View, path: str) -> dict[str, str]:
    """``[core]``, overridden by ``[engine "pg"]``; variables as ``variable <name>``. Empty when it is broken."""
    import configparser  # late: few trees have one

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, comment_prefixes=("#", ";"))
    try:
        parser.read_string(re.sub(r"(?m)^[ \t]+", "", view.text(path)))
    except (FileError, configparser.Error):
        return {}
    values: dict[str, str] = {}
    for section in ("core", 'engine "pg"'):
        if parser.has_section(section):
            values.update({key: value.strip().strip('"') for key, value in parser.items(section) if value})
    for section in parser.sections():
        if section.endswith('variables"'):
            values.update({f"variable {key}": value or "" for key, value in parser.items(section)})
    return values


def _file(view: View, project: Project, change: PlannedChange, folder: str) -> str:
    """The change's script in the deploy or revert folder."""
    plain = join(folder, f"{change.name}.{project.extension}")
    tagged = [join(folder, f"{change.name}{tag}.{project.extension}") for tag in change.rework_tags]
    return next((path for path in tagged if view.has(path)), tagged[0] if tagged else plain)


def _migration(view: View, project: Project, change: PlannedChange) -> tuple[Migration, list[Problem]]:
    """``path`` stays the change's own name when it was reworked: it is still the same change, moved aside."""
    version = f"{change.planned_at} {change.name}"
    deploy, revert = (_file(view, project, change, folder) for folder in (project.deploy, project.revert))
    files = (deploy, revert) if view.has(revert) else (deploy,)
    scripts = [_script(view, path, project) for path in files]
    problems = [problem for _, problem in scripts if problem]
    up, problem = scripts[0]
    down = scripts[1][0] if len(scripts) > 1 else None
    if problem:
        return opaque(view, version, change.name, files, problem.message, problem.line, down), problems
    migration = Migration(
        version=version,
        name=change.name,
        path=join(project.deploy, f"{change.name}.{project.extension}"),
        files=files,
        digest=digest(view, files),
        up=up,
        down=down,
    )
    return migration, problems


def _script(view: View, path: str, project: Project) -> tuple[Script | None, Problem | None]:
    read = source(view, path)
    if read.problem:
        return None, read.problem
    psql = read_psql(read.text, project.variables)
    if psql.reason:
        message = (
            f"This script is not run: {psql.reason}. sqitch hands it to psql, and the engine never runs psql."
        )
        return None, Problem(rule="psql-command", path=path, line=psql.line, message=message)
    return whole_file(path, psql.sql, TransactionMode.AUTOCOMMIT), None


def _without_script(view: View, project: Project, changes: Iterable[PlannedChange]) -> Iterator[Problem]:
    missing = (
        (change, path)
        for change in changes
        if not view.has(path := _file(view, project, change, project.deploy))
    )
    for change, path in islice(missing, _MOST_PROBLEMS):
        message = f"sqitch stops at {change.name}: there is no {path}. Commit the script, or take the change out of the plan."
        yield near_miss(project.plan, change.line, message)


def _without_plan(view: View, project: Project, changes: Iterable[PlannedChange]) -> Iterator[Problem]:
    changes = list(changes)
    for folder in (project.deploy, project.revert):
        planned = {_file(view, project, change, folder) for change in changes}
        for path in view.paths():
            if is_inside(path, folder) and path.endswith(f".{project.extension}") and path not in planned:
                message = (
                    f"sqitch never runs this script: {project.plan} has no such change. Add it with `sqitch add`, "
                    "or look for a name that is spelled differently there."
                )
                yield near_miss(path, 1, message)


FRAMEWORK = Sqitch()
