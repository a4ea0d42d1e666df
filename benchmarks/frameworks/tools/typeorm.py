"""TypeORM migrations of public repositories and of npm packages; the compiled ones, or those written in JavaScript."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.frameworks.install import work_tree
from benchmarks.frameworks.npm import node_modules
from benchmarks.frameworks.project import Framework, NotHere, Places, Project

_PACKAGES = (
    "typeorm@0.3.27",
    "pg@8.16.3",
    "reflect-metadata@0.2.2",
    "re2@npm:re2-wasm@1.0.2",
    "tinycolor2@1.6.0",
)
_DATA_SOURCE = """// Written by benchmarks/frameworks.
const { DataSource } = require('typeorm')
const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = process.env
module.exports = new DataSource({
  type: 'postgres',
  host: PGHOST, port: +PGPORT, username: PGUSER, password: PGPASSWORD, database: PGDATABASE,
  migrations: process.env.MIGRATIONS.split(','),
  migrationsTransactionMode: 'each',
})
"""
_MISSKEY = "packages/backend/migration"
_MEDUSA = "@medusajs/medusa@1.20.11"


def _projects(places: Places) -> Iterator[Project | NotHere]:
    modules = node_modules(places, _PACKAGES)
    yield _project("MisskeyIO/misskey", lambda: _misskey(places, modules), modules)
    yield _project(_MEDUSA, lambda: _medusa(places), modules)


def _misskey(places: Places, modules: Path) -> Path:
    """Modules of today's JavaScript, two of which look whether a package is there that is built when it is installed."""
    folder = work_tree(places, "MisskeyIO/misskey", _MISSKEY) / _MISSKEY
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    here = folder / "node_modules"
    if not here.is_symlink():
        here.symlink_to(modules)  # NODE_PATH is not looked at by modules that say `import`
    return folder


def _medusa(places: Places) -> Path:
    modules = node_modules(places, (_MEDUSA, *_PACKAGES[:2]))
    return modules / "@medusajs/medusa/dist/migrations"


def _project(name: str, place: Callable[[], Path], modules: Path) -> Project | NotHere:
    try:
        folder = place()
    except NotHere as reason:
        return reason
    source = modules.parent / "data-source.js"
    source.write_text(_DATA_SOURCE)
    return Project(
        repository=name,
        folder=modules.parent,
        migrate=("node", str(modules / "typeorm/cli.js"), "migration:run", "-d", str(source)),
        files=folder,
        more=lambda where: {"MIGRATIONS": f"{folder}/[0-9]*.js", "NODE_PATH": str(modules)},
    )


FRAMEWORK = Framework("typeorm", _projects)
