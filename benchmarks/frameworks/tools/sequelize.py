"""Sequelize migrations of a public repository."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.frameworks.install import work_tree
from benchmarks.frameworks.npm import node_modules
from benchmarks.frameworks.project import Framework, NotHere, Places, Project

_PACKAGES = ("sequelize@6.37.7", "sequelize-cli@6.6.3", "pg@8.16.3", "pg-hstore@2.3.4")
_CONFIG = """// Written by benchmarks/frameworks.
const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = process.env
module.exports = {
  dialect: 'postgres',
  host: PGHOST, port: +PGPORT, username: PGUSER, password: PGPASSWORD, database: PGDATABASE,
}
"""
_OUTLINE = "server/migrations"


def _projects(places: Places) -> Iterator[Project | NotHere]:
    modules = node_modules(places, _PACKAGES)
    config = modules.parent / "config.js"
    config.write_text(_CONFIG)
    folder = work_tree(places, "outline/outline", _OUTLINE) / _OUTLINE
    for script in sorted(folder.glob("*.js")):
        # Some migrations start a script of the application's, which changes rows with its models: there are no rows.
        nothing = modules.parent / "build/server/scripts" / script.name
        nothing.parent.mkdir(parents=True, exist_ok=True)
        nothing.touch()
    cli = str(modules / "sequelize-cli/lib/sequelize")
    yield Project(
        repository="outline/outline",
        folder=modules.parent,
        migrate=("node", cli, "db:migrate", "--config", str(config), "--migrations-path", str(folder)),
        files=folder,
        more=lambda where: {"NODE_PATH": str(modules)},
        extensions=("uuid-ossp",),
    )


FRAMEWORK = Framework("sequelize", _projects)
