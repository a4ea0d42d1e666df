"""node-pg-migrate's migrations of a public repository, written in TypeScript."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.frameworks.install import work_tree
from benchmarks.frameworks.npm import node_modules
from benchmarks.frameworks.project import Framework, NotHere, Places, Project

_PACKAGES = ("node-pg-migrate@7.9.1", "pg@8.16.3", "tsx@4.20.3", "typescript@5.8.3")


def _projects(places: Places) -> Iterator[Project | NotHere]:
    modules = node_modules(places, _PACKAGES)
    folder = work_tree(places, "hirosystems/stacks-blockchain-api", "migrations") / "migrations"
    cli = str(modules / "node-pg-migrate/bin/node-pg-migrate.js")
    yield Project(
        repository="hirosystems/stacks-blockchain-api",
        folder=modules.parent,
        migrate=(
            "node",
            cli,
            "up",
            "--migrations-dir",
            str(folder),
            "--migration-file-language",
            "ts",
            "--tsx",
        ),
        files=folder,
        more=lambda where: {"NODE_PATH": str(modules)},
    )


FRAMEWORK = Framework("node-pg-migrate", _projects)
