"""Prisma's `migrate deploy` over a public repository's migrations.

Prisma's engine is a program that npm does not have, and that cannot be fetched everywhere. Version 6 can do without it: with
a driver adapter in ``prisma.config`` it migrates with the engine as WebAssembly, which is part of the package.
That one cuts a file at each semicolon, so a file with a body between ``$$`` ends the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.frameworks.install import work_tree
from benchmarks.frameworks.npm import node_modules
from benchmarks.frameworks.project import Framework, NotHere, Places, Project

_PACKAGES = ("prisma@6.19.3", "@prisma/adapter-pg@7.10.1", "pg@8.16.3")
_CONFIG = """// Written by benchmarks/frameworks.
import { PrismaPg } from '@prisma/adapter-pg'
const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = process.env
export default {
  experimental: { adapter: true },
  engine: 'js',
  schema: 'schema.prisma',
  migrations: { path: process.env.MIGRATIONS },
  adapter: async () =>
    new PrismaPg({ host: PGHOST, port: +PGPORT, user: PGUSER, password: PGPASSWORD, database: PGDATABASE }),
}
"""
_SCHEMA = """datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

generator client {
  provider   = "prisma-client-js"
  engineType = "client"
}
"""
_REPOSITORIES = {
    "umami-software/umami": "prisma/migrations",
    "linkwarden/linkwarden": "packages/prisma/migrations",
    "documenso/documenso": "packages/prisma/migrations",
}


def _projects(places: Places) -> Iterator[Project | NotHere]:
    modules = node_modules(places, _PACKAGES)
    (modules.parent / "prisma.config.mjs").write_text(_CONFIG)
    (modules.parent / "schema.prisma").write_text(_SCHEMA)
    for repository, place in _REPOSITORIES.items():
        try:
            yield _project(repository, work_tree(places, repository, place) / place, modules)
        except NotHere as reason:
            yield reason


def _project(repository: str, folder: Path, modules: Path) -> Project:
    return Project(
        repository=repository,
        folder=modules.parent,
        migrate=("node", str(modules / "prisma/build/index.js"), "migrate", "deploy"),
        files=folder,
        more=lambda where: {"MIGRATIONS": str(folder), "CHECKPOINT_DISABLE": "1"},
        extensions=("pgcrypto",),
    )


FRAMEWORK = Framework("prisma", _projects)
