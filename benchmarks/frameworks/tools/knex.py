"""Knex migrations of public repositories and of npm packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.frameworks.install import work_tree
from benchmarks.frameworks.npm import node_modules, unpacked
from benchmarks.frameworks.project import Framework, NotHere, Places, Project

_PACKAGES = ("knex@3.1.0", "pg@8.16.3")
_KNEXFILE = """// Written by benchmarks/frameworks.
const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = process.env
module.exports = {
  client: 'pg',
  connection: { host: PGHOST, port: +PGPORT, user: PGUSER, password: PGPASSWORD, database: PGDATABASE },
  migrations: { directory: process.env.MIGRATIONS },
}
"""
_REPOSITORIES = {
    "interledger/rafiki": ("packages/backend/migrations", "packages/auth/migrations"),
}
_MORE = {"OPERATOR_TENANT_ID": "00000000-0000-4000-8000-000000000001", "ADMIN_API_SECRET": "none"}
"""What migrations of these want to know: rafiki."""
_PLUGINS = (
    "@backstage/plugin-catalog-backend@4.0.5",
    "@backstage/plugin-auth-backend@0.31.0",
    "@backstage/plugin-scaffolder-backend@4.3.0",
    "@backstage/plugin-notifications-backend@0.6.11",
    "@backstage/plugin-search-backend-module-pg@0.5.61",
)


def _projects(places: Places) -> Iterator[Project | NotHere]:
    modules = node_modules(places, _PACKAGES)
    for repository, folders in _REPOSITORIES.items():
        for folder in folders:
            place = partial(work_tree, places, repository, folder)
            yield _project(f"{repository} {folder}", place, folder, modules)
    for package in _PLUGINS:
        yield _project(package, partial(unpacked, places, package), "migrations", modules)


def _project(name: str, place: Callable[[], Path], inside: str, modules: Path) -> Project | NotHere:
    try:
        folder = place() / inside
    except NotHere as reason:
        return reason
    knexfile = modules.parent / "knexfile.js"
    knexfile.write_text(_KNEXFILE)
    return Project(
        repository=name,
        folder=modules.parent,
        migrate=("node", str(modules / "knex/bin/cli.js"), "migrate:latest", "--knexfile", str(knexfile)),
        files=folder,
        more=lambda where: {**_MORE, "MIGRATIONS": str(folder), "NODE_PATH": str(modules)},
    )


FRAMEWORK = Framework("knex", _projects)
